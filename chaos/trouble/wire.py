"""`wire`: the way between proxy and vendor takes longer."""

from typing import Literal

from pydantic import model_validator

from tidegate.chaos.trouble.surrounding_fault import LastingFault, Setting
from tidegate.configfile.units import Duration


class Wire(LastingFault):
    """The way between proxy and vendor takes `delay` longer in each direction, and up to `jitter` more."""

    kind: Literal["wire"] = "wire"
    delay: Duration = 0.0
    jitter: Duration = 0.0

    @model_validator(mode="after")
    def _delays(self) -> "Wire":
        if not self.delay and not self.jitter:
            raise ValueError("delays nothing; write a `delay` or a `jitter` above 0s")
        return self

    def shift(self, stage: Setting, sign: int) -> None:
        """Every way."""
        for line in stage.lines:
            line.delay_s += sign * self.delay
            line.jitter_s += sign * self.jitter
