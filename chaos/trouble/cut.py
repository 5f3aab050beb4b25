"""`cut`: a connection between proxy and vendor dies."""

from typing import ClassVar, Literal

from tidegate.chaos.trouble.surrounding_fault import CutMode, Event, EventFault, Setting


class Cut(EventFault):
    """A connection between proxy and vendor dies. An event is a piece of bytes, of either side; it is lost.

    `reset` is seen by both sides. `silent` by none: nothing arrives any more, until somebody loses patience.
    """

    kind: Literal["cut"] = "cut"
    event: ClassVar[Event] = "piece"
    mode: CutMode = "silent"

    @property
    def calls_hit(self) -> float:
        """Its probability, as if a call were one piece of bytes."""
        return self.probability

    def strike(self, stage: Setting) -> CutMode:
        """Lose the piece, and the connection with it."""
        stage.cut()
        return self.mode
