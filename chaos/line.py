"""What lies between two machines: how long the way takes at this moment.

One line for each address; all connections to it share the line. It knows nothing of what is sent.
"""

import random


class Line:
    """A way of `delay_s` seconds, one way, and up to `jitter_s` more. Both may be changed while it is in use."""

    __slots__ = ("_rng", "delay_s", "jitter_s")

    def __init__(self, delay_s: float, rng: random.Random | None = None) -> None:
        self.delay_s = delay_s
        self.jitter_s = 0.0
        self._rng = rng or random.Random(0)  # noqa: S311 - repeatable on purpose

    def delay(self) -> float:
        """Seconds that the next piece takes. Nothing overtakes what was sent before it on the same connection."""
        return self.delay_s + self.jitter_s * self._rng.random() if self.jitter_s else self.delay_s
