"""The announcements in a vendor's answers: operations that are deprecated or will end.

An answer of each operation is looked at once a minute, so it costs the others a comparison. What is said, and when it
is told, is tidegate.proxy.policies.resilience.sunset; where it is told, whoever sets `note` decides.
"""

from collections.abc import Mapping

from tidegate.proxy.policies.dialects.dialect_reader import Headers
from tidegate.proxy.policies.resilience.sunset import EndingOperations, read
from tidegate.proxy.upstream.report_mode import Note
from tidegate.world.world import World

LOOK_EVERY_S = 60.0


class SunsetNotices:
    """The announcements of one vendor."""

    def __init__(self, world: World) -> None:
        self.endings = EndingOperations()
        self.note: Note | None = None
        """The receiver of notes, if there is one."""
        self._world = world

    def lookout(self, operation: str) -> "SunsetWatch":
        """For the answers to one operation."""
        return SunsetWatch(self, operation)

    def record(self, operation: str, headers: Headers) -> None:
        """Look at an answer."""
        ending = read(headers)
        if ending is None:
            return
        for facts in self.endings.record(operation, ending, self._world.wall()):
            if self.note is not None:
                self.note("the vendor will end an operation", facts)

    def days_left(self) -> Mapping[str, float | None]:
        """Operation → days until its end, negative afterwards; None for one that is deprecated without a date."""
        wall = self._world.wall()
        return {name: operation.ending.days_left(wall) for name, operation in self.endings.operations.items()}


class SunsetWatch:
    """Looks at the answers of one operation once in a while. `due` is the monotonic second of the next look."""

    __slots__ = ("_notices", "_operation", "due")

    def __init__(self, notices: SunsetNotices, operation: str) -> None:
        self._notices = notices
        self._operation = operation
        self.due = float("-inf")

    def look(self, headers: Headers, now: float) -> None:
        """Look at this answer, and for a while at none."""
        self.due = now + LOOK_EVERY_S
        self._notices.record(self._operation, headers)
