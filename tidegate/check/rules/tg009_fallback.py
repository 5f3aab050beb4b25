"""TG009: a fallback for every operation on the critical path, and of a kind that the operation can have."""

from collections.abc import Iterator

from tidegate.check.judged_vendor import JudgedVendor, listed
from tidegate.configfile.rule import Breach, Omission, rule
from tidegate.plan.plan import OperationPlan
from tidegate.policy.fallback import Fallback
from tidegate.policy.plan_values import SAFE

HOLDS = "an operation on the critical path names its fallback"


@rule("TG009", HOLDS, JudgedVendor)
def check_critical(judged: JudgedVendor) -> Iterator[Omission]:
    """A critical operation names its fallback."""
    plans = judged.plans.values()
    missing = [plan.operation for plan in plans if plan.critical and not _has_fallback(judged, plan)]
    if missing:
        text = (
            f"no fallback for {listed(missing)}; write unavailable: {{fail: why}} under operations, "
            "by id or by a pattern like Post*"
        )
        yield Omission("unavailable", text)


def _has_fallback(judged: JudgedVendor, plan: OperationPlan) -> bool:
    """Being deferred is one."""
    return judged.entry_of(plan, "unavailable") is not None or plan.defer.when != "never"


@rule("TG009", HOLDS, JudgedVendor)
def check_kind(judged: JudgedVendor) -> Iterator[Breach]:
    """A fallback that an operation cannot have is told once for each entry of `operations`."""
    reported = set()
    for plan in judged.plans.values():
        entry = judged.entry_of(plan, "unavailable")
        if entry is None or entry in reported:
            continue
        text = _unfit(plan, judged.vendor.operations[entry].unavailable)
        if text:
            reported.add(entry)
            yield Breach(("operations", entry, "unavailable"), text)


def _unfit(plan: OperationPlan, unavailable: Fallback | str | None) -> str:
    """The reason why an operation cannot have this fallback; empty where it can."""
    kind = "static" if isinstance(unavailable, Fallback) and unavailable.static else unavailable
    if kind == "defer" and plan.method in SAFE:
        return f"{plan.operation} is a read, and only a write can be carried out later; write cache or {{fail: why}}"
    if kind not in ("cache", "static"):
        return ""
    if plan.method not in SAFE:
        return f"{plan.operation} changes something, and {kind} is for reads; write {{fail: why}}"
    if kind == "cache" and (plan.cache is None or plan.cache.stale_if_error is None):
        return f"{plan.operation} keeps no answer that may be used when stale; write cache: {{stale_if_error: 10m}} too"
    return ""
