"""`reset_before`: the connection is reset before anything is done."""

from typing import ClassVar, Literal

from tidegate.simulator.trouble.aimed_fault import RequestFault
from tidegate.simulator.trouble.wire import End


class ResetBefore(RequestFault):
    """The connection is reset when the request has arrived: nothing done."""

    kind: Literal["reset_before"] = "reset_before"
    harmful: ClassVar[bool] = True

    @property
    def stops(self) -> bool:
        """Always, and there is no answer."""
        return True

    @property
    def ending(self) -> End:
        """A reset."""
        return "reset"
