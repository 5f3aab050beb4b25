"""`empty`: the connection is closed without a byte of an answer."""

from typing import ClassVar, Literal

from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.trouble.aimed_fault import RequestFault


class Empty(RequestFault):
    """The connection is closed in good order, without a byte of an answer."""

    kind: Literal["empty"] = "empty"
    harmful: ClassVar[bool] = True
    effect: Literal["none", "done"] = "done"

    @property
    def stops(self) -> bool:
        """True where nothing is done."""
        return self.effect == "none"

    def answered(self, answer: Answer | None) -> None:
        """Nothing."""
