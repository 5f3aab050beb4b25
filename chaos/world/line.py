"""The way between two machines: the time that it takes at this moment, and cuts.

One line for each address; all connections to it share the line. It knows nothing of what is sent.
"""

import random
from collections.abc import Callable
from typing import Literal

Mode = Literal["reset", "silent"]


class Line:
    """A way of `delay_s` seconds, one way, and up to `jitter_s` more. Both may be changed while it is in use."""

    __slots__ = ("_rng", "cut", "delay_s", "failed", "jitter_s", "odd", "received", "refused", "sent")

    def __init__(self, delay_s: float, rng: random.Random | None = None) -> None:
        self.delay_s = delay_s
        self.jitter_s = 0.0
        self.odd: list[str] = []
        """The forms in which whole answers come (chaos/world/odd_answer.py)."""
        self._rng = rng or random.Random(0)  # noqa: S311 - repeatable on purpose
        self.cut: Callable[[], Mode | None] | None = None
        """Asked for each piece of bytes, and for each new connection: whether it is lost, and how that looks."""
        self.refused: Callable[[], bool] | None = None
        """Asked for each new connection: whether nobody takes it."""
        self.sent: Callable[[object, bytes], object] | None = None
        self.received: Callable[[object, bytes], object] | None = None
        """Both are shown a connection, and a piece of bytes at its client's end: as it is written, as it arrives."""

        self.failed: Callable[[], object] | None = None
        """Is told of each connection that could not be made."""

    def delay(self) -> float:
        """Seconds that the next piece takes. Nothing overtakes what was sent before it on the same connection."""
        return self.delay_s + self.jitter_s * self._rng.random() if self.jitter_s else self.delay_s
