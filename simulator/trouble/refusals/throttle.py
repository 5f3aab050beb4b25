"""`throttle`: the vendor refuses the request for its rate."""

import math
from typing import ClassVar, Literal

from tidegate.configfile.units import Duration
from tidegate.simulator.answer import errors
from tidegate.simulator.answer.answer import http_date
from tidegate.simulator.trouble.aimed_fault import RequestFault
from tidegate.simulator.trouble.fault_scope import RefusalStyle


class Throttle(RequestFault):
    """The vendor refuses the request for its rate: nothing done. `retry_after` goes into that header, as `written`."""

    kind: Literal["throttle"] = "throttle"
    trips_breaker: ClassVar[bool] = False
    """A 429 belongs to the limiter."""
    retry_after: Duration | None = None
    written: Literal["seconds", "date"] = "seconds"
    means: Literal["quota", "contention", "exhausted"] = "quota"

    @property
    def stops(self) -> bool:
        """Always."""
        return True

    def refusal(self, style: RefusalStyle) -> errors.VendorError:
        """The vendor's 429, or what it says to two requests for one object, or to one without credit."""
        if self.means == "contention":
            refused = errors.locked(style.hint)
        elif self.means == "exhausted":
            refused = errors.exhausted()
        else:
            refused = style.throttled("global-rate", until=self.retry_after is not None)
        if self.retry_after is not None:
            moment = math.ceil(style.wall() + self.retry_after)
            refused.headers["Retry-After"] = http_date(moment) if self.written == "date" else f"{self.retry_after:g}"
        return refused
