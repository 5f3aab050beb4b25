"""Text that a regular expression matches: for ids and names whose schema gives only a `pattern`.

It reads the part of ECMA-262 that documents use: literals, classes, groups, alternatives, counts and back-references.
What looks around is passed over while writing, and each text is tried with the whole pattern: one of many will do. What
it cannot read it gives up on: None, and the caller does without. It draws nothing itself.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from tidegate.openapi.validator import pattern_matches

Pick = Callable[[int], int]
"""One of so many: from 0 up to, but not including, the count that is asked for."""

REPEATS = 8
"""The number of repeats, beyond the least, of what may be repeated without end."""

LETTERS_MAX = 10_000
"""No longer text is made for a pattern: counts within counts multiply."""

DEPTH_MAX = 40
"""Groups in one another are read so deep."""

PATTERN_MAX = 10_000
"""A longer pattern is not read."""

DRAWN_TOGETHER = 16
"""The number of printable characters that take fewer than the 128 bits that a pick is good for."""

_DIGITS = "0123456789"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CLASSES = {
    "d": _DIGITS,
    "w": _LETTERS + _LETTERS.upper() + _DIGITS + "_",
    "s": " ",
    "D": _LETTERS,
    "W": "-",
    "S": _LETTERS + _DIGITS,
}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_ANY = _LETTERS + _DIGITS

_AROUND = re.compile(r"\(\?<?[=!]|\\[bBk1-9]")
_OPENED = re.compile(r"\?(?:<?[=!]|:|P?<(\w+)>)")
_LOOKS = ("?=", "?!", "?<=", "?<!")
_OPENINGS = re.compile(r"(?:^|[^\\])(?:\\\\)*\((?!\?)")
_AGAIN = re.compile(r"\\(?:([1-9]\d?)|k<(\w+)>)")
_PROPERTY = re.compile(r"([pP])\{(?:\w+=)?(\w+)\}")

_HALVES = re.compile("[\ud800-\udfff]")

TRIES_MAX = 64
"""So many texts are tried for a pattern that looks around itself."""

_PROPERTIES = {
    "L": _LETTERS + _LETTERS.upper() + "éßñÅ",
    "Lu": _LETTERS.upper(),
    "Ll": _LETTERS,
    "Alphabetic": _LETTERS,
    "N": _DIGITS,
    "Nd": _DIGITS,
    "P": ".,;:!?-",
    "Pd": "-",
    "S": "+=<>",
    "Sc": "$",
    "Z": " ",
    "Zs": " ",
}
"""Characters of the Unicode categories that patterns name (ECMA-262, UnicodePropertyValueExpression)."""

_Node = tuple[str, Sequence["_Node"] | str, int, int]
"""(`chars`|`all`|`one`|`again`|a group's name, what, least, most): one of these characters, all of these in turn, one
of these, what the group of this name has become, or the one part of a group. A group without a name has its number."""


class _UnreadError(ValueError):
    """The pattern says something that is not read here."""


def matching(pattern: str, pick: Pick) -> str | None:
    """A text that the pattern matches somewhere in it; None where none was found."""
    try:
        node = _read(pattern)
        for turn in range(TRIES_MAX if _AROUND.search(pattern) else 1):
            text = "".join(_written(node, _Writing(pick, wide=turn >= TRIES_MAX // 8)))
            if pattern_matches(pattern, text):
                return text
    except (_UnreadError, IndexError, ValueError):
        pass
    return None


@dataclass(slots=True)
class _Writing:
    """One text in the making. `left` is how many letters, and turns of what makes none, may follow.

    `wide`: whatever may be anything is any printable character, and not only a letter or digit.
    """

    pick: Pick
    left: int = LETTERS_MAX
    wide: bool = False
    groups: dict[str, str] = field(default_factory=dict)


def _written(node: _Node, writing: _Writing) -> Iterator[str]:
    """Pieces of a text. Raises _UnreadError where it would be too long."""
    what, inner, least, most = node
    count = least + (writing.pick(most - least + 1) if most > least else 0)
    writing.left -= count
    if writing.left < 0:
        raise _UnreadError(f"more than {LETTERS_MAX} letters")
    if isinstance(inner, str):
        if what == "again":
            yield writing.groups.get(inner, "") * count
        else:
            yield _drawn(_PRINTABLE if writing.wide and inner is _ANY else inner, count, writing.pick)
        return
    for _ in range(count):
        for part in (inner[writing.pick(len(inner))],) if what == "one" else inner:
            if what in ("all", "one"):
                yield from _written(part, writing)
            else:
                text = writing.groups[what] = "".join(_written(part, writing))
                yield text


def _drawn(chars: str, count: int, pick: Pick) -> str:
    """A text of so many of these characters. One pick serves several, for each costs a hash."""
    size, made = len(chars), list[str]()
    if size == 1:
        return chars * count
    while len(made) < count:
        several = min(count - len(made), DRAWN_TOGETHER)
        number = pick(size**several)
        for _ in range(several):
            number, place = divmod(number, size)
            made.append(chars[place])
    return "".join(made)


@lru_cache(maxsize=512)
def _read(pattern: str) -> _Node:
    if len(pattern) > PATTERN_MAX:
        raise _UnreadError(pattern)
    node, place = _alternatives(pattern, 0, 0)
    if place < len(pattern):
        raise _UnreadError(pattern)
    return node


def _alternatives(text: str, place: int, depth: int) -> tuple[_Node, int]:
    choices: list[_Node] = []
    while True:
        node, place = _sequence(text, place, depth)
        choices.append(node)
        if place >= len(text) or text[place] != "|":
            return (choices[0] if len(choices) == 1 else ("one", choices, 1, 1)), place
        place += 1


def _sequence(text: str, place: int, depth: int) -> tuple[_Node, int]:
    nodes: list[_Node] = []
    while place < len(text) and text[place] not in "|)":
        if text[place] in "^$":
            place += 1
            continue
        (what, inner, _, _), place = _atom(text, place, depth)
        least, most, place = _count(text, place)
        nodes.append((what, inner, least, most))
    return ("all", nodes, 1, 1), place


def _atom(text: str, place: int, depth: int) -> tuple[_Node, int]:
    mark = text[place]
    if mark == "(":
        return _group(text, place + 1, depth + 1)
    if mark == "[":
        chars, place = _set(text, place + 1)
        return ("chars", _whole(chars), 1, 1), place
    if mark == ".":
        return ("chars", _ANY, 1, 1), place + 1
    if mark == "\\":
        if text[place + 1] in "bB":
            return ("all", (), 1, 1), place + 2
        if again := _AGAIN.match(text, place):
            return ("again", again[1] or again[2], 1, 1), again.end()
        chars, place = _escaped(text, place + 1)
        return ("chars", _whole(chars), 1, 1), place
    return ("chars", _whole(mark), 1, 1), place + 1


def _whole(chars: str) -> str:
    """The characters. Raises _UnreadError for halves of UTF-16's pairs: ECMA-262 has them, and no text that is sent."""
    if _HALVES.search(chars):
        raise _UnreadError(chars)
    return chars


def _group(text: str, place: int, depth: int) -> tuple[_Node, int]:
    if depth > DEPTH_MAX:
        raise _UnreadError(text)
    opened = _OPENED.match(text, place)
    name = str(len(_OPENINGS.findall(text, 0, place)))
    if opened is None:
        if text[place] == "?":
            raise _UnreadError(text)
    else:
        place, name = opened.end(), opened[1] or "all"
    node, place = _alternatives(text, place, depth)
    if text[place] != ")":
        raise _UnreadError(text)
    around = opened is not None and opened[0] in _LOOKS
    return ("all", (), 1, 1) if around else (name, (node,), 1, 1), place + 1


def _set(text: str, place: int) -> tuple[str, int]:
    negated = text[place] == "^"
    place += negated
    chars, first = "", True
    while first or text[place] != "]":
        first = False
        low, place = _escaped(text, place + 1) if text[place] == "\\" else (text[place], place + 1)
        if text[place] == "-" and text[place + 1] != "]" and len(low) == 1:
            high, place = _escaped(text, place + 2) if text[place + 1] == "\\" else (text[place + 1], place + 2)
            chars += "".join(map(chr, range(ord(low), min(ord(high), ord(low) + 0x400) + 1)))
        else:
            chars += low
    if negated:
        chars = "".join(char for char in _ANY + _PRINTABLE if char not in chars)
    if not chars:
        raise _UnreadError(text)
    return chars, place + 1


def _escaped(text: str, place: int) -> tuple[str, int]:
    """The characters that an escape stands for."""
    mark = text[place]
    if mark in "ux":
        digits = 4 if mark == "u" else 2
        return chr(int(text[place + 1 : place + 1 + digits], 16)), place + 1 + digits
    if named := _PROPERTY.match(text, place):
        chars = _PROPERTIES.get(named[2])
        if chars is None:
            raise _UnreadError(text)
        return chars if named[1] == "p" else "".join(char for char in _PRINTABLE if char not in chars), named.end()
    if mark in "pPk123456789":
        raise _UnreadError(text)
    return _CLASSES.get(mark) or _CONTROLS.get(mark) or mark, place + 1


def _count(text: str, place: int) -> tuple[int, int, int]:
    """Least and most, and where the pattern goes on."""
    mark = text[place : place + 1]
    braces = re.compile(r"\{(\d+)(,?)(\d*)\}").match(text, place) if mark == "{" else None
    if braces:
        least = int(braces[1])
        most = int(braces[3]) if braces[3] else least + REPEATS if braces[2] else least
        place = braces.end()
    elif mark in ("*", "+", "?") and mark:
        least, most = {"*": (0, REPEATS), "+": (1, 1 + REPEATS), "?": (0, 1)}[mark]
        place += 1
    else:
        return 1, 1, place
    if text[place : place + 1] in ("?", "+") and text[place : place + 1]:
        place += 1
    return least, most, place
