"""Patches that are a list of steps: JSON Patch (RFC 6902), and SCIM's PatchOp (RFC 7644 §3.5.2).

Both become values of the object's own fields, None for one that is gone. A step that cannot be taken refuses the whole.
"""

import copy
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from tidegate.json_pointer import steps_of
from tidegate.simulator.answer import errors
from tidegate.values.json_value import Obj, is_same
from tidegate.values.string_values import plain_name

STEPS_MAX = 1_000
"""One patch has so many steps at most."""

PATH_LETTERS_MAX = 1_000
"""A path of SCIM's that is longer is not followed."""

STEPS = "Operations"
"""The field of SCIM's steps."""

_COMPARED = r'[\w$-]+\s+eq\s+(?:"[^"]*"|\w+)'
_PATH = re.compile(
    r"(?:(?P<schema>urn:[\w.:-]+):)?(?P<names>[\w$-]+(?:\.[\w$-]+)*)"
    rf"(?:\[\s*(?P<filter>{_COMPARED}(?:\s+and\s+{_COMPARED})*)\s*\](?:\.(?P<sub>[\w$-]+))?)?",
    re.IGNORECASE,
)
_TERM = re.compile(r'(?P<name>[\w$-]+)\s+eq\s+(?:"(?P<text>[^"]*)"|(?P<word>\w+))', re.IGNORECASE)
_ARRAY_INDEX = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
_SCIM_OPS = frozenset({"add", "remove", "replace"})
_OPS = _SCIM_OPS | {"move", "copy", "test"}
_TRUTHS = {"true": True, "false": False}


Takes = Callable[[str, Any], bool]
"""Tells whether the object's field of a name takes a value."""


def patch_values(
    thing: Obj, values: Mapping[str, Any], body: Any, takes: Takes, names: Mapping[str, str]
) -> Mapping[str, Any]:
    """The values that a request gives an object; as they are, where it is no patch of steps.

    `names` has the object's fields by plain name. Raises errors.VendorError.
    """
    named = STEPS if body is None and STEPS in values and STEPS not in thing else ""
    steps = values[named] if named else body
    if not isinstance(steps, list) or not steps or not all(_is_step(step, named) for step in steps):
        return values
    if len(steps) > STEPS_MAX:
        raise errors.refused(f"{len(steps)} steps in one patch; {STEPS_MAX} are taken at most.", param=named or None)
    after = copy.deepcopy(thing)
    for step in steps:
        _check(step, _SCIM_OPS if named else _OPS)
        after = _scim(after, step, names) if named else _step(after, step)
    changed = {name: value for name, value in after.items() if name not in thing or not is_same(thing[name], value)}
    for name, value in changed.items():
        if takes(name, value):
            continue
        if not named or (meant := _TRUTHS.get(str(value).lower())) is None or not takes(name, meant):
            raise errors.malformed(name, name, value)
        changed[name] = meant  # "False", as Entra writes it
    return {**changed, **{name: None for name in thing if name not in after}}


def _is_step(step: object, named: str) -> bool:
    return isinstance(step, dict) and isinstance(step.get("op"), str) and ("path" in step or bool(named))


def _check(step: Mapping[str, Any], known: Collection[str]) -> None:
    """Raises errors.VendorError for an unknown operation, and for one that lacks its value (RFC 6902 §4)."""
    op = str(step["op"]).lower()
    if op not in known:
        raise errors.malformed("op", "op", step["op"])
    if op in ("add", "replace", "test") and "value" not in step:
        raise errors.missing_parameter("value")


def _step(thing: Any, step: Mapping[str, Any]) -> Any:
    op, path = str(step["op"]).lower(), _pointer(step.get("path"))
    if op == "test":
        if not is_same(_found(thing, path), step["value"]):
            raise errors.refused(f"The value at {step['path']!r} is another.", param="path")
        return thing
    if op in ("move", "copy"):
        source = _pointer(step.get("from"))
        value = copy.deepcopy(_found(thing, source))
        if op == "move" and path[: len(source)] == source != path:
            raise errors.refused("A value cannot be moved into itself.", param="path")  # RFC 6902 §4.4
        thing = _removed(thing, source) if op == "move" else thing
        return _added(thing, path, value)
    if op == "add":
        return _added(thing, path, step["value"])
    _found(thing, path)  # it must be there (RFC 6902 §4.2, §4.3)
    return _removed(thing, path) if op == "remove" else _replaced(thing, path, step["value"])


