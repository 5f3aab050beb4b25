"""Whether a vendor is up, in one word and a sentence: from its breakers, its limits and its last minute.

Pure, and for people: nothing is decided by it.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from tidegate.proxy.telemetry.metrics import VendorState
from tidegate.proxy.telemetry.overview.vendor_history import Between

Word = Literal["up", "idle", "degraded", "down"]

DOWN_SHARE = 0.5
"""Of the calls of the window: where so many failed, the vendor is down."""
DEGRADED_SHARE = 0.05
OPEN = ("open", "forced open")


class VendorStanding(NamedTuple):
    """A word, and why, in a sentence."""

    word: Word
    why: str


def standing(state: VendorState, window: Between) -> VendorStanding:
    """How a vendor stands. `window` is the last minute."""
    words = {group: str(document.get("state", "")) for group, document in state.breakers.items()}
    opened = [group for group, word in words.items() if word in OPEN]
    share = window.errors / window.calls if window.calls else 0.0
    failed = f"{window.errors} of {window.calls} calls failed in the last {window.seconds:.0f} s"
    if opened:
        why = f"The breaker {opened[0]} is {words[opened[0]]}; {failed}."
        return VendorStanding("down" if share >= DOWN_SHARE or window.calls == window.errors else "degraded", why)
    if window.calls and share >= DOWN_SHARE:
        return VendorStanding("down", f"{failed[:1].upper()}{failed[1:]}.")
    lesser = _lesser(words, state, share, failed)
    if lesser:
        return VendorStanding("degraded", lesser)
    if not window.calls:
        return VendorStanding("idle", f"Nobody has called it in the last {window.seconds:.0f} s.")
    return VendorStanding("up", f"{failed[:1].upper()}{failed[1:]}.")


def _lesser(words: Mapping[str, str], state: VendorState, share: float, failed: str) -> str:
    """What is less than a failure: trying again, a limit that is used up, errors now and then."""
    probing = [group for group, word in words.items() if word == "half-open"]
    if probing:
        return f"The breaker {probing[0]} is half-open: a few calls try whether the vendor is back; {failed}."
    fullest = max(state.limits.items(), key=lambda limit: limit[1], default=("", 0.0))
    if state.queued:
        wait = f"{state.queued} calls wait" if state.queued > 1 else "1 call waits"
        return f"{wait} for a limit; the fullest is {fullest[0]}, of which {fullest[1]:.0%} is used."
    aside = [name for name, credential in state.credentials.items() if credential.get("standing") != "in force"]
    if aside:
        return f"The credential {aside[0]} is set aside."
    return f"{failed[:1].upper()}{failed[1:]}." if share >= DEGRADED_SHARE else ""
