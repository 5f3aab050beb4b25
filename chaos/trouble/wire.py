"""`wire`: the way between proxy and vendor takes longer."""

from typing import Literal

from tidegate.chaos.trouble.surrounding_fault import LastingFault, Setting
from tidegate.configfile.units import Duration


class Wire(LastingFault):
    """The way between proxy and vendor takes `delay` longer in each direction, and up to `jitter` more."""

    kind: Literal["wire"] = "wire"
    delay: Duration = 0.0
    jitter: Duration = 0.0

    def shift(self, stage: Setting, sign: int) -> None:
        """Every way."""
        for line in stage.lines:
            line.delay_s += sign * self.delay
            line.jitter_s += sign * self.jitter
