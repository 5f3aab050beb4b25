"""`error`: the vendor answers with an error in its own envelope."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tidegate.configfile.units import Duration
from tidegate.simulator.answer.errors import VendorError, server_error
from tidegate.simulator.trouble.aimed_fault import RequestFault
from tidegate.simulator.trouble.fault_scope import Effect, MidwayFailure, RefusalStyle
from tidegate.vendor.refusal_facts import Reason

REASONS: Mapping[int, Reason] = {
    401: "wrong-key",
    402: "declined",
    403: "forbidden",
    404: "not-found",
    409: "unexpected-state",
    412: "precondition-failed",
    413: "too-large",
    415: "media",
    422: "invalid-parameter",
    423: "locked",
    429: "throttled",
}
"""Why a vendor would answer with a status. Any other below 500 is `refused`."""


class ErrorAnswer(RequestFault):
    """The vendor answers with an error in its own envelope."""

    kind: Literal["error"] = "error"
    harmful: ClassVar[bool] = True
    status: Annotated[int, Field(ge=400, le=599)] = 500
    effect: Effect = "none"
    retry_after: Duration | None = None

    @property
    def stops(self) -> bool:
        """True where nothing is done and nothing remembered."""
        return self.effect == "none"

    def refusal(self, style: RefusalStyle) -> VendorError:
        """The error, with Retry-After where the fault says so."""
        del style
        refused = self._error()
        if self.retry_after is not None:
            refused.headers["Retry-After"] = f"{self.retry_after:g}"
        return refused

    @property
    def failure(self) -> MidwayFailure:
        """The same error, of a request that had begun."""
        return MidwayFailure(self.effect, self._error())

    def _error(self) -> VendorError:
        if self.status >= 500:
            return server_error(self.status)
        return VendorError(REASONS.get(self.status, "refused"), "Refused, as it is armed.", status=self.status)
