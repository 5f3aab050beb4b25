"""The permit of one attempt: what the vendor's limits lent to it, as an object that whoever holds it uses and returns.

The limiter takes it and gives it back, the call carries it while the attempt is under way, and the transport says with
it when the request really leaves. Whoever needs no more than that sees this shape; how a permit is taken and given back
is in tidegate.proxy.permits.limit_gate.
"""

from typing import Protocol


class Permit(Protocol):
    """The limits that let one request go, for what shows before its answer is whole."""

    def hold(self) -> None:
        """A connection has to be made first, and nobody knows how long that takes. `leave` must follow."""
        ...

    def leave(self) -> None:
        """The request leaves now, or does not leave at all. Limits count it as sent from here on."""
        ...

    def pause_until(self, moment: float) -> None:
        """The vendor wants nothing before `moment` (monotonic seconds)."""
        ...
