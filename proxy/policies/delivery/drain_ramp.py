"""How many deferred writes may be on their way to a vendor at once: 1 after it was away, then 2, 4, … up to a bound.

What has just got up is not run over by what waited for it. And whether it is the vendor that fails, or one write: where
different writes fail, and none is taken between them, it is the vendor. Pure; one for each vendor.
"""


class DrainRamp:
    """See the module. `most` is the bound."""

    __slots__ = ("_failed", "allowed", "most")

    def __init__(self, most: int) -> None:
        self.most = most
        self.allowed = 1
        """So many at once."""
        self._failed: tuple[str, ...] = ()
        """Two different writes, at most, that have failed since one was taken."""

    @property
    def fails_for_all(self) -> bool:
        """True where different writes have failed since one was taken."""
        return len(self._failed) > 1

    def went(self) -> None:
        """The vendor took one, or refused it for what it is: it is there."""
        self.allowed = min(2 * self.allowed, self.most)
        self._failed = ()

    def away(self, write: str = "") -> None:
        """The vendor did not answer or failed, for this write, or is left alone. One that fails alone halves it."""
        if write and write not in self._failed:
            self._failed = (*self._failed[:1], write)
        self.allowed = max(self.allowed // 2, 1) if write and not self.fails_for_all else 1

    def held(self) -> None:
        """A limit is used up: no more than now, and half of it, so that live traffic has room."""
        self.allowed = max(self.allowed // 2, 1)
