"""The shape of one limit, whatever it counts by: how much is left of it, and when there will be enough.

The shape only; tidegate.proxy.policies.limits.token_bucket, windows, learned, aimd and bulkhead fill it in. All times
are monotonic seconds.
"""

from typing import Protocol

EPSILON_S = 1e-9
"""Waits shorter than this are none: a timer of less than the clock's resolution would be set again without end."""


class Gauge(Protocol):
    """One limit: what is left of it, and when there will be enough. `amount` is in its own unit."""

    @property
    def rate_per_s(self) -> float:
        """The units that flow in each second, in the long run."""
        ...

    def ready_in(self, now: float, amount: float = 1.0) -> float:
        """Seconds until `amount` is there; 0.0 where it is."""
        ...

    def expected_s(self, now: float, amount: float, ahead: float) -> float:
        """Seconds until `amount` will be there for one who lets `ahead` units pass first."""
        ...

    def charge(self, now: float, amount: float = 1.0) -> None:
        """Take it, there or not."""
        ...

    def give_back(self, now: float, taken_at: float | None = None, amount: float = 1.0) -> None:
        """Return what an attempt that was not sent had taken, or a part of it that was not used."""
        ...

    def hold(self, taken_at: float, amount: float = 1.0) -> None:
        """Note that the request does not leave yet: a connection has to be made first, and nobody knows how long."""
        ...

    def leave(self, now: float, taken_at: float, amount: float = 1.0) -> None:
        """Now it leaves. From now on it counts as taken at `now`."""
        ...

    def pause_until(self, moment: float) -> None:
        """Lend nothing before `moment`."""
        ...

    def lift(self, now: float) -> None:
        """Forget the vendor's word to wait: a pause, or nothing left until some moment. What was taken stays taken."""
        ...

    def used(self, now: float) -> float:
        """The share that is taken, 0…1."""
        ...


class Flowing:
    """The part of a gauge whose units come one after the other."""

    __slots__ = ()

    def expected_s(self: Gauge, now: float, amount: float, ahead: float) -> float:
        """See Gauge.expected_s."""
        return self.ready_in(now, amount) + ahead / self.rate_per_s


class Undated(Flowing):
    """The part of a gauge that does not care when a request leaves either."""

    __slots__ = ()

    def hold(self, taken_at: float, amount: float = 1.0) -> None:
        """See Gauge.hold."""

    def leave(self, now: float, taken_at: float, amount: float = 1.0) -> None:
        """See Gauge.leave."""
