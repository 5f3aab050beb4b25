"""A dialect: how a vendor says what is left of its limits, and how it refuses a request that goes over one.

A dialect registers itself under its name; simulator.door.dialect_writer has them. It keeps no count:
simulator.door.enforced_limits does.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.vendor.dialect_facts import PresetName


@dataclass(frozen=True, slots=True)
class LimitStanding:
    """The standing of a limit. Times are seconds from now.

    `requested` is what this request was taken to cost and `spent` what it came to, where the limit counts cost.
    """

    name: str
    unit: str
    limit: float
    remaining: float
    full_in_s: float
    next_in_s: float
    period_s: float
    per_second: float
    requested: float = 0.0
    spent: float | None = None
    reported: bool = True
    """True where the vendor's headers speak of it."""

    @property
    def left(self) -> int:
        """The whole units that remain."""
        return math.floor(self.remaining + 1e-6)

    @property
    def used(self) -> str:
        """The units that are taken, as headers have them."""
        return whole_number(self.limit - self.left)


Headers = dict[str, str]
Standings = Sequence[LimitStanding]


class LimitDialect:
    """A vendor that says nothing of its limits, and refuses in the words of its vendor file. Each dialect overrides."""

    def headers(self, standings: Standings, wall: float) -> Headers:
        """The headers of an answer. `wall` is the vendor's clock, in seconds since 1970."""
        del standings, wall
        return {}

    def body_members(self, standings: Standings) -> dict[str, Any]:
        """Members of an answer's JSON body, beside its data."""
        del standings
        return {}

    def refusal(self, standings: Standings, broken: LimitStanding) -> errors.VendorError | None:
        """The refusal of a request for the limit `broken`; None where the vendor file's words say it all."""
        del standings, broken
        return None

    def wait(self, broken: LimitStanding, wall: float) -> Headers:
        """Headers of a refusal that tell when to come back, beside what `refusal` says."""
        del broken, wall
        return {}


DIALECTS: dict[str, LimitDialect] = {}
"""Every dialect by its name."""


def dialect(name: PresetName) -> Callable[[type[LimitDialect]], type[LimitDialect]]:
    """Registers a class as the dialect of this name."""

    def register(written: type[LimitDialect]) -> type[LimitDialect]:
        DIALECTS[name] = written()
        return written

    return register


def scarcest(standings: Standings, unit: str = "requests") -> LimitStanding | None:
    """The limit of a unit that has least left, in proportion."""
    counts = [standing for standing in standings if standing.unit == unit and standing.reported]
    return min(counts, key=share_left, default=None)


def share_left(standing: LimitStanding) -> float:
    """The share of a limit that is left."""
    return standing.remaining / standing.limit


def whole_s(broken: LimitStanding) -> str:
    """Whole seconds until a request has room again, one at least."""
    return str(max(math.ceil(broken.next_in_s), 1))


def throttled(
    status: int, fields: Mapping[str, Any] | None, headers: Mapping[str, str] | None = None, **details: str
) -> errors.VendorError:
    """A refusal for a limit: its status, its body (None for the words of the vendor file), and headers beside them."""
    message = "This request would exceed the rate limit."
    return errors.VendorError("throttled", message, status=status, fields=fields, headers=headers, **details)


def go_duration(seconds: float) -> str:
    """A Go duration: `6m0s`, `1.5s`, `12ms`."""
    if seconds < 1.0:
        return f"{math.ceil(seconds * 1000)}ms"
    minutes, rest = divmod(math.ceil(seconds * 1000) / 1000, 60)
    return f"{minutes:.0f}m{rest:g}s" if minutes else f"{rest:g}s"


def whole_number(units: float) -> str:
    """A count as headers have it."""
    return f"{units:.0f}"
