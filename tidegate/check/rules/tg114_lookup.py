"""TG114: the lookup of an unknown outcome asks an operation that there is, and has everything that this needs."""

from collections.abc import Iterator

from tidegate.check.judged_vendor import JudgedVendor
from tidegate.configfile.rule import Breach, rule
from tidegate.policy.deferral.lookup import BRACED, HOLDS
from tidegate.policy.plan_values import SAFE


@rule("TG114", HOLDS, JudgedVendor)
def check_lookups(judged: JudgedVendor) -> Iterator[Breach]:
    """Each entry with a lookup is judged once; so is each that promises one and has none."""
    seen: set[str] = set()
    for plan in judged.plans.values():
        entry = judged.entry_of(plan, "lookup")
        if entry is None:
            promised = judged.entry_of(plan, "idempotency")
            if plan.idempotency == "lookup" and promised is not None and promised not in seen:
                seen.add(promised)
                text = f"nothing says how {plan.operation} is looked up; write lookup: {{operation: …, by: {{…}}}} too"
                yield Breach(("operations", promised, "idempotency"), text)
            continue
        lookup = judged.vendor.operations[entry].lookup
        if lookup is None or entry in seen:
            continue
        seen.add(entry)
        place = ("operations", entry, "lookup", "operation")
        asked = judged.plans.get(lookup.operation)
        if asked is None:
            yield Breach(place, f"the document has no operation {lookup.operation}")
        elif asked.method not in SAFE - {"HEAD"}:
            yield Breach(place, f"{lookup.operation} changes something; a lookup is a read")
        else:
            missing = [name for name in BRACED.findall(asked.template) if name not in lookup.by]
            if missing:
                text = f"{lookup.operation} needs the path parameters {', '.join(missing)}"
                yield Breach(("operations", entry, "lookup", "by"), text)
