"""A dialect that a vendor file declares by hand: each header is written by its meaning and its form.

It is written from the declaration alone, and from nothing that the proxy reads by. Fields of the body are not played:
what stands in a body is the document's to say.
"""

import math
from collections.abc import Callable, Mapping

from tidegate.simulator.answer.answer import http_date
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.door.dialect_writer import dialect_writer
from tidegate.simulator.door.limit_dialect import (
    DIALECTS,
    Headers,
    LimitDialect,
    LimitStanding,
    Standings,
    go_duration,
    scarcest,
    whole_number,
)
from tidegate.values.string_values import iso_8601
from tidegate.vendor.dialect_facts import Dialect, DialectField, Form, PresetName


class DeclaredDialect(LimitDialect):
    """See the module. What the preset says stays, but for headers that are declared anew."""

    def __init__(self, declared: Dialect) -> None:
        self._preset = dialect_writer(declared.preset)
        self._headers = declared.headers
        self._anew = {name.lower() for name in declared.headers}

    def headers(self, standings: Standings, wall: float) -> Headers:  # noqa: D102 - see LimitDialect
        preset = self._preset.headers(standings, wall)
        written = {name: value for name, value in preset.items() if name.lower() not in self._anew}
        for name, field in self._headers.items():
            count = _count_of(field, standings)
            value = None if count is None else _value(field, count, standings, wall)
            if value is not None:
                written[name] = value
        return written

    def body_members(self, standings: Standings) -> dict[str, object]:  # noqa: D102
        return self._preset.body_members(standings)

    def refusal(self, standings: Standings, broken: LimitStanding) -> VendorError | None:  # noqa: D102
        return self._preset.refusal(standings, broken)

    def wait(self, broken: LimitStanding, wall: float) -> Headers:  # noqa: D102
        return {
            name: _time(field.form, broken.next_in_s, wall)
            for name, field in self._headers.items()
            if field.means == "retry"
        }


def dialect_of(declared: Dialect | PresetName | None) -> LimitDialect:
    """The dialect of a vendor: a known one, one that its file declares, or silence."""
    if declared is None or isinstance(declared, str):
        return dialect_writer(declared)
    return DeclaredDialect(declared) if declared.headers else dialect_writer(declared.preset)


def _count_of(field: DialectField, standings: Standings) -> LimitStanding | None:
    """The count that a header speaks of: the limit of its name, or the scarcest of its unit."""
    if not field.of:
        return scarcest(standings, field.unit)
    named = (each for each in standings if each.name == field.of and each.unit == field.unit and each.reported)
    return next(named, None)


def _value(field: DialectField, count: LimitStanding, standings: Standings, wall: float) -> str | None:
    if field.form in DIALECTS:  # those of the drafts of draft-ietf-httpapi-ratelimit-headers
        header = {"limit": "RateLimit-Limit", "state": "RateLimit", "policy": "RateLimit-Policy"}.get(field.means, "")
        return DIALECTS[field.form].headers([count] if field.of else standings, wall).get(header)
    if field.means == "reset":
        return _time(field.form, count.full_in_s, wall)
    if field.means == "next":
        return _time(field.form, count.next_in_s, wall)
    plain = _PLAIN.get(field.means)
    return None if plain is None else plain(count)


_PLAIN: Mapping[str, Callable[[LimitStanding], str | None]] = {
    "limit": lambda count: whole_number(count.limit),
    "remaining": lambda count: str(count.left),
    "used": lambda count: count.used,
    "fill": lambda count: f"{count.used}/{whole_number(count.limit)}",
    "bucket": lambda count: count.name,
    "restore": lambda count: f"{count.per_second:g}",
    "asked": lambda count: whole_number(count.requested),
    "spent": lambda count: None if count.spent is None else whole_number(count.spent),
}
"""What a header means → its text. `retry` stands on refusals alone."""


def _time(form: Form, in_s: float, wall: float) -> str:
    """A moment or a delay: `in_s` seconds from the vendor's clock `wall`. Rounded so that nobody comes too early."""
    return _TIMES.get(form, _delta)(in_s, wall)


def _delta(in_s: float, wall: float) -> str:
    del wall
    return str(math.ceil(in_s))


_TIMES: Mapping[Form, Callable[[float, float], str]] = {
    "delta_float": lambda in_s, _wall: f"{math.ceil(in_s * 1000) / 1000:.3f}",
    "delta_ms": lambda in_s, _wall: str(math.ceil(in_s * 1000)),
    "epoch_s": lambda in_s, wall: str(math.ceil(wall + in_s)),
    "epoch_ms": lambda in_s, wall: str(math.ceil((wall + in_s) * 1000)),
    "epoch_float": lambda in_s, wall: f"{math.ceil((wall + in_s) * 1000) / 1000:.3f}",
    "iso": lambda in_s, wall: iso_8601(math.ceil(wall + in_s)),
    "http_date": lambda in_s, wall: http_date(math.ceil(wall + in_s)),
    "go_duration": lambda in_s, _wall: go_duration(in_s),
}
"""The form of a time → its text; the others count seconds."""
