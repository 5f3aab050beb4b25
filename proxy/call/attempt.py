"""One exchange with the vendor, as the call remembers it. No behaviour."""

from dataclasses import dataclass

from tidegate.proxy.call.credential import Credential
from tidegate.proxy.call.outcome import Verdict


@dataclass(slots=True)
class Attempt:
    """One exchange with the vendor. `sent` says whether request bytes may have left; times are monotonic seconds."""

    number: int
    began: float
    ended: float
    sent: bool
    status: int
    verdict: Verdict
    error: str
    """RFC 9209 §2.3 error type, empty where the vendor answered."""
    head_at: float = 0.0
    """Monotonic second of the head of an answer that was then streamed; 0 where it came at once, or not at all."""
    credential: Credential | None = None
    """What the vendor was to know us by."""
    request_id: str = ""
    """The vendor's name for it, as its answer's header has it; empty without one."""
    stale: bool = False
    """It was lost with a connection that had waited, before anything of an answer came: no failure of the vendor's."""
    then: str = ""
    """Why there was a pause behind it (AgainReason); empty where it was the last one."""
