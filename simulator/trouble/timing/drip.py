"""`drip`: the answer comes bit by bit."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tidegate.configfile.units import Duration
from tidegate.simulator.trouble.aimed_fault import RequestFault
from tidegate.simulator.trouble.vendor_fault import Part
from tidegate.simulator.trouble.wire import Pace


class Drip(RequestFault):
    """The answer comes bit by bit, `every` apart: an event stream by its events, anything else in `pieces` pieces."""

    kind: Literal["drip"] = "drip"
    harmful: ClassVar[bool] = True
    every: Duration
    pieces: Annotated[int, Field(ge=1, le=1000)] = 8
    part: Literal["headers", "body"] = "body"

    @property
    def rules(self) -> Part:
        """A pace comes with any other fault; of two, the later one rules."""
        return "pace"

    @property
    def pace(self) -> Pace:
        """As the fields say."""
        return Pace(self.every, self.pieces, self.part)
