"""`skew`: the vendor's clock is wrong."""

from typing import Literal

from tidegate.chaos.trouble.surrounding_fault import LastingFault, Setting
from tidegate.configfile.units import Duration


class Skew(LastingFault):
    """The vendor's clock is wrong: `ahead` of the proxy's, or `behind` it."""

    kind: Literal["skew"] = "skew"
    ahead: Duration = 0.0
    behind: Duration = 0.0

    def shift(self, stage: Setting, sign: int) -> None:
        """Every vendor's clock."""
        for vendor in stage.vendors:
            vendor.skew_s += sign * (self.ahead - self.behind)