def _scim(thing: Any, step: Mapping[str, Any], fields: Mapping[str, str]) -> Any:
    """One of SCIM's: with a path, or without one and with an object of fields, whose names may be paths."""
    op, path, value = str(step["op"]).lower(), step.get("path"), step.get("value")
    if not path and isinstance(value, Mapping):
        for name, inner in value.items():
            match = _PATH.fullmatch(name) if name not in thing and len(name) <= PATH_LETTERS_MAX else None
            if match is not None and plain_name(name) not in fields:
                thing = _at_path(thing, op, match, inner, fields)
            else:
                thing = _put(thing, op, [fields.get(plain_name(name), name)], inner)
        return thing
    match = _PATH.fullmatch(path) if isinstance(path, str) and len(path) <= PATH_LETTERS_MAX else None
    if match is None:
        raise errors.refused(f"The path {str(path)[:100]!r} is not followed.", param="path")
    return _at_path(thing, op, match, value, fields)


def _at_path(thing: Any, op: str, path: re.Match[str], value: Any, fields: Mapping[str, str]) -> Any:
    whole = fields.get(plain_name(path[0]))
    schema = path["schema"] or ""
    extension = [schema] if schema in thing or ":extension:" in schema else []
    names = [whole] if whole else _spelt(thing, [*extension, *path["names"].split(".")], fields)
    if path["filter"] is not None:
        held = _found(thing, names) if _has(thing, names) else []
        return _replaced(thing, names, _one_primary(held, _entries(thing, op, names, path, value)))
    return _put(thing, op, names, value)


def _put(thing: Any, op: str, names: Sequence[str], value: Any) -> Any:
    """The object after a step about a whole attribute: entries of a list are added, parts go into each other."""
    held = _found(thing, names) if _has(thing, names) else None
    value = _without_nulls(value)
    if op == "remove" and isinstance(held, list) and value is not None:
        listed = value if isinstance(value, list) else [value]
        return _replaced(thing, names, [one for one in held if not any(_is_like(one, each) for each in listed)])
    if op == "remove" or value is None:
        return _removed(thing, names) if _has(thing, names) else thing
    if op == "add" and isinstance(held, list):
        listed = value if isinstance(value, list) else [value]
        new = [one for one in listed if not any(_is_like(there, one) for there in held)]
        return _replaced(thing, names, _one_primary(held, [*held, *new]))
    if isinstance(held, dict) and isinstance(value, dict):  # what is not named stays (RFC 7644 §3.5.2.3)
        value = {**held, **value}
    return _replaced(thing, names, value)


def _spelt(thing: Any, names: Sequence[str], fields: Mapping[str, str]) -> list[str]:
    """The names as the object has them: SCIM's are alike in any case (RFC 7643 §2.1)."""
    spelt: list[str] = []
    for name in names:
        known = fields if not spelt else {plain_name(one): one for one in thing} if isinstance(thing, dict) else {}
        is_there = isinstance(thing, dict) and name in thing
        spelt.append(name if is_there else known.get(plain_name(name), name))
        thing = thing.get(spelt[-1]) if isinstance(thing, dict) else None
    return spelt


