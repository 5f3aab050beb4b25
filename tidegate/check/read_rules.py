"""Whether what the vendor file says about reads fits the operations that it says it of (TG009, TG111).

A setting under an id must mean something for that operation; one under a pattern, for one of those that match. It
returns places and words; what is done with them is tidegate.check.rules.
"""

from collections.abc import Iterator, Mapping

from tidegate.configfile.yaml_places import Loc
from tidegate.plan.plan import OperationPlan
from tidegate.plan.planning import SAFE, matches, settings_for
from tidegate.policy.policy import Fallback
from tidegate.vendor.vendor_file import LoadedVendor

Misplaced = tuple[str, Loc, str]
"""Code, place, words."""

_FOR_READS = ("cache", "coalesce", "hedge")


def misplaced(loaded: LoadedVendor, plans: Mapping[str, OperationPlan]) -> Iterator[Misplaced]:
    """Every setting that no operation, or the wrong one, is given."""
    for name, settings in loaded.vendor.operations.items():
        meant = [plan for plan in plans.values() if plan.operation == name or matches(name, plan.operation)]
        reads = [plan for plan in meant if plan.method in SAFE]
        for field in _FOR_READS:
            if meant and not reads and getattr(settings, field) is not None:
                yield "TG111", ("operations", name, field), f"{field} is for reads, and {name} changes something"
        if settings.cache is not None and reads and all(plan.method != "GET" for plan in reads):
            yield "TG111", ("operations", name, "cache"), f"only answers to GET are kept, and {name} is no GET"
    yield from _fallbacks(loaded, plans)


def _fallbacks(loaded: LoadedVendor, plans: Mapping[str, OperationPlan]) -> Iterator[Misplaced]:
    told = set()
    for plan in plans.values():
        entry = next((name for name, one in settings_for(loaded, plan.operation) if one.unavailable is not None), None)
        if entry is None or entry in told:
            continue
        text = _wrong(plan, loaded.vendor.operations[entry].unavailable)
        if text:
            told.add(entry)
            yield "TG009", ("operations", entry, "unavailable"), text


def _wrong(plan: OperationPlan, unavailable: Fallback | str | None) -> str:
    kind = "static" if isinstance(unavailable, Fallback) and unavailable.static else unavailable
    if kind not in ("cache", "static"):
        return ""
    if plan.method not in SAFE:
        return f"{plan.operation} changes something, and {kind} is for reads; write {{fail: why}}"
    if kind == "cache" and (plan.cache is None or plan.cache.stale_if_error is None):
        return f"{plan.operation} keeps no answer that may be used when stale; write cache: {{stale_if_error: 10m}} too"
    return ""
