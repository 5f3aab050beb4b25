"""`expired_token`: the vendor says 401 to a credential that is valid."""

from typing import ClassVar, Literal

from tidegate.simulator.answer import errors
from tidegate.simulator.trouble.aimed_fault import RequestFault
from tidegate.simulator.trouble.fault_scope import RefusalStyle


class ExpiredToken(RequestFault):
    """The vendor says 401 to a credential that is valid: nothing done."""

    kind: Literal["expired_token"] = "expired_token"
    harmful: ClassVar[bool] = True

    @property
    def stops(self) -> bool:
        """Always."""
        return True

    def refusal(self, style: RefusalStyle) -> errors.VendorError:
        """The vendor's words for an expired token."""
        del style
        return errors.expired_token()
