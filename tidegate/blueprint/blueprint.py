"""The written blueprint of a vendor: everything that whoever builds on it, and whoever is woken for it, has to know.

Generated from the same plans that the proxy runs on, so that it stays true. It decides nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tidegate.blueprint.adapter_interface import adapter_interface, adapters_beside
from tidegate.blueprint.call_times import call_by_call, timeouts_and_retries
from tidegate.blueprint.checklist import anti_patterns, checklist
from tidegate.blueprint.failure_modes import failure_modes, operations, reads, seen, set_apart
from tidegate.blueprint.page import page
from tidegate.blueprint.secret_lifecycle import secret_lifecycle, security_controls
from tidegate.blueprint.service_level import monitoring_signals, service_level
from tidegate.blueprint.sketch import Sketch, mermaid, sketch_of, svg
from tidegate.blueprint.summary import glance, risk_table, summary
from tidegate.monitoring.alert_rules import alert_rules, alerts_of
from tidegate.openapi.document import Document
from tidegate.plan.plan import OperationPlan
from tidegate.plan.planning import plan_unlisted, plan_vendor
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_file import LoadedVendor


@dataclass(frozen=True, slots=True)
class Blueprint:
    """The document of a vendor, with its sketch."""

    title: str
    markdown: str
    sketch: Sketch

    def html(self) -> str:
        """As a page that needs nothing else."""
        return page(self.title, self.markdown, svg(self.sketch))


def blueprint(loaded: LoadedVendor, document: Document, access: str = "") -> Blueprint:
    """The whole document. `access` is a section about who may call, empty where nobody has rules."""
    vendor, plans = loaded.vendor, plan_vendor(loaded, document)
    if vendor.policy.unlisted == "pass":
        plans = {
            **plans,
            "unlisted reads": plan_unlisted(loaded, "GET"),
            "unlisted writes": plan_unlisted(loaded, "POST"),
        }
    adapters = adapters_beside(loaded.path.parent)
    sketch = sketch_of(vendor, list(plans.values()), adapter=bool(adapters))
    made = f"*Made from `{loaded.path.name}` and `{vendor.document}` by `tidegate blueprint`. Change those, not this.*"
    sections = [
        f"# {vendor.vendor}: blueprint\n\n{summary(vendor, plans)}\n\n{made}",
        "## Risks\n\n" + risk_table(vendor, plans),
        "## At a glance\n\n" + glance(vendor),
        "## Architecture\n\n" + mermaid(sketch),
        "## Adapter interface\n\n" + adapter_interface(vendor, adapters),
        "## Calls\n\n" + call_by_call(vendor, plans),
        *_operations(vendor, plans),
        "## What the app sees\n\n" + seen(vendor),
        "## Security controls\n\n" + security_controls(vendor),
        "## The secret's life\n\n" + secret_lifecycle(vendor),
        *((access.strip("\n"),) if access else ()),
        "## SLO impact\n\n" + service_level(vendor, plans),
        "## Monitoring signals\n\n" + monitoring_signals(vendor),
        "## Alert rules\n\nFor Prometheus.\n\n```yaml\n" + alert_rules([vendor]) + "```",
        "## Runbook\n\n" + _runbook(vendor),
        "## Anti-patterns checked\n\n" + anti_patterns(vendor, plans, adapters),
        "## Implementation checklist\n\n" + checklist(vendor, adapters),
    ]
    return Blueprint(f"{vendor.vendor}: blueprint", "\n\n".join(sections) + "\n", sketch)


def _operations(vendor: Vendor, plans: Mapping[str, OperationPlan]) -> Iterator[str]:
    yield "## Operations\n\n" + operations(plans)
    yield "## Timeouts, retries and limits\n\n" + timeouts_and_retries(vendor, plans)
    if apart := set_apart(plans):
        yield "## Reads\n\n" + reads(apart)
    yield "## Failure modes\n\n" + failure_modes(plans)


def _runbook(vendor: Vendor) -> str:
    alerts = vendor.policy.alerts
    owner = vendor.owner or "nobody"
    parts = [f"Runbook `{alerts.runbook if alerts else vendor.vendor}`, owned by {owner}."]
    for alert in alerts_of(vendor):
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(alert.steps, 1))
        parts.append(f"### {alert.name} ({alert.severity})\n\n{alert.means}\n\n{steps}")
    return "\n\n".join(parts)
