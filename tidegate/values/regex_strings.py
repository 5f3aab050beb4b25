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
from tidegate.values.regex_characters import ANY, PRINTABLE, UnreadError, escaped, in_brackets, whole

Pick = Callable[[int], int]
"""One of so many: from 0 up to, but not including, the count that is asked for."""

UNBOUNDED = -1
"""The most turns of what may be repeated without end."""

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

_LETTERS = ANY[:26]
_AROUND = re.compile(r"\(\?<?[=!]|\\[bBk1-9]")
_LENGTH = re.compile(r"\^\(\?=\.\{(\d{1,5})(,?)(\d{0,5})\}\$\)")
"""A length that a pattern asks for by looking ahead."""
_OPENED = re.compile(r"\?(?:<?[=!]|[ims]*(?:-[ims]+)?:|P?<(\w+)>)")
_FLAGS = re.compile(r"\(\?[imsux]+\)")
_LOOKS = ("?=", "?!", "?<=", "?<!")
_OPENINGS = re.compile(r"(?:^|[^\\])(?:\\\\)*\((?!\?)")
_AGAIN = re.compile(r"\\(?:([1-9]\d?)|k<(\w+)>)")
TRIES_MAX = 64
"""So many texts are tried for a pattern that looks around itself, or whose length is bound."""

TRIES_FEW = 4
"""The same for every other pattern."""

_Node = tuple[str, Sequence["_Node"] | str, int, int]
"""(`chars`|`all`|`one`|`again`|a group's name, what, least, most): one of these characters, all of these in turn, one
of these, what the group of this name has become, or the one part of a group. A group without a name has its number."""


@dataclass(frozen=True, slots=True)
class _Lengths:
    """The letters that a text may have; `most` is None where there is no end."""

    least: int
    most: int | None

    def fit(self, text: str) -> bool:
        return self.least <= len(text) and (self.most is None or len(text) <= self.most)


