"""TG116: writes are joined into one request only where that can be done, and where each can be sent again by itself."""

from collections.abc import Iterator

from tidegate.check.judged_vendor import JudgedVendor
from tidegate.configfile.rule import Breach, rule
from tidegate.plan.plan import OperationPlan
from tidegate.policy.deferral.bulk import KEY, Bulk
from tidegate.policy.deferral.defer import defers
from tidegate.policy.deferral.lookup import BRACED, sources

HOLDS = "deferred writes are joined only where each can be sent again by itself"


@rule("TG116", HOLDS, JudgedVendor)
def check_bulk(judged: JudgedVendor) -> Iterator[Breach]:
    """Each entry with a bulk form is told of a mistake once."""
    told: set[str] = set()
    for plan in judged.plans.values():
        entry, bulk = judged.entry_of(plan, "defer"), plan.defer.bulk
        if entry is None or bulk is None or entry in told or plan.idempotency == "safe":
            continue
        text = _why_not(plan, bulk, judged.plans.get(bulk.operation))
        if text:
            told.add(entry)
            yield Breach(("operations", entry, "defer", "bulk"), text)


def _why_not(plan: OperationPlan, bulk: Bulk, joined: OperationPlan | None) -> str:
    """The reason why writes of an operation cannot be joined so; empty where they can."""
    if joined is None:
        return f"the document has no operation {bulk.operation}"
    if joined.idempotency == "safe":
        return f"{bulk.operation} is a read; it carries out nothing"
    if defers(joined):
        return f"{bulk.operation} is itself deferred, and a joined request must be sent at once"
    if plan.defer.when == "never":
        return f"{plan.operation} is deferred only where an app asks for it; write when: always or when-unavailable"
    missing = [name for name in BRACED.findall(joined.template) if name not in BRACED.findall(plan.template)]
    if missing:
        return f"{bulk.operation} needs the path parameters {', '.join(missing)}, which {plan.operation} has not"
    return _unsafe(plan, bulk) or _unknown_source(plan, bulk)


def _unsafe(plan: OperationPlan, bulk: Bulk) -> str:
    if plan.idempotency == "natural" or (plan.idempotency == "vendor-key" and bulk.keyed):
        return ""
    if plan.idempotency == "vendor-key":
        return (
            f"an item of {bulk.operation} carries no key of its own, so one whose outcome is unknown could not be sent "
            f'again; write add: {{NAME: "{KEY}"}} if the vendor takes one'
        )
    return (
        f"a write of {plan.operation} whose outcome is unknown cannot be sent again ({plan.idempotency}), so it must "
        "not be joined with others; that needs a key of the vendor's, or an operation that may be repeated"
    )


def _unknown_source(plan: OperationPlan, bulk: Bulk) -> str:
    known = {*BRACED.findall(plan.template), *(("key",) if plan.idempotency == "vendor-key" else ())}
    for text in [*bulk.add.values(), *([bulk.id.value] if bulk.id else [])]:
        for source in sources(text):
            if not source.startswith("/") and source not in known:
                return f"{{{source}}} is no path parameter of {plan.operation}; write {{key}} or {{/pointer}}"
    return ""
