"""`crash`: the proxy dies, and is started again."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tidegate.chaos.trouble.surrounding_fault import Event, EventFault, Setting
from tidegate.configfile.units import Duration


class Crash(EventFault):
    """The proxy dies, and is started again after `down`.

    An event is something that reaches it: bytes from either side, or its disk's answer. `steps` turns of its event loop
    later it is gone, in the middle of whatever it does then.
    """

    kind: Literal["crash"] = "crash"
    event: ClassVar[Event] = "arrival"
    steps: Annotated[int, Field(ge=0)] = 0
    down: Duration = 1.0
    power: bool = False
    """The machine loses power: what was written to its disk and not flushed is gone, too."""

    def strike(self, stage: Setting) -> None:
        """Kill it."""
        stage.crash(self.steps, self.down, power=self.power)
