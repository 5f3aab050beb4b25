"""Which stored answer a request selects (RFC 9111 §4.1), and which header lines belong to the key whatever Vary says.

A vendor's API often tells accounts apart by a request header (`Stripe-Account`) without saying so in Vary. To give one
account's answer to another is worse than a miss, so every header whose name speaks of an identity or of a version is
part of the key.
"""

import re
from collections.abc import Callable, Iterable

from multidict import CIMultiDictProxy

IDENTIFYING = re.compile(
    r"account|organi[sz]ation|project|tenant|team|workspace|customer|merchant|store|shop|site|realm|subscription"
    r"|company|business|entity|client-?id|user(?!-agent)|member|role|auth|token|key|secret|session|signature|behalf"
    r"|imperson|act-as|sudo|version|revision|preview|beta|compatib|feature|locale|region|currency"
    r"|(?<!request)(?<!correlation)(?<!trace)(?<!span)(?<!message)(?<!event)(?<!call)(?<!operation)(?<!attempt)"
    r"(?<!transaction)(?<!test)[-_]id$",
    re.IGNORECASE,
)
"""Part of the name of a request header by which an API is likely to answer differently."""

Selecting = tuple[tuple[str, str], ...]
"""Header names in lower case with the values that the stored answer was selected by."""

ABSENT = "\0"
"""In place of a value: an empty one says something else than none (RFC 9111 §4.1), of Accept-Encoding for one."""

NAMES_KEPT_MAX = 4096
"""Header names come from apps: a bound keeps them from filling memory."""


class VaryKey:
    """Picks a request's telling header lines. `sent` says of a name whether it goes on to the vendor at all."""

    def __init__(self, sent: Callable[[bytes], bool], by: Iterable[str]) -> None:
        self._sent = sent
        self._by = frozenset(name.lower() for name in by)
        self._names: dict[bytes, str] = {}

    def of(self, lines: Iterable[tuple[bytes, bytes]]) -> Selecting:
        """Name and value of each, sorted."""
        names, lines_picked = self._names, []
        for name, value in lines:
            kept_name = names.get(name)
            if kept_name is None:
                kept_name = self._name(name)
            if kept_name:
                lines_picked.append((kept_name, value.decode("latin-1")))
        lines_picked.sort()
        return tuple(lines_picked)

    def _name(self, name: bytes) -> str:
        lower = name.lower().decode("latin-1")
        identifying = self._sent(name) and (lower in self._by or IDENTIFYING.search(lower) is not None)
        if len(self._names) < NAMES_KEPT_MAX:
            self._names[name] = lower if identifying else ""
        return lower if identifying else ""


def vary_of(lines: Iterable[str]) -> tuple[str, ...] | None:
    """The header names of Vary in lower case, sorted; None for `*`, which matches nothing."""
    names = {name.strip().lower() for line in lines for name in line.split(",")} - {""}
    return None if "*" in names else tuple(sorted(names))


def selecting(names: Iterable[str], headers: CIMultiDictProxy[str]) -> Selecting:
    """The request's values of these headers, written so that equal meanings compare equal."""
    lines = ((name, headers.getall(name, ())) for name in names)
    return tuple((name, normalised(values, name) if values else ABSENT) for name, values in lines)


def normalised(lines: Iterable[str], name: str = "") -> str:
    """Lines of one field as one value, white space around commas left out.

    Languages of one weight have no order, and their tags know no case (RFC 9110 §12.5.4).
    """
    parts = [part.strip() for line in lines for part in line.split(",")]
    if name == "accept-language":
        parts = sorted(part.lower().replace(" ", "") for part in parts)
    return ",".join(parts)
