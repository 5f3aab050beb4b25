"""References of a file written as seen from the main one, whatever `$id` they stand under.

A schema's `$id` is the base of the references inside of it (JSON Schema 2020-12, core, section 8.2.1): `#/$defs/x` is
below that schema, `other` a name beside its own. Each becomes a pointer into the file, so that nobody else needs to
know of bases. What is no name in the file is a file beside it, whatever the base. Works on a tree in place, once.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urldefrag, urljoin

from tidegate.json_pointer import token_of

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|\\\\")
"""Begins what leads out of the folder."""

_LOCAL = "file:///"
_A_REFERENCE = re.compile(r"[#/]|\.(json|ya?ml)$")
"""In a discriminator's mapping; else it is the name of a schema."""
_REFERENCES = ("$ref", "$dynamicRef")

Named = Mapping[str, str]
"""Pointers to schemas by their absolute names."""


def has_names(tree: Any) -> bool:
    """Whether a schema in a file has an `$id`."""
    return any(isinstance(node.get("$id"), str) for node, _, _ in _schemas(tree, "", pointed=False))


def localise(tree: Any, file: str, *, main: bool = False) -> dict[str, str]:
    """Write the references of a file as seen from the main one; gives those that lead to its schemas, by their names.

    `file` is its path below the main file's folder. In the main file only what a name is the base of, or leads to, is
    written anew.
    """
    named = _named(tree, _LOCAL + file) if has_names(tree) else {}
    own = "" if main else file
    for node, base, _ in _schemas(tree, _LOCAL + file, pointed=False):
        for key in _REFERENCES:
            if isinstance(written := node.get(key), str):
                node[key] = _localised(written, base, own, file, named, dynamic=key == "$dynamicRef")
        told = node.get("discriminator")
        mapping = told.get("mapping") if isinstance(told, dict) else None
        if isinstance(mapping, dict):
            for word, written in mapping.items():
                if isinstance(written, str) and _A_REFERENCE.search(written):
                    mapping[word] = _localised(written, base, own, file, named, dynamic=False)
        external = node.get("externalValue")
        if isinstance(external, str) and not main and not ADDRESS.match(external):
            node["externalValue"] = _beside(external, file)
    return {name: f"{own}#{pointer}" for name, pointer in named.items() if not name.startswith(_LOCAL)}


def _localised(written: str, base: str, own: str, file: str, named: Named, *, dynamic: bool) -> str:
    path, mark, fragment = written.partition("#")
    target = _joined(base, path)
    if target in named:
        if f"{target}#{fragment}" in named and not dynamic:
            return f"{own}#{named[f'{target}#{fragment}']}"
        below = fragment.startswith("/") or not fragment
        return f"{own}#{named[target]}{fragment}" if below else f"{own}#{fragment}"
    if ADDRESS.match(written):
        return written
    return (_beside(path, file) if path else own) + mark + fragment


def _beside(path: str, file: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), path))


def _named(tree: Any, base: str) -> dict[str, str]:
    """The schemas that have an `$id`, and under each name those with an anchor; the first of each counts."""
    named: dict[str, str] = {}
    for node, name, at in _schemas(tree, base, pointed=True):
        if isinstance(node.get("$id"), str):
            named.setdefault(name, at)
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(anchor := node.get(keyword), str):
                named.setdefault(f"{name}#{anchor}", at)
    return named


def _schemas(tree: Any, base: str, *, pointed: bool) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Each object of a file, its base and, where that is asked for, the pointer to it, percent-encoded."""
    todo = [(tree, base, "")]
    while todo:
        node, base, at = todo.pop()
        if isinstance(node, dict):
            if isinstance(name := node.get("$id"), str):
                base = _joined(base, name)
            yield node, base, at
            todo += [
                (inner, base, f"{at}/{_token(key)}" if pointed else "")
                for key, inner in reversed(node.items())
                if isinstance(inner, dict | list) and not (key == "enum" and isinstance(inner, list))
            ]
        elif isinstance(node, list):
            todo += [(inner, base, f"{at}/{place}" if pointed else "") for place, inner in reversed([*enumerate(node)])]


def _joined(base: str, name: str) -> str:
    """An absolute name without its fragment."""
    try:
        return urldefrag(urljoin(base, name) if name.partition("#")[0] else base)[0]
    except ValueError:  # no name at all, as `http://[`
        return name


def _token(key: object) -> str:
    return token_of(str(key)).replace("%", "%25")
