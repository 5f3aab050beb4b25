"""The fault around the vendor: everything that a kind may do to the machines, the wire and the disk.

The simulator ignores these; chaos/timeline/surroundings.py carries them out.
"""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, Protocol

from pydantic import Field

from tidegate.configfile.units import Portion
from tidegate.scenario.fault import Fault

Event = Literal["arrival", "piece", "dial"]
"""Something reaches the proxy: bytes from either side, or its disk's answer; or a piece of bytes is on the wire; or a
connection is to be made."""

CutMode = Literal["reset", "silent"]
"""The way in which a connection dies: both sides see it, or neither."""


AwayMode = Literal["refuse", "error", "busy", "deaf"]
"""See chaos/trouble/app_away.py."""

OddForm = Literal["surplus", "long", "many", "interim", "coded"]
"""See chaos/trouble/odd_answers.py."""


class SlowLine(Protocol):
    """The way to a vendor, as chaos/world/line.py has it."""

    odd: list[str]

    delay_s: float
    jitter_s: float


class SkewedMachine(Protocol):
    """A vendor's machine, as chaos/world/virtual_world.py has it."""

    skew_s: float


class SlowDisk(Protocol):
    """The proxy's disk, as chaos/world/disk.py has it."""

    commit_s: float

    def fill(self, sign: int) -> None:
        """No file grows any more, with the sign 1; with -1 it may again."""


class Setting(Protocol):
    """The machines, the ways between them and the disk, around the vendors of one run."""

    @property
    def lines(self) -> Sequence[SlowLine]:
        """The ways between the proxy and the vendors."""

    @property
    def vendors(self) -> Sequence[SkewedMachine]:
        """The vendors' machines."""

    @property
    def disk(self) -> SlowDisk:
        """The proxy's disk."""

    def crash(self, steps: int, down_s: float, *, power: bool = False) -> None:
        """Kill the proxy so many turns of its event loop later, and start it again after so many seconds.

        With `power` its machine loses power: what was written and not flushed is gone.
        """

    def fail_over(self, steps: int, down_s: float, error_s: float) -> None:
        """The same, and start it on the other machine, whose wall clock is so much ahead."""

    def black_hole(self, *, on: bool) -> None:
        """Let each vendor's name lead first to an address that answers nothing; or let it be again."""

    def skew_proxy(self, by_s: float) -> None:
        """Set the wall clock of the proxy's machine so much ahead, over its crashes too."""

    def app_away(self, mode: AwayMode | None) -> None:
        """Let the apps that are posted to be away in this way; None: let them be back."""

    def cut(self) -> None:
        """Write down that a connection has died."""


class SurroundingFault(Fault):
    """A fault that chaos makes happen."""

    around = True
    of_posts: ClassVar[bool] = False
    """It happens to what is posted to apps, and so only where something is."""


class LastingFault(SurroundingFault):
    """A fault that changes something for as long as it lasts."""

    def shift(self, stage: Setting, sign: int) -> None:
        """Change it: with the sign 1 when the fault begins, with -1 when it ends."""
        raise NotImplementedError


class EventFault(SurroundingFault):
    """A fault that hits events, not requests: it lets `skip` of them pass, then hits `first_n`, each by chance."""

    event: ClassVar[Event]
    """See there."""
    probability: Portion = 1.0
    skip: Annotated[int, Field(ge=0)] = 0
    first_n: Annotated[int, Field(ge=1)] = 1

    def strike(self, stage: Setting) -> CutMode | None:
        """Hit an event. How the connection dies, where it does."""
        raise NotImplementedError
