"""The announcements in a vendor's answers: operations that are deprecated or will end.

An answer of each operation is looked at once a minute, so it costs the others a comparison. What is said, and when it
is told, is tidegate.proxy.policies.resilience.sunset; where it is told, whoever sets `note` decides.
"""

from collections.abc import Callable, Mapping

from tidegate.proxy.policies.dialects.dialect_reader import Headers
from tidegate.proxy.policies.resilience.sunset import EndingOperations, SunsetNotice, read
from tidegate.proxy.upstream.answered_versions import AnsweredVersions
from tidegate.proxy.upstream.report_mode import Note
from tidegate.world.world import World

LOOK_EVERY_S = 60.0


def _nothing(operation: str, notice: SunsetNotice) -> None:
    del operation, notice


class SunsetNotices:
    """The announcements of one vendor."""

    def __init__(self, world: World, version_header: str = "") -> None:
        self.endings, self.versions = EndingOperations(), AnsweredVersions(version_header)
        self.announced: Callable[[str, SunsetNotice], object] = _nothing
        """Told of each announcement that is new, or another than before."""
        self.note: Note | None = None
        """The receiver of notes, if there is one."""
        self._world = world

    def lookout(self, operation: str) -> "SunsetWatch":
        """For the answers to one operation."""
        return SunsetWatch(self, operation)

    def record(self, operation: str, headers: Headers) -> None:
        """Look at an answer."""
        ending, version = read(headers), self.versions.read(headers)
        if ending is None and version is None:
            return
        wall = self._world.wall()
        if ending is not None:
            known = self.endings.operations.get(operation)
            if known is None or not known.ending.is_same(ending):
                self.announced(operation, ending)
            for facts in self.endings.record(operation, ending, wall):
                self._tell("the vendor will end an operation", facts)
        change = self.versions.record(operation, *version, wall) if version is not None else None
        if change is not None:
            former, new = change
            words = {"operation": operation, "header": new.header, "from": former.value, "to": new.value}
            self._tell("the vendor answers with another version", words)

    def _tell(self, text: str, facts: Mapping[str, str | float]) -> None:
        if self.note is not None:
            self.note(text, facts)

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
