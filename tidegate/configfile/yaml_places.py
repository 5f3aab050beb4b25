"""A YAML file as plain values, and the place of each of them.

Finds what is wrong with the text itself: syntax, duplicate keys, a document that would grow without bound.
Scalars keep the meaning of YAML 1.2, except dates, which stay the text that was written. Values that JSON has not
(infinities, half characters, binary data, other tags) and numbers without bound are told, so that what is read here can
be written as JSON. It knows no field of any file.
"""

import math
import re
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

Loc = tuple[str | int, ...]

NODES_MAX = 50_000
"""More values than this, aliases counted each time they are used, are refused."""
DEPTH_MAX = 60
BRACKETS_OPEN_MAX = 500
"""More brackets open at a time are refused unread: the library takes seconds for a few thousand."""
MERGES_MAX = 10
"""A merge key may name a mapping that has one itself, so deep."""

REMEMBERED_MAX = 32
"""Texts that are read once however often they are asked for: a check and a reload read each file again."""
REMEMBERED_CHARS_MAX = 100_000

INTEGER_MAX = 2**63 - 1
"""Larger whole numbers, in either direction, are refused: nothing that is written here means one."""

_PREFIX = "tag:yaml.org,2002:"
_TYPED = ("int", "float", "bool", "null")
_TEXT = ("str", "timestamp", "value")
_BRACKET = re.compile(r"[\[\]{}]")
_TOO_DEEP = "the file is too large or too deep; use fewer aliases and blocks"
_NUMBER_LONG = "this number is larger than Tidegate reads"
_NO_NUMBER = "this is no number that can be used here"


class _Unreadable(ValueError):
    """A scalar that means nothing here. Its text is the sentence for a person."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file, both numbers from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class YamlFlaw:
    """Something wrong with the text."""

    code: str
    position: Position
    loc: Loc
    message: str


@dataclass(slots=True)
class Placed:
    """The values (None where the text cannot be read), the place of each path, and what is wrong with the text."""

    data: Any = None
    places: dict[Loc, Position] = field(default_factory=dict)
    flaws: list[YamlFlaw] = field(default_factory=list)

    def position(self, loc: Loc) -> Position:
        """The place of a key or item; of the nearest block around it where it is not written."""
        while loc and loc not in self.places:
            loc = loc[:-1]
        return self.places.get(loc, Position(1, 1))


def read_places(text: str) -> Placed:
    """Read one YAML document. Never raises: what is wrong is in `flaws`. `data` is the caller's own."""
    if len(text) > REMEMBERED_CHARS_MAX:
        return _read(text)
    placed = _remembered(text)
    return Placed(deepcopy(placed.data), placed.places, placed.flaws)


def _read(text: str) -> Placed:
    placed = Placed()
    if _brackets_open(text) > BRACKETS_OPEN_MAX:
        placed.flaws.append(YamlFlaw("TG101", Position(1, 1), (), _TOO_DEEP))
        return placed
    yaml = YAML(typ="safe", pure=True)  # of the library's readers the quicker one: it keeps no comments
    yaml.composer.warn_double_anchors = False  # YAML 1.2 §7.1 allows them, and a warning would have no place
    try:
        root = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)
        reason = error.problem or error.context or "it cannot be read"
        if reason.startswith("but "):
            reason = f"{error.context}, {reason}"
        placed.flaws.append(YamlFlaw("TG101", where, (), f"this is not YAML: {reason}"))
        return placed
    except ReaderError as error:
        before = text[: error.position]
        where = Position(before.count("\n") + 1, error.position - before.rfind("\n"))
        placed.flaws.append(YamlFlaw("TG101", where, (), f"this is not YAML: {error.reason}"))
        return placed
    except RecursionError:
        placed.flaws.append(YamlFlaw("TG101", Position(1, 1), (), _TOO_DEEP))
        return placed
    except (YAMLError, ValueError) as error:
        placed.flaws.append(YamlFlaw("TG101", Position(1, 1), (), f"this is not YAML: {str(error).splitlines()[0]}"))
        return placed
    if root is not None:
        placed.data = _Reader(yaml, placed).value(root, ())
    return placed


def _brackets_open(text: str) -> int:
    """The most that are open at a time, those in texts and comments counted too."""
    return max(accumulate((1 if one in "[{" else -1 for one in _BRACKET.findall(text)), initial=0))


_remembered = lru_cache(REMEMBERED_MAX)(_read)


