"""Identifiers that a document gives a form: addresses, names of hosts, days. Each is its own, unlike a field's values.

The addresses are those set aside for private networks and examples (RFC 1918, RFC 4193, RFC 2606).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from tidegate.values.regex_strings import Pick
from tidegate.values.string_values import iso_8601

_DAY_S = 86_400
_DAYS = 20_000


def _ipv4(pick: Pick) -> str:
    number = pick(1 << 24)
    return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def _ipv6(pick: Pick) -> str:
    return f"fd00::{pick(1 << 16):x}:{pick(1 << 16):x}:{pick(1 << 16):x}"


def _name(pick: Pick) -> str:
    return f"n{pick(1 << 48):x}"


_FORMS: Mapping[str, Callable[[Pick], str]] = {
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "email": lambda pick: f"{_name(pick)}@example.com",
    "idn-email": lambda pick: f"{_name(pick)}@example.com",
    "hostname": lambda pick: f"{_name(pick)}.example.com",
    "uri": lambda pick: f"https://example.com/{_name(pick)}",
    "url": lambda pick: f"https://example.com/{_name(pick)}",
    "date": lambda pick: datetime.fromtimestamp(pick(_DAYS) * _DAY_S, UTC).strftime("%Y-%m-%d"),
    "date-time": lambda pick: iso_8601(pick(1 << 31)),
}


def formed(form: str, pick: Pick) -> str | None:
    """An identifier of this `format`, None where it has no form of its own."""
    make = _FORMS.get(form)
    return make(pick) if make is not None else None
