"""The path template that a request path belongs to: a trie with one dictionary look-up for each plain segment.

Literal segments win over parameters, segments such as `{Sid}.json` over a bare `{id}` (OpenAPI 3.1, Paths Object: the
concrete path is matched before its templated counterparts). It is on the way of every proxied request, so
nothing in it is tried twice, whatever the templates and the path. It knows nothing of documents.
"""

import re
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import unquote

T = TypeVar("T")

PARAMETER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class _Query:
    """The query of a template: pairs as they stand, and names whose values are parameters."""

    pairs: frozenset[str]
    names: tuple[tuple[str, str], ...]

    def values(self, sent: str) -> dict[str, str] | None:
        """The values of its parameters in a query, percent-encoded still; None where the query is not so."""
        pairs = sent.split("&")
        if not self.pairs <= {*pairs}:
            return None
        known = dict(pair.partition("=")[::2] for pair in pairs)
        return {param: known[name] for name, param in self.names} if all(n in known for n, _ in self.names) else None


@dataclass(slots=True)
class _Leaf(Generic[T]):
    """The targets that end here, by method, each with the names of the parameters on the way."""

    plain: dict[str, tuple[tuple[str, ...], T]] = field(default_factory=dict)
    queried: dict[str, list[tuple[_Query, tuple[str, ...], T]]] = field(default_factory=dict)
    """Templates that carry a query (`/responses?beta=true`, `/near?lat={lat}`): not in the standard, but in real
    documents. Those that ask for most come first."""


@dataclass(slots=True)
class _Node(Generic[T]):
    literals: "dict[str, _Node[T]]" = field(default_factory=dict)
    mixed: "dict[tuple[str, ...], _Node[T]]" = field(default_factory=dict)
    """By the texts around the parameters of a segment: `{Sid}.json` is under ("", ".json")."""
    narrowest: "list[tuple[tuple[str, ...], _Node[T]]] | None" = None
    """The mixed ones in the order in which they are tried; None until they are first needed."""
    parameter: "_Node[T] | None" = None
    leaf: "_Leaf[T] | None" = None


class Routes(Generic[T]):
    """Method and path template → target."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(self, method: str, template: str, target: T) -> T | None:
        """Add one. Returns the one with the same method and shape that is there already, and changes nothing."""
        path, _, query = template.partition("#")[0].partition("?")
        node = self._root
        names: list[str] = []
        for segment in path[1:].split("/"):
            node = _child(node, segment, names)
        leaf = node.leaf = node.leaf or _Leaf()
        if query:
            wanted = _query(query)
            listed = leaf.queried.setdefault(method, [])
            listed.append((wanted, tuple(names), target))
            listed.sort(key=lambda entry: -len(entry[0].pairs) - len(entry[0].names))
            return None
        if method in leaf.plain:
            return leaf.plain[method][1]
        leaf.plain[method] = (tuple(names), target)
        return None

    def find(self, method: str, path: str) -> tuple[T, dict[str, str]] | None:
        """The target for a request path (with or without its query) and the values of its parameters, decoded."""
        path, _, query = path.partition("?")
        segments = path[1:].split("/")
        values: list[str] = []
        leaf = self._quick(segments, values)
        if leaf is None or (method not in leaf.plain and not (query and method in leaf.queried)):
            values.clear()
            leaf = _search(self._root, [_decoded(segment) for segment in segments], 0, method, values)
            if leaf is None:
                return None
            values = [value.replace("%", "%25") for value in values]  # they are decoded below
        if query and leaf.queried:
            for wanted, names, target in leaf.queried.get(method, ()):
                further = wanted.values(query)
                if further is not None:
                    return target, {**_params(names, values), **{name: _decoded(v) for name, v in further.items()}}
        route = leaf.plain.get(method)
        if route is None:
            return None
        return route[1], _params(route[0], values)

    def _quick(self, segments: list[str], values: list[str]) -> "_Leaf[T] | None":
        """The way that needs no going back: at each step the only possible, or the preferred, child."""
        node = self._root
        for segment in segments:
            child = node.literals.get(segment)
            if child is None:
                if node.mixed or not segment or node.parameter is None:
                    return None
                child = node.parameter
                values.append(segment)
            node = child
        return node.leaf


def _query(written: str) -> _Query:
    pairs = [pair.partition("=")[::2] for pair in written.split("&")]
    named = [(name, match[1]) for name, value in pairs if (match := PARAMETER.fullmatch(value)) is not None]
    fixed = [f"{name}={value}" for name, value in pairs if PARAMETER.fullmatch(value) is None]
    return _Query(frozenset(fixed), tuple(named))


def _params(names: tuple[str, ...], values: list[str]) -> dict[str, str]:
    # Nearly every path has one parameter or none, and nothing encoded in it.
    if len(names) == 1:
        return {names[0]: _decoded(values[0])}
    return dict(zip(names, map(_decoded, values), strict=True)) if names else {}


def _decoded(segment: str) -> str:
    return unquote(segment) if "%" in segment else segment


def _child(node: _Node[T], segment: str, names: list[str]) -> _Node[T]:
    parameters = PARAMETER.findall(segment)
    if not parameters:
        return node.literals.setdefault(_decoded(segment), _Node())
    names.extend(parameters)
    if PARAMETER.fullmatch(segment):
        node.parameter = node.parameter or _Node()
        return node.parameter
    texts = (*PARAMETER.split(segment)[::2],)
    if texts not in node.mixed:
        node.mixed[texts], node.narrowest = _Node(), None
    return node.mixed[texts]


def _narrowest(node: _Node[T]) -> "list[tuple[tuple[str, ...], _Node[T]]]":
    """More text in a segment means a narrower match: it is tried first."""
    if node.narrowest is None:
        node.narrowest = sorted(node.mixed.items(), key=lambda entry: -len("(.+)".join(map(re.escape, entry[0]))))
    return node.narrowest


def _between(texts: tuple[str, ...], segment: str) -> list[str] | None:
    """What stands between the texts, each as long as it can be and never empty; None where the segment is not so.

    From the end to the beginning: the last place of each text is the right one, so nothing is tried twice.
    """
    end = len(segment) - len(texts[-1])
    if not segment.startswith(texts[0]) or not segment.endswith(texts[-1]):
        return None
    values: list[str] = []
    for text in reversed(texts[1:-1]):
        at = segment.rfind(text, len(texts[0]), max(end - 1, 0))
        if at < 0:
            return None
        values.append(segment[at + len(text) : end])
        end = at
    values.append(segment[len(texts[0]) : end])
    return values[::-1] if end > len(texts[0]) else None


def _search(node: _Node[T], segments: list[str], at: int, method: str, values: list[str]) -> "_Leaf[T] | None":
    """The first leaf, in order of preference, that has the method. The document bounds how often it goes back."""
    if at == len(segments):
        leaf = node.leaf
        return leaf if leaf is not None and (method in leaf.plain or method in leaf.queried) else None
    segment, depth = segments[at], len(values)
    if (child := node.literals.get(segment)) and (leaf := _search(child, segments, at + 1, method, values)):
        return leaf
    for texts, child in _narrowest(node) if node.mixed else ():
        if (between := _between(texts, segment)) is not None:
            values.extend(between)
            if leaf := _search(child, segments, at + 1, method, values):
                return leaf
            del values[depth:]
    if segment and node.parameter is not None:
        values.append(segment)
        if leaf := _search(node.parameter, segments, at + 1, method, values):
            return leaf
        del values[depth:]
    return None
