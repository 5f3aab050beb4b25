"""`skew`: a wall clock is wrong."""

from typing import Literal

from pydantic import model_validator

from tidegate.chaos.trouble.surrounding_fault import LastingFault, Setting
from tidegate.configfile.units import Duration


class Skew(LastingFault):
    """A wall clock is wrong, `ahead` or `behind`: the vendor's, or that of the proxy's machine."""

    kind: Literal["skew"] = "skew"
    of: Literal["vendor", "proxy"] = "vendor"
    ahead: Duration = 0.0
    behind: Duration = 0.0

    @model_validator(mode="after")
    def _is_wrong(self) -> "Skew":
        if self.ahead == self.behind:
            raise ValueError("the clock would be right; write how far it is `ahead` or `behind`")
        return self

    def shift(self, stage: Setting, sign: int) -> None:
        """Every vendor's clock, or the proxy's own."""
        by_s = sign * (self.ahead - self.behind)
        if self.of == "proxy":
            stage.skew_proxy(by_s)
            return
        for vendor in stage.vendors:
            vendor.skew_s += by_s
