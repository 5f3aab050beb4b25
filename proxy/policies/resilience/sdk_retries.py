"""An SDK's own retries, which multiply with ours: calls that repeat one that has just ended badly.

SDKs that count their retries say so in a header. Of the others it is known by the same app sending the same again soon
after a call that failed, was refused or was given up. Only such calls are remembered, and only as a hash, so a call
costs nothing here while all goes well. An app that asks again on its own looks the same; and an answer that was lost on
its way to the app is not noticed. It decides nothing: whoever operates the app is told that two retry.
"""

import re
from collections import OrderedDict

from tidegate.proxy.call.call import Call
from tidegate.proxy.call.outcome import Verdict

KEPT_S = 60.0
"""So long after it a call can be repeated: SDKs wait 0.5 to 8 s between two tries, or as long as Retry-After says."""

KEPT_MAX = 4096
"""So many are remembered; the oldest goes first."""

_FINAL = (Verdict.SUCCESS, Verdict.REJECTED, Verdict.CREDENTIAL)

_COUNTING = {
    "x-stainless-retry-count": re.compile(r"(\d{1,4})", re.ASCII),
    "amz-sdk-request": re.compile(r".*\battempt=(\d{1,4})\b.*", re.ASCII),
}
"""Headers in which SDKs count: those of OpenAI and Anthropic the retries from 0, those of AWS the tries from 1."""


class SdkRetries:
    """The calls of all apps that ended badly. All times are monotonic seconds."""

    __slots__ = ("known",)

    def __init__(self) -> None:
        self.known: OrderedDict[int, tuple[str, float]] = OrderedDict()
        """Hash of the request → the call's id, and when it ended; the oldest first. Empty while all goes well."""

    def note(self, call: Call, verdict: Verdict, now: float) -> None:
        """A call has ended."""
        if verdict in _FINAL:
            return
        sent = _sent(call)
        self.known[sent] = (call.call_id, now)
        self.known.move_to_end(sent)
        if len(self.known) > KEPT_MAX:
            self.known.popitem(last=False)

    def of(self, call: Call, now: float) -> str:
        """The id of the call that this one repeats; empty where it is a first one."""
        known = self.known
        while known and now - next(iter(known.values()))[1] > KEPT_S:
            known.popitem(last=False)
        earlier = known.get(_sent(call))
        return "" if earlier is None or counted(call) == 0 else earlier[0]


def counted(call: Call) -> int | None:
    """Which retry of its SDK's this is, 0 for the first try; None where the SDK does not count."""
    for name, pattern in _COUNTING.items():
        match = pattern.fullmatch(call.headers.get(name, ""))
        if match is not None:
            return max(int(match[1]) - (name == "amz-sdk-request"), 0)
    return None


def _sent(call: Call) -> int:
    """The same for the same request of the same app. A hash: no content is kept."""
    return hash((call.app, call.plan.vendor, call.method, call.path, call.content.mark))