def _without_nulls(value: Any) -> Any:
    """What is null has no value (RFC 7643 §2.5)."""
    if isinstance(value, list):
        return [_without_nulls(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _without_nulls(inner) for name, inner in value.items() if inner is not None}


def _one_primary(before: Any, after: list[Any]) -> list[Any]:
    """The entries, of which a new primary one takes this from the others (RFC 7644 §3.5.2)."""
    old = [one for one in before if _is_primary(one)] if isinstance(before, list) else []
    new = [one for one in after if _is_primary(one) and one not in old]
    if not new:
        return after
    return [{**one, "primary": False} if _is_primary(one) and one is not new[-1] else one for one in after]


def _is_primary(one: Any) -> bool:
    return isinstance(one, dict) and one.get("primary") is True


def _entries(thing: Any, op: str, names: Sequence[str], path: re.Match[str], value: Any) -> list[Any]:
    """The entries of a list after a step about those that a filter chooses: `emails[type eq "work"].value`."""
    wanted = {term["name"]: _plain(term) for term in _TERM.finditer(path["filter"])}
    held, sub = _found(thing, names) if _has(thing, names) else [], path["sub"]
    held = held if isinstance(held, list) else []
    chosen = [place for place, one in enumerate(held) if _is_like(one, wanted)]
    if not chosen and op == "replace":
        raise errors.refused(f"No entry is as {path[0][:100]!r} says.", param="path")  # RFC 7644 §3.5.2.3, noTarget
    if not chosen and op == "add":
        return [*held, {**wanted, **({sub: value} if sub else value if isinstance(value, Mapping) else {})}]
    after: list[Any] = []
    for place, one in enumerate(held):
        if place not in chosen:
            after.append(one)
        elif op != "remove":
            after.append({**one, **({sub: value} if sub else value if isinstance(value, Mapping) else {})})
        elif sub:
            after.append(_removed(one, [sub]))
    return after


def _is_like(one: Any, wanted: Any) -> bool:
    """True where an entry has the values that are wanted."""
    if not isinstance(one, dict) or not isinstance(wanted, Mapping):
        return is_same(one, wanted)
    held = {name.lower(): value for name, value in one.items()}
    return all(_is_alike(held.get(name.lower()), value) for name, value in wanted.items())


def _is_alike(one: Any, wanted: Any) -> bool:
    """True for the same value; a text in any case, and a truth as a text, as `primary eq "True"`."""
    if isinstance(wanted, str) and isinstance(one, str | bool):
        return str(one).lower() == wanted.lower()
    return is_same(one, wanted)


def _plain(term: re.Match[str]) -> Any:
    if term["text"] is not None:
        return term["text"]
    return _TRUTHS.get(term["word"], term["word"])


def _pointer(text: object) -> list[str]:
    """The names of a JSON Pointer (RFC 6901)."""
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise errors.refused(f"Invalid path: {str(text)[:100]}", param="path")
    return steps_of(text)


def _has(thing: Any, path: Sequence[str]) -> bool:
    for name in path:
        if not isinstance(thing, dict) or name not in thing:
            return False
        thing = thing[name]
    return True


def _found(thing: Any, path: Sequence[str]) -> Any:
    for name in path:
        if isinstance(thing, list) and _ARRAY_INDEX.fullmatch(name) and int(name) < len(thing):
            thing = thing[int(name)]
        elif isinstance(thing, dict) and name in thing:
            thing = thing[name]
        else:
            raise errors.refused(f"There is nothing at the path /{'/'.join(path)}", param="path")
    return thing


def _changed(thing: Any, path: Sequence[str], change: Callable[[Any, str], Any]) -> Any:
    """The value with a change to what holds the last name of a path; objects on the way are made."""
    if len(path) == 1:
        return change(thing if isinstance(thing, list | dict) else {}, path[0])
    name = path[0]
    if isinstance(thing, list):
        inner = _changed(_found(thing, [name]), path[1:], change)
        return [*thing[: int(name)], inner, *thing[int(name) + 1 :]]
    held = thing if isinstance(thing, dict) else {}
    return {**held, name: _changed(held.get(name), path[1:], change)}


def _added(thing: Any, path: Sequence[str], value: Any) -> Any:
    def add(holder: Any, name: str) -> Any:
        if not isinstance(holder, list):
            return {**holder, name: value}
        place = len(holder) if name == "-" else int(name) if _ARRAY_INDEX.fullmatch(name) else len(holder) + 1
        if place > len(holder):
            raise errors.refused(f"There is no place {name[:20]!r} in the list of {len(holder)}", param="path")
        return [*holder[:place], value, *holder[place:]]

    if path and not isinstance(_found(thing, path[:-1]), dict | list):
        raise errors.refused(f"There is nothing at the path /{'/'.join(path[:-1])} to add to", param="path")
    return _changed(thing, path, add) if path else value


def _replaced(thing: Any, path: Sequence[str], value: Any) -> Any:
    def replace(holder: Any, name: str) -> Any:
        if isinstance(holder, list):
            return [value if str(place) == name else item for place, item in enumerate(holder)]
        return {**holder, name: value}

    return _changed(thing, path, replace) if path else value


def _removed(thing: Any, path: Sequence[str]) -> Any:
    def remove(holder: Any, name: str) -> Any:
        if isinstance(holder, list):
            return [item for place, item in enumerate(holder) if str(place) != name]
        return {key: item for key, item in holder.items() if key != name}

    return _changed(thing, path, remove) if path else {}