def matching(pattern: str, pick: Pick, least: int = 0, most: int | None = None) -> str | None:
    """A text that the pattern matches somewhere in it, of so many letters; None where none was found."""
    if look := _LENGTH.match(pattern):
        least, bound = max(least, int(look[1])), look[3] if look[2] else look[1]
        most = most if not bound else int(bound) if most is None else min(most, int(bound))
    lengths, fills = _Lengths(least, most), False
    try:
        node, around = _read(pattern), _AROUND.search(pattern) is not None
        for turn in range(TRIES_MAX if around or least or most is not None else TRIES_FEW):
            writing = _Writing(pick, wide=turn >= TRIES_MAX // 8, looks=around and turn % 2 == 1)
            if fills:
                writing.spare = _spare(writing, node, lengths)
            text = _lengthened("".join(_written(node, writing)), lengths, pattern, pick)
            if lengths.fit(text) and pattern_matches(pattern, text):
                return text
            fills = fills or not lengths.fit(text)
    except (UnreadError, IndexError, ValueError):
        pass
    return None


def _spare(writing: "_Writing", node: "_Node", lengths: _Lengths) -> int:
    """The letters that a text may have beyond the fewest, so that its length fits."""
    ends = lengths.least + REPEATS if lengths.most is None else lengths.most
    wished = lengths.least + writing.pick(max(ends - lengths.least, 0) + 1)
    return max(min(wished, LETTERS_MAX) - writing.shortest(node), 0)


def _lengthened(text: str, lengths: _Lengths, pattern: str, pick: Pick) -> str:
    """A text that is too short, with letters behind or before it where the pattern lets them be there."""
    missing = lengths.least - len(text)
    if not 0 < missing <= LETTERS_MAX:
        return text
    more = _drawn(_LETTERS, missing, pick)
    return next((longer for longer in (text + more, more + text) if pattern_matches(pattern, longer)), text)


@dataclass(slots=True)
class _Writing:
    """One text in the making. `left` is how many letters, and turns of what makes none, may follow.

    `wide`: whatever may be anything is any printable character, and not only a letter or digit. `looks`: what is looked
    for around a place is written there. `spare`: so many letters may be written beyond the fewest; None draws counts.
    """

    pick: Pick
    left: int = LETTERS_MAX
    wide: bool = False
    looks: bool = False
    spare: int | None = None
    groups: dict[str, str] = field(default_factory=dict)
    fewest: dict[int, int] = field(default_factory=dict)

    def shortest(self, node: "_Node") -> int:
        """The fewest letters that a node makes."""
        return self.once(node) * node[2]

    def once(self, node: "_Node") -> int:
        """The fewest letters of one turn of a node."""
        if id(node) not in self.fewest:
            what, inner, _, _ = node
            if isinstance(inner, str):
                made = 1 if what == "chars" else 0
            elif what == "look":
                made = 0
            else:
                made = (min if what == "one" else sum)([self.shortest(part) for part in inner] or [0])
            self.fewest[id(node)] = made
        return self.fewest[id(node)]

    def count(self, node: "_Node") -> int:
        """The turns of a node: drawn, or as many as the spare letters allow."""
        least, most = node[2], node[3]
        if self.spare is None:
            most = least + REPEATS if most == UNBOUNDED else most
            return least + (self.pick(most - least + 1) if most > least else 0)
        more = self.spare // max(self.once(node), 1)
        more = more if most == UNBOUNDED else min(more, most - least)
        self.spare -= more * self.once(node)
        return least + more

    def choice(self, node: "_Node", parts: Sequence["_Node"]) -> "_Node":
        """One of several parts; the shortest where nothing is to spare."""
        part = parts[self.pick(len(parts))]
        if self.spare is not None:
            more = self.shortest(part) - self.once(node)
            if more > self.spare:
                return min(parts, key=self.shortest)
            self.spare -= more
        return part


def _written(node: _Node, writing: _Writing) -> Iterator[str]:
    """Pieces of a text. Raises UnreadError where it would be too long."""
    what, inner, _, _ = node
    if what == "look" and not writing.looks:
        return
    count = writing.count(node)
    writing.left -= count
    if writing.left < 0:
        raise UnreadError(f"more than {LETTERS_MAX} letters")
    if isinstance(inner, str):
        if what == "again":
            yield writing.groups.get(inner, "") * count
        else:
            yield _drawn(PRINTABLE if writing.wide and inner is ANY else inner, count, writing.pick)
        return
    for _ in range(count):
        for part in (writing.choice(node, inner),) if what == "one" else inner:
            if what in ("all", "one", "look"):
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
        raise UnreadError(pattern)
    node, place = _alternatives(pattern, 0, 0)
    if place < len(pattern):
        raise UnreadError(pattern)
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
        if flags := _FLAGS.match(text, place):
            place = flags.end()
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
        chars, place = in_brackets(text, place + 1)
        return ("chars", whole(chars), 1, 1), place
    if mark == ".":
        return ("chars", ANY, 1, 1), place + 1
    if mark == "\\":
        if text[place + 1] in "bBAzZ":
            return ("all", (), 1, 1), place + 2
        if again := _AGAIN.match(text, place):
            return ("again", again[1] or again[2], 1, 1), again.end()
        chars, place = escaped(text, place + 1)
        return ("chars", whole(chars), 1, 1), place
    return ("chars", whole(mark), 1, 1), place + 1


def _group(text: str, place: int, depth: int) -> tuple[_Node, int]:
    if depth > DEPTH_MAX:
        raise UnreadError(text)
    opened = _OPENED.match(text, place)
    name = str(len(_OPENINGS.findall(text, 0, place)))
    if opened is None:
        if text[place] == "?":
            raise UnreadError(text)
    else:
        place, name = opened.end(), opened[1] or "all"
    node, place = _alternatives(text, place, depth)
    if text[place] != ")":
        raise UnreadError(text)
    if opened is not None and opened[0] in _LOOKS:
        return ("look", (node,), 1, 1) if opened[0] in ("?=", "?<=") else ("all", (), 1, 1), place + 1
    return (name, (node,), 1, 1), place + 1


def _count(text: str, place: int) -> tuple[int, int, int]:
    """Least and most, and where the pattern goes on."""
    mark = text[place : place + 1]
    braces = re.compile(r"\{(\d+)(,?)(\d*)\}").match(text, place) if mark == "{" else None
    if braces:
        least = int(braces[1])
        most = int(braces[3]) if braces[3] else UNBOUNDED if braces[2] else least
        place = braces.end()
    elif mark in ("*", "+", "?") and mark:
        least, most = {"*": (0, UNBOUNDED), "+": (1, UNBOUNDED), "?": (0, 1)}[mark]
        place += 1
    else:
        return 1, 1, place
    if text[place : place + 1] in ("?", "+") and text[place : place + 1]:
        place += 1
    return least, most, place
