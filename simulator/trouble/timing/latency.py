"""`latency`: the vendor thinks before it acts."""

import math
import random
from typing import Literal

from pydantic import model_validator

from tidegate.configfile.units import Duration
from tidegate.simulator.trouble.aimed_fault import RequestFault
from tidegate.simulator.trouble.vendor_fault import Part

_Z99 = 2.3263478740408408
"""99 % of a normal distribution lie below so many standard deviations."""


class Latency(RequestFault):
    """The vendor thinks before it acts.

    `uniform`: for `delay`, and up to `jitter` longer, evenly spread. `lognormal`: half of the requests wait longer than
    `delay`, one of a hundred longer than `p99`. `pareto`: nobody waits less than `delay`, and the same `p99`; its tail
    is the heavier one. Nobody waits longer than `most`.
    """

    kind: Literal["latency"] = "latency"
    delay: Duration
    jitter: Duration = 0.0
    distribution: Literal["uniform", "lognormal", "pareto"] = "uniform"
    p99: Duration | None = None
    most: Duration = 3600.0

    @model_validator(mode="after")
    def _one_shape(self) -> "Latency":
        if self.distribution == "uniform":
            if self.p99 is not None:
                raise ValueError("`p99` needs `distribution: lognormal` or `pareto`")
            if not self.delay and not self.jitter:
                raise ValueError("delays nothing; write a `delay` or a `jitter` above 0s")
        elif self.p99 is None or not 0 < self.delay < self.p99:
            raise ValueError(f"`distribution: {self.distribution}` needs a `delay` above 0s and a `p99` above it")
        elif self.jitter:
            raise ValueError(f"`jitter` is for `uniform`; `distribution: {self.distribution}` is spread by its `p99`")
        return self

    @property
    def rules(self) -> Part:
        """Delays add up, and come with any other fault."""
        return "delay"

    def delay_s(self, dice: random.Random) -> float:
        """A delay drawn from the distribution."""
        if self.distribution == "uniform" or self.p99 is None:
            return self.delay + dice.uniform(0.0, self.jitter)
        if self.distribution == "lognormal":
            drawn = dice.lognormvariate(math.log(self.delay), math.log(self.p99 / self.delay) / _Z99)
        else:
            drawn = self.delay * dice.paretovariate(math.log(100.0) / math.log(self.p99 / self.delay))
        return min(drawn, self.most)
