"""`outage`: the vendor is away."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tidegate.simulator.answer import errors
from tidegate.simulator.trouble.connection.hang import Hang
from tidegate.simulator.trouble.connection.reset_before import ResetBefore
from tidegate.simulator.trouble.vendor_fault import VendorFault


class Outage(VendorFault):
    """The vendor is away.

    It does not listen (`refuse`), resets every connection (`reset`), takes requests and says nothing (`silent`), or
    answers `status`.
    """

    kind: Literal["outage"] = "outage"
    harmful: ClassVar[bool] = True
    outage: ClassVar[bool] = True
    mode: Literal["refuse", "reset", "silent", "status"] = "refuse"
    status: Annotated[int, Field(ge=500, le=599)] = 503

    @property
    def refuses(self) -> bool:
        """True where the vendor does not listen."""
        return self.mode == "refuse"

    @property
    def resets(self) -> bool:
        """True where connections, those that stand and new ones, are reset."""
        return self.mode in ("refuse", "reset")

    def stand_in(self) -> VendorFault:
        """A hang or a reset. Raises errors.VendorError where the outage answers."""
        if self.mode == "status":
            raise errors.server_error(self.status)
        return Hang() if self.mode == "silent" else ResetBefore()
