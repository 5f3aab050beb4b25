"""`hang`: the vendor never answers, or stops in the middle."""

from typing import ClassVar, Literal

from pydantic import model_validator

from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.trouble.aimed_fault import RequestFault
from tidegate.simulator.trouble.wire import End, Place, RawAnswer


class Hang(RequestFault):
    """The vendor never answers, or stops in the middle. With `effect: done` it carries the request out all the same."""

    kind: Literal["hang"] = "hang"
    harmful: ClassVar[bool] = True
    effect: Literal["none", "done"] = "none"
    at: Place = "start"

    @model_validator(mode="after")
    def _can_begin(self) -> "Hang":
        if self.at != "start" and self.effect == "none":
            raise ValueError(
                f"an answer that stops in its {self.at} is that of a request that was carried out: add `effect: done`"
            )
        return self

    @property
    def stops(self) -> bool:
        """True where nothing is done."""
        return self.effect == "none"

    def answered(self, answer: Answer | None) -> Answer | None:
        """None where it hangs before the first byte."""
        return None if self.at == "start" else answer

    @property
    def ending(self) -> End:
        """Until the client loses patience."""
        return "hang"

    @property
    def sent_share(self) -> float:
        """Half of an answer in chunks."""
        return 0.5

    @property
    def chunked(self) -> bool | None:
        """False where the answer stops in its headers."""
        return False if self.at == "headers" else None

    def raw_bytes(self, raw: RawAnswer) -> bytes:
        """The answer up to where it stops."""
        return raw.until(self.at)
