"""`refuse`: the vendor takes no new connection."""

from typing import ClassVar, Literal

from tidegate.chaos.trouble.surrounding_fault import CutMode, Event, EventFault, Setting


class Refuse(EventFault):
    """A new connection to the vendor is refused; those that stand are left alone. An event is a connection to be made.

    So it is where some of a vendor's machines are being replaced, or its backlog is full.
    """

    kind: Literal["refuse"] = "refuse"
    event: ClassVar[Event] = "dial"

    @property
    def calls_hit(self) -> float:
        """Its probability, as if each call had a connection of its own."""
        return self.probability

    def strike(self, stage: Setting) -> CutMode:  # noqa: ARG002 - nothing else happens
        """The connection dies before it lives."""
        return "reset"
