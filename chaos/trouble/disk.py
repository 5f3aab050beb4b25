"""`disk`: each commit to the proxy's disk takes longer."""

from typing import Annotated, Literal

from pydantic import Field

from tidegate.chaos.trouble.surrounding_fault import LastingFault, Setting
from tidegate.configfile.units import Duration


class SlowCommits(LastingFault):
    """Each commit to the proxy's disk takes `delay` longer."""

    kind: Literal["disk"] = "disk"
    delay: Annotated[Duration, Field(gt=0)]

    @property
    def commit_delay_s(self) -> float:
        """The delay, for the whole run: the judge asks for no more than it can know."""
        return self.delay

    def shift(self, stage: Setting, sign: int) -> None:
        """The disk."""
        stage.disk.commit_s += sign * self.delay
