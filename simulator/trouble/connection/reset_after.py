"""`reset_after`: the request is carried out, then the connection is reset."""

from typing import ClassVar, Literal

from tidegate.simulator.trouble.aimed_fault import StoppingFault
from tidegate.simulator.trouble.wire import End


class ResetAfter(StoppingFault):
    """The request is carried out, then the connection is reset: without an answer, or in the middle of it."""

    kind: Literal["reset_after"] = "reset_after"
    harmful: ClassVar[bool] = True

    @property
    def ending(self) -> End:
        """A reset."""
        return "reset"
