"""`hang`: the vendor never answers, or stops in the middle."""

from typing import ClassVar, Literal

from pydantic import model_validator

from tidegate.simulator.trouble.aimed_fault import StoppingFault
from tidegate.simulator.trouble.wire import End


class Hang(StoppingFault):
    """The vendor never answers, or stops in the middle. With `effect: done` it carries the request out all the same."""

    kind: Literal["hang"] = "hang"
    harmful: ClassVar[bool] = True
    effect: Literal["none", "done"] = "none"

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

    @property
    def ending(self) -> End:
        """Until the client loses patience."""
        return "hang"
