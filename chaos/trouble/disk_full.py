"""`disk_full`: the proxy's disk has no room left."""

from typing import ClassVar, Literal

from tidegate.chaos.trouble.surrounding_fault import LastingFault, Setting


class DiskFull(LastingFault):
    """No file on the proxy's disk grows; what fits into one as it is may still be written."""

    kind: Literal["disk_full"] = "disk_full"
    trips_breaker: ClassVar[bool] = False

    @property
    def calls_hit(self) -> float:
        """All that have to be written down are refused."""
        return 1.0

    def shift(self, stage: Setting, sign: int) -> None:
        """The disk."""
        stage.disk.fill(sign)
