"""What this process lacked lately (descriptors, memory, local ports): shown while it lasts, and blamed on no vendor."""

from collections.abc import Callable

LASTS_S = 5.0
"""A want is over when it has not been met for so long."""
NOTE_EVERY_S = 1.0


class OwnMeans:
    """The wants of one process. `now` gives monotonic seconds; `note` writes to the log, once a second at most."""

    def __init__(self, now: Callable[[], float], note: Callable[[str], object]) -> None:
        self.wants = 0
        """How often something was lacking."""
        self.givers: list[Callable[[], object]] = []
        """Asked, one after the other, to give up an idle connection of theirs: the next attempt finds what is freed."""
        self._now = now
        self._note = note
        self._detail = ""
        self._last = self._noted = -LASTS_S

    def ran_out(self, detail: str) -> None:
        """Something could not be done for want of our own means."""
        self.wants += 1
        self._detail, self._last = detail, self._now()
        for give_up in self.givers:
            give_up()
        if self._last - self._noted >= NOTE_EVERY_S:
            self._noted = self._last
            self._note(detail)

    @property
    def trouble(self) -> str:
        """The want, while it lasts; else empty."""
        return self._detail if self._now() - self._last < LASTS_S else ""
