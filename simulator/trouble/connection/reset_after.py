"""`reset_after`: the request is carried out, then the connection is reset."""

from typing import ClassVar, Literal

from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.trouble.aimed_fault import RequestFault
from tidegate.simulator.trouble.wire import End, Place, RawAnswer


class ResetAfter(RequestFault):
    """The request is carried out, then the connection is reset: without an answer, or in the middle of it."""

    kind: Literal["reset_after"] = "reset_after"
    harmful: ClassVar[bool] = True
    at: Place = "start"

    def answered(self, answer: Answer | None) -> Answer | None:
        """None where the reset comes before the first byte."""
        return None if self.at == "start" else answer

    @property
    def ending(self) -> End:
        """A reset."""
        return "reset"

    @property
    def sent_share(self) -> float:
        """Half of an answer in chunks."""
        return 0.5

    @property
    def chunked(self) -> bool | None:
        """False where the answer ends in its headers."""
        return False if self.at == "headers" else None

    def raw_bytes(self, raw: RawAnswer) -> bytes:
        """The answer up to where it breaks off."""
        return raw.until(self.at)
