"""`failover`: the proxy dies, and another machine takes over its store."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tidegate.chaos.trouble.surrounding_fault import Event, EventFault, Setting
from tidegate.configfile.units import Duration


class Failover(EventFault):
    """The proxy dies, as in a crash, and is started on the other of two machines, on the same store, after `down`.

    That machine was started at another time, and its wall clock is `ahead` or `behind`.
    """

    kind: Literal["failover"] = "failover"
    event: ClassVar[Event] = "arrival"
    steps: Annotated[int, Field(ge=0)] = 0
    down: Duration = 1.0
    ahead: Duration = 0.0
    behind: Duration = 0.0

    def strike(self, stage: Setting) -> None:
        """Kill it, and say where it goes on."""
        stage.fail_over(self.steps, self.down, self.ahead - self.behind)
