"""The rules of `tidegate scan`: what each looks for, why it is wrong in an app behind Tidegate, and what is right."""

from dataclasses import dataclass
from typing import Literal

ScanLevel = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class ScanRule:
    """One rule. `level` is that of its findings."""

    code: str
    name: str
    level: ScanLevel
    says: str
    cure: str


_LISTED = (
    ScanRule(
        "TS01", "bypass-host", "error",
        "A vendor's own host is called, past the proxy: its limits, its secret and its failures are the app's again.",
        "Call the gateway instead: its address and the vendor's name are the base URL.",
    ),
    ScanRule(
        "TS02", "bypass-sdk", "error",
        "A vendor's SDK is made without a base URL, so it calls the vendor's own host, past the proxy.",
        "Give it the gateway's address as its base URL, and the app's Tidegate token as its key.",
    ),
    ScanRule(
        "TS03", "no-timeout", "warning",
        "A call without a timeout waits for ever where the network loses its answer, and its worker with it.",
        "Give it a timeout, longer than the call's budget in the vendor file.",
    ),
    ScanRule(
        "TS04", "retry-loop", "warning",
        "The app retries by itself: behind a proxy that retries too, tries are multiplied when the vendor is weakest.",
        "Send it once; retries, their budget and their keys are the proxy's.",
    ),
    ScanRule(
        "TS05", "catch-all", "warning",
        "Every failure of a vendor's call is caught alike: a write that may have happened looks like one that did not.",
        "Catch the failures that the app can act on, and let the others through.",
    ),
    ScanRule(
        "TS06", "literal-key", "error",
        "A key stands in the code, where everybody who reads it has it, and nobody can change it.",
        "Give the app a Tidegate token from its environment; the vendor's key is the proxy's.",
    ),
    ScanRule(
        "TS07", "vendor-type", "warning",
        "A vendor's types are used outside an adapter, so the app knows the vendor wherever they are.",
        "Map them in one adapter, and give the app its own types.",
    ),
)  # fmt: skip

RULES: dict[str, ScanRule] = {rule.name: rule for rule in _LISTED}
"""Every rule by its name."""
