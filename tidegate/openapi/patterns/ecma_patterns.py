r"""Patterns of ECMA-262 that the engine writes otherwise: legal in every browser, and refused by Rust's syntax.

ECMA-262 §22.2.1 and Annex B.1.2: a hyphen beside a class in a class (`[\w-.]`), braces and brackets that stand for
themselves, `\0`, `\k<name>`, characters in two halves. `\Z` is no ECMA-262, but Python writes it. It knows no
schema, and tries nothing.
"""

import re

_QUANTIFIER = re.compile(r"\{\d+(?:,\d*)?\}")
_NAMED = re.compile(r"\\k<(\w+)>")
_HALVES = re.compile(r"u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_OPENED = re.compile(r"\[\^?\]")
_GROUPS = re.compile(r"\\.|\((?:(?!\?)|\?P?<(\w+)>)", re.DOTALL)
_SHORT = "dDwWsS"
_MEANT = frozenset(_SHORT + "bBnrtfvcxupPkAz123456789")
"""Letters and digits that mean something behind a backslash."""


def as_engine_has_it(pattern: str) -> str:
    """The pattern in the engine's syntax; what is no regular expression stays none."""
    made: list[str] = []
    place = 0
    while place < len(pattern):
        if found := _OPENED.match(pattern, place):  # nothing, and anything
            made.append(r"[\s\S]" if "^" in found[0] else r"[^\s\S]")
            place = found.end()
        elif pattern[place] == "[":
            text, place = _class(pattern, place)
            made.append(text)
        elif pattern[place] == "\\":
            text, place = _escape(pattern, place)
            made.append(text)
        elif (mark := pattern[place]) in "{}]":
            counts = _QUANTIFIER.match(pattern, place) if mark == "{" and place else None
            made.append(counts[0] if counts else f"\\{mark}")
            place = counts.end() if counts else place + 1
        else:
            made.append(mark)
            place += 1
    return "".join(made)


def of_halves(pattern: str, place: int) -> tuple[int, int] | None:
    """The character of an escape in two halves, which `place` is inside of, and where the pattern goes on."""
    if (halves := _HALVES.match(pattern, place)) is None:
        return None
    high, low = int(halves[1], 16), int(halves[2], 16)
    return 0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF), halves.end()


def _class(pattern: str, place: int) -> tuple[str, int]:
    """A class in brackets, with each hyphen that is no range escaped."""
    made, place = ["["], place + 1
    if pattern[place : place + 1] == "^":
        made.append("^")
        place += 1
    ranges = False
    """True where a hyphen would make a range of what stands before it."""
    while place < len(pattern) and pattern[place] != "]":
        mark = pattern[place]
        if mark == "\\":
            text, place = _escape(pattern, place)
            made.append(text)
            ranges = not (len(text) > 1 and text[1] in f"{_SHORT}pP")
        elif mark == "-":
            behind = pattern[place + 1 : place + 3]
            is_range = ranges and behind[:1] not in ("", "]") and not (behind[:1] == "\\" and behind[1:] in [*_SHORT])
            made.append("-" if is_range else r"\-")
            place, ranges = place + 1, not is_range and ranges
        else:
            made.append(f"\\{mark}" if mark in "[&~" else mark)
            place, ranges = place + 1, True
    return "".join((*made, pattern[place : place + 1])), place + 1


def _escape(pattern: str, place: int) -> tuple[str, int]:
    """A backslash and what it is for."""
    if named := _NAMED.match(pattern, place):
        opened = [group[1] for group in _GROUPS.finditer(pattern) if group[0][0] == "("]
        number = opened.index(named[1]) + 1 if named[1] in opened else 0
        return (rf"\{number}" if number else named[0]), named.end()
    if whole := of_halves(pattern, place + 1):
        return rf"\x{{{whole[0]:X}}}", whole[1]
    mark = pattern[place + 1 : place + 2]
    if mark == "0" and not pattern[place + 2 : place + 3].isdecimal():
        return r"\x00", place + 2
    if mark == "Z":
        return r"\z", place + 2
    if mark.isalnum() and mark.isascii() and mark not in _MEANT:
        return mark, place + 2
    return pattern[place : place + 2], place + 2
