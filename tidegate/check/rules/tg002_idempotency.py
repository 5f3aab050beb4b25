"""TG002: the idempotency plan of every operation that changes something."""

from collections.abc import Iterator

from tidegate.check.judged_vendor import JudgedVendor, listed
from tidegate.configfile.rule import Breach, Omission, rule
from tidegate.plan.operation_pattern import is_pattern
from tidegate.policy.plan_values import NATURAL, SAFE


@rule("TG002", "every mutating operation names its idempotency plan", JudgedVendor)
def check_idempotency(judged: JudgedVendor) -> Iterator[Breach | Omission]:
    """POST and PATCH name a plan, a vendor key is one that the vendor takes, and no pattern makes a write natural."""
    missing: list[str] = []
    keyless: dict[str, list[str]] = {}
    unnatural: dict[str, list[str]] = {}
    for plan in judged.plans.values():
        entry = judged.entry_of(plan, "idempotency")
        if entry is None:
            if plan.method not in SAFE | NATURAL:
                missing.append(plan.operation)
        elif plan.idempotency == "vendor-key" and plan.key_header is None:
            keyless.setdefault(entry, []).append(plan.operation)
        elif plan.idempotency == "natural" and plan.method not in NATURAL and is_pattern(entry):
            unnatural.setdefault(entry, []).append(plan.operation)
    if missing:
        text = (
            f"no idempotency plan for {listed(missing)}; write idempotency: vendor-key or never-resend "
            "under operations, by id or by a pattern like Post*"
        )
        yield Omission("idempotency", text)
    for entry, ids in keyless.items():
        why = _without_keys(judged)
        text = f"{listed(ids)} cannot use vendor-key: {why}; write never-resend, or add the method to the facts"
        yield Breach(("operations", entry, "idempotency"), text, (("facts", "idempotency"),))
    for entry, ids in unnatural.items():
        text = (
            f"a pattern cannot make {listed(ids)} natural; name each operation that may be repeated without harm, "
            "or write vendor-key or never-resend"
        )
        yield Breach(("operations", entry, "idempotency"), text)


def _without_keys(judged: JudgedVendor) -> str:
    """The reason why an operation has no key of the vendor."""
    keys = judged.vendor.facts.idempotency
    if keys is None:
        return "facts.idempotency does not say that the vendor has keys"
    return f"the vendor's keys are for {', '.join(keys.methods)} only"
