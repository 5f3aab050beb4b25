"""Cache-Control (RFC 9111 §5.2) of requests and answers, and the two numbers beside it: Age and delta-seconds.

What is malformed is read as the stricter meaning: a lifetime that is no number is no lifetime, an Age that is no number
is very old. It refuses to know what a directive does.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

SECONDS_MAX = 2**31
"""Larger numbers mean this one (RFC 9111 §1.2.2)."""

_DIGITS_MAX = len(str(SECONDS_MAX))
"""Python reads no number of some thousands of digits (CVE-2020-10735)."""

_MEMBER = re.compile(r'((?:[^",]|"(?:[^"\\]|\\.)*")*)(?:,|$)')
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

Directives = Mapping[str, str | None]
"""Directive, in lower case → its argument, None where it has none."""

NONE: Directives = MappingProxyType({})


@lru_cache(maxsize=1024)
def parse_cache_control(value: str) -> Directives:
    """The directives of a field value; several lines are joined with commas before. The first of a name counts."""
    directives: dict[str, str | None] = {}
    for member in _MEMBER.findall(value):
        name, equals, argument = member.strip().partition("=")
        if not _NAME.fullmatch(name):
            continue
        if len(argument) >= 2 and argument[0] == argument[-1] == '"':
            argument = re.sub(r"\\(.)", r"\1", argument[1:-1])
        directives.setdefault(name.lower(), argument if equals else None)
    return MappingProxyType(directives)


def seconds(directives: Directives, name: str) -> int | None:
    """A directive's delta-seconds; 0 where it is there and cannot be read, None where it is not there."""
    if name not in directives:
        return None
    return parse_seconds(directives[name] or "") or 0


def parse_seconds(value: str) -> int | None:
    """Digits and nothing else, at most `SECONDS_MAX`; None where it is anything else."""
    if not (value.isascii() and value.isdigit()):
        return None
    digits = value.lstrip("0") or "0"
    return min(int(digits), SECONDS_MAX) if len(digits) <= _DIGITS_MAX else SECONDS_MAX


def age_of(lines: Iterable[str]) -> int:
    """An answer's Age in seconds (RFC 9111 §5.1): 0 without one, very old where it is not exactly one number.

    The RFC would have the first of several taken and nonsense ignored, which could make an old answer young.
    """
    joined = ",".join(lines)
    age = parse_seconds(joined.strip()) if joined else 0
    return SECONDS_MAX if age is None else age