class _Reader:
    def __init__(self, yaml: YAML, placed: Placed) -> None:
        self._yaml = yaml
        self._placed = placed
        self._nodes = 0
        self._merging = 0

    def value(self, node: Node, loc: Loc) -> Any:
        self._placed.places.setdefault(loc, _start(node))
        self._nodes += 1
        if self._nodes > NODES_MAX or len(loc) > DEPTH_MAX:
            if not any(flaw.code == "TG101" for flaw in self._placed.flaws):
                self._flaw("TG101", node, loc[:1], _TOO_DEEP)
            return None
        tag = str(node.tag).removeprefix(_PREFIX)
        if isinstance(node, MappingNode) and tag == "map":
            return self._mapping(node, loc)
        if isinstance(node, SequenceNode) and tag == "seq":
            return [self.value(item, (*loc, at)) for at, item in enumerate(node.value)]
        try:
            if not isinstance(node, ScalarNode) or tag not in (*_TYPED, *_TEXT):
                raise _Unreadable(f"the tag {_written_tag(tag)} is not read; write the value without it")  # noqa: TRY301
            return self._typed(node) if tag in _TYPED else _text(str(node.value))
        except _Unreadable as error:
            self._flaw("TG104", node, loc, str(error))
            return None

    def _typed(self, node: ScalarNode) -> int | float | bool | str | None:
        """A scalar that is no text, as a plain value of Python's: the library's own carry how they were written."""
        try:
            value = self._yaml.constructor.yaml_constructors[node.tag](self._yaml.constructor, node)
        except OverflowError:
            raise _Unreadable(_NUMBER_LONG) from None
        except (ValueError, KeyError, IndexError):  # `!!int x`; or more digits than Python reads
            if str(node.value).lstrip("+-").isdecimal():
                raise _Unreadable(_NUMBER_LONG) from None
            return _text(str(node.value))
        if value is None:
            return None
        if str(node.tag).endswith(":bool"):
            return bool(value)
        if isinstance(value, int):
            if abs(value) > INTEGER_MAX:
                raise _Unreadable(_NUMBER_LONG)
            return int(value)
        if not math.isfinite(value):
            raise _Unreadable(_NO_NUMBER)
        return float(value)

    def _mapping(self, node: MappingNode, loc: Loc) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        first: dict[str, Position] = {}
        merged: list[Node] = []
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._flaw("TG101", key_node, loc, "a key must be a plain word")
                continue
            try:
                key = _text(str(key_node.value))
            except _Unreadable as error:
                self._flaw("TG101", key_node, loc, str(error))
                continue
            if str(key_node.tag).endswith(":merge"):
                merged.append(value_node)
                continue
            if key in mapping:
                text = f"the key {key} is here twice (first on line {first[key].line}); keep one of them"
                self._flaw("TG102", key_node, (*loc, key), text)
                continue
            first[key] = self._placed.places[*loc, key] = _start(key_node)
            mapping[key] = self.value(value_node, (*loc, key))
        for value_node in merged:
            self._merge(value_node, mapping, loc)
        return mapping

    def _merge(self, node: Node, mapping: dict[str, Any], loc: Loc) -> None:
        """Fill in what a merge key (`<<`) names: fields that are here win, of several mappings the first.

        https://yaml.org/type/merge.html. Each field keeps the place where it is written.
        """
        self._merging += 1
        for source in node.value if isinstance(node, SequenceNode) else [node]:
            self._nodes += 1
            if not isinstance(source, MappingNode) or self._merging > MERGES_MAX or self._nodes > NODES_MAX:
                if not any(flaw.loc == loc for flaw in self._placed.flaws[-1:]):
                    self._flaw("TG101", node, loc, f"<< takes a mapping, or some, merged {MERGES_MAX} deep at most")
                break
            here = {(*loc, key): self._placed.places[*loc, key] for key in mapping}
            fields = self._mapping(source, loc)
            self._placed.places |= here
            mapping |= {key: value for key, value in fields.items() if key not in mapping}
        self._merging -= 1

    def _flaw(self, code: str, node: Node, loc: Loc, message: str) -> None:
        self._placed.flaws.append(YamlFlaw(code, _start(node), loc, message))


def _text(written: str) -> str:
    """A text as JSON can hold it: two escapes that are one character (RFC 8259 §7) become it, one alone is refused."""
    if "\0" in written:
        raise _Unreadable("this text has a NUL character, which no text here may have")
    try:
        return written if written.isascii() else written.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        raise _Unreadable("this text has half a character (a lone surrogate); write the whole one") from None


def _written_tag(tag: str) -> str:
    return tag if tag.startswith("!") else f"!!{tag}"


def _start(node: Node) -> Position:
    return Position(node.start_mark.line + 1, node.start_mark.column + 1)
