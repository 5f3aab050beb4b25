"""TG005: alerts, a runbook, and somebody who opens it."""

from collections.abc import Iterator

from tidegate.configfile.rule import Breach, rule
from tidegate.vendor.vendor import Vendor


@rule("TG005", "every vendor has alert thresholds, a runbook and an owner", Vendor)
def check_observability(vendor: Vendor) -> Iterator[Breach]:
    """Thresholds are written, the runbook has a name, and the vendor has an owner."""
    alerts = vendor.policy.alerts
    if alerts is None:
        yield Breach(("policy", "alerts"), "no alerts; write alerts: {errors: 5%, slow_p99: 5s, runbook: name}")
    elif not alerts.runbook.strip():
        yield Breach(("policy", "alerts", "runbook"), "the runbook has no name; write one")
    if not (vendor.owner or "").strip():
        yield Breach(("owner",), "nobody owns this vendor; write owner: the team that answers for it")
