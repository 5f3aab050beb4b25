"""Text that a regular expression matches: for ids and names whose schema gives only a `pattern`.

It reads the part of ECMA-262 that documents use: literals, classes, groups, alternatives and counts. What it cannot
read (look-around, back-references) it gives up on: None, and the caller does without. It draws nothing itself.
"""

import re
from collections.abc import Callable, Iterator, Sequence
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

_HALVES = re.compile("[\ud800-\udfff]")

_Node = tuple[str, Sequence["_Node"] | str, int, int]
"""(`chars`|`all`|`one`, what, least, most): one of these characters, all of these in turn, or one of these."""


class _UnreadError(ValueError):
    """The pattern says something that is not read here."""


def matching(pattern: str, pick: Pick) -> str | None:
    """A text that the pattern matches somewhere in it; None where none was found."""
    try:
        node = _read(pattern)
        text = "".join(_written(node, pick, [LETTERS_MAX]))
    except (_UnreadError, IndexError, ValueError):
        return None
    return text if pattern_matches(pattern, text) else None


def _written(node: _Node, pick: Pick, left: list[int]) -> Iterator[str]:
    """Pieces of a text. `left` is how many letters, and turns of what makes none, may follow. Raises _UnreadError."""
    what, inner, least, most = node
    count = least + (pick(most - least + 1) if most > least else 0)
    left[0] -= count
    if left[0] < 0:
        raise _UnreadError(f"more than {LETTERS_MAX} letters")
    if isinstance(inner, str):
        yield _drawn(inner, count, pick)
        return
    for _ in range(count):
        for part in (inner[pick(len(inner))],) if what == "one" else inner:
            yield from _written(part, pick, left)


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
    if text[place] == "?":
        if text[place + 1] == ":":
            place += 2
        elif text[place + 1] in "P<" and (named := re.compile(r"\?P?<\w+>").match(text, place)):
            place = named.end()
        else:
            raise _UnreadError(text)
    node, place = _alternatives(text, place, depth)
    if text[place] != ")":
        raise _UnreadError(text)
    return ("all", (node,), 1, 1), place + 1


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
