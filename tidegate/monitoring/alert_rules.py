"""The Prometheus alert rules that follow from a vendor file, and what each of them means to the one who is woken.

Thresholds come from `policy.alerts` and `policy.quota_alert`, severity from `criticality`. The metrics' names and
labels are those of tidegate.proxy.telemetry.metrics; they are spelled here because the ground knows no room above it,
and a test compares them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from io import StringIO

from ruamel.yaml import YAML

from tidegate.configfile.units import written_duration, written_share
from tidegate.monitoring.alert import Alert
from tidegate.monitoring.delivery_alerts import delivery_alerts
from tidegate.monitoring.proxy_alerts import PROXY_ALERTS
from tidegate.monitoring.secret_alerts import secret_alerts
from tidegate.monitoring.slo_alerts import recording_rules, slo_alerts
from tidegate.monitoring.sunset_alerts import sunset_alerts
from tidegate.monitoring.token_alerts import token_alerts
from tidegate.policy.alerting.alerts import OLDEST_S
from tidegate.vendor.vendor import Vendor

SEVERITY = {"high": "critical", "medium": "warning", "low": "info"}

RULE_WIDTH = 10_000
"""Expressions stay on one line, so that they can be pasted into Prometheus."""


def alerts_of(vendor: Vendor) -> list[Alert]:
    """Every alert of a vendor, the gravest first."""
    severity = SEVERITY[vendor.criticality]
    where = f'vendor="{vendor.vendor}"'
    alerts = [_credential(vendor, where), _aside(where), _breaker(vendor, where, severity)]
    alerts.append(_unknown(vendor.vendor, where, severity))
    alerts += PROXY_ALERTS
    oldest_s = vendor.policy.alerts.oldest if vendor.policy.alerts is not None else OLDEST_S
    alerts += delivery_alerts(vendor.vendor, oldest_s, severity)
    alerts += [*secret_alerts(vendor, severity), *token_alerts(vendor, severity)]
    alerts += sunset_alerts(vendor, severity)
    alerts.append(_reload(vendor.vendor))
    if vendor.policy.drift.sample is not None:
        alerts.append(_drift(vendor.vendor, where))
    if vendor.policy.slo is not None:
        alerts += slo_alerts(vendor.vendor, vendor.policy.slo, severity)
    if vendor.policy.alerts is not None:
        alerts += [
            _errors(vendor, vendor.policy.alerts.errors, where, severity),
            _slow(vendor, vendor.policy.alerts.slow_p99, where, severity),
        ]
    # The last warning before the limit itself is as grave as the vendor; earlier ones are not.
    for share in sorted(vendor.policy.quota_alert, reverse=True):
        alerts.append(_quota(vendor, share, where, severity if share == max(vendor.policy.quota_alert) else "info"))
    return alerts


def alert_rules(vendors: Sequence[Vendor]) -> str:
    """A Prometheus rule file (YAML): a group for each vendor, and one for the proxy itself."""
    return _written({"groups": _groups(vendors)})


def rule_resource(vendors: Sequence[Vendor]) -> str:
    """The same as a PrometheusRule of the Prometheus operator, for `kubectl apply`."""
    metadata = {"name": "tidegate", "labels": {"app.kubernetes.io/name": "tidegate"}}
    head = {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": metadata}
    return _written({**head, "spec": {"groups": _groups(vendors)}})


def _groups(vendors: Sequence[Vendor]) -> list[dict[str, object]]:
    groups: list[dict[str, object]] = [
        {"name": f"tidegate-{vendor.vendor}", "rules": [*_records(vendor), *map(partial(_rule, vendor), _own(vendor))]}
        for vendor in vendors
    ]
    return [*groups, {"name": "tidegate", "rules": [_rule(None, alert) for alert in PROXY_ALERTS]}]


def _written(document: Mapping[str, object]) -> str:
    yaml = YAML()
    yaml.width = RULE_WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _records(vendor: Vendor) -> Iterator[dict[str, object]]:
    if vendor.policy.slo is not None:
        for record in recording_rules(vendor.vendor, vendor.policy.slo):
            yield {"record": record.name, "expr": record.expression}


def _own(vendor: Vendor) -> list[Alert]:
    return [alert for alert in alerts_of(vendor) if alert not in PROXY_ALERTS]


def _rule(vendor: Vendor | None, alert: Alert) -> dict[str, object]:
    """An alert as Prometheus has it. `description` is what the runbook says, for those who read it in a message."""
    labels = {"severity": alert.severity}
    annotations = {"summary": alert.means, "description": "\n".join(f"- {step}" for step in alert.steps)}
    if vendor is not None:
        labels |= {"vendor": vendor.vendor, "owner": vendor.owner or ""}
        runbook = vendor.policy.alerts.runbook if vendor.policy.alerts else vendor.vendor
        annotations["runbook_url" if re.match(r"https?://", runbook) else "runbook"] = runbook
    return {
        "alert": alert.name,
        "expr": alert.expression,
        "for": alert.lasts,
        "labels": labels,
        "annotations": annotations,
    }


def _credential(vendor: Vendor, where: str) -> Alert:
    secret = vendor.facts.auth.secret
    return Alert(
        "TidegateCredentialRejected",
        f'sum(increase(tidegate_refusals_total{{{where},problem="credential-rejected"}}[10m])) > 0',
        "0m",
        "critical",
        "The vendor refuses our credential, or what it may do (403); such calls fail until that is mended.",
        (
            f"Look at {secret}: is it there, and is it the one that the vendor shows? tidegate secrets status.",
            f"Which calls? tidegate calls --vendor {vendor.vendor} --problem credential-rejected.",
            "Make a new secret at the vendor, with these rights: "
            + (vendor.facts.auth.scopes or "as little as works")
            + ".",
            "Put it in its place: it is taken up by itself, or at once by: tidegate secrets rotate.",
            "Where it is an environment variable, restart the proxy.",
        ),
    )


def _aside(where: str) -> Alert:
    return Alert(
        "TidegateCredentialAside",
        f"max by (credential) (tidegate_credential_aside{{{where}}}) == 1",
        "1m",
        "warning",
        "One of several credentials is set aside: the vendor does not know it, or its quota is used up.",
        (
            "GET /state on the admin port says which, why, and for how long; calls go on under the others.",
            "Where it was rejected: make a new secret, put it in its place, and: tidegate secrets rotate.",
            "Where it is exhausted: raise its quota, or wait; it is tried again by itself.",
        ),
    )


def _breaker(vendor: Vendor, where: str, severity: str) -> Alert:
    open_max = written_duration(vendor.policy.breaker.open_max)
    # Half open is not well either, and a scrape rarely meets the seconds in which it is open. But where nobody calls, a
    # breaker stays half open and refuses nobody.
    felt = (f'refusals_total{{{where},problem="vendor-unavailable"}}', f'attempts_total{{{where},verdict="failed"}}')
    lately = " or ".join(f"sum(increase(tidegate_{one}[10m])) > 0" for one in felt)
    return Alert(
        "TidegateBreakerOpen",
        f"max by (group) (tidegate_breaker_state{{{where}}}) > 0 and on () ({lately})",
        "1m",
        severity,
        "The vendor has been failing; calls are refused at once, but for a few that try whether it is back.",
        (
            f"What comes back? tidegate calls --vendor {vendor.vendor} --verdict failed.",
            "Look at the vendor's status page.",
            f"Nothing needs to be switched: after {open_max} at most the next call tries the vendor again.",
            "Tell those who depend on it what the app does meanwhile (see the operations above).",
        ),
    )


def _unknown(name: str, where: str, severity: str) -> Alert:
    return Alert(
        "TidegateOutcomeUnknown",
        f'sum(increase(tidegate_outcomes_total{{{where},outcome="unknown"}}[10m])) > 0',
        "0m",
        severity,
        "Writes may or may not have happened; nobody was told that they did.",
        (
            f"Find them: tidegate calls --vendor {name} --outcome unknown; why one is unknown: tidegate call ID.",
            f"Those that Tidegate resolves itself: tidegate outbox list --state unknown --vendor {name}.",
            "Else let the app send each again under the same Idempotency-Key, or look for its effect at the vendor.",
        ),
    )


def _reload(name: str) -> Alert:
    return Alert(
        "TidegateVendorFileRefused",
        f'max by (instance) (tidegate_reload_failed{{vendor=~"{name}|tidegate[.]yaml"}}) == 1',
        "1m",
        "warning",
        "The vendor file on disk, or tidegate.yaml, is broken; the one before it is still in force.",
        (
            "What is wrong with it stands in the log, and on the admin page /state under `refused`.",
            "Correct it (tidegate check names the line); it is read again by itself.",
        ),
    )


def _drift(name: str, where: str) -> Alert:
    return Alert(
        "TidegateDrift",
        f"sum(increase(tidegate_drift_found_total{{{where}}}[1h])) > 0",
        "0m",
        "warning",
        "The vendor's answers are not what its document says, or what they were.",
        (
            f"What changed, and which of it your adapters read: tidegate contracts observed {name}.",
            "Is there a new document? tidegate contracts drift OLD NEW says what else it changes.",
            "Mend the adapter, or take the new document into the vendor file.",
        ),
    )


def _errors(vendor: Vendor, share: float, where: str, severity: str) -> Alert:
    failed = f'sum(rate(tidegate_calls_total{{{where},verdict="failed"}}[5m]))'
    return Alert(
        "TidegateErrors",
        f"{failed} / sum(rate(tidegate_calls_total{{{where}}}[5m])) > {share:g}",
        "2m",
        severity,
        f"More than {written_share(share)} of the calls fail, retries included.",
        (
            f'Which operations? sum by (operation) (rate(tidegate_calls_total{{{where},verdict="failed"}}[5m]))',
            f"What they got: tidegate calls --vendor {vendor.vendor} --verdict failed; one in full: tidegate call ID.",
            "Look at the vendor's status page.",
        ),
    )


def _slow(vendor: Vendor, seconds: float, where: str, severity: str) -> Alert:
    return Alert(
        "TidegateSlow",
        f"histogram_quantile(0.99, sum by (le) (rate(tidegate_call_seconds_bucket{{{where}}}[5m]))) > {seconds:g}",
        "5m",
        severity,
        f"One call in a hundred takes longer than {written_duration(seconds)}.",
        (
            "Is it the vendor, or our own queue? Look at tidegate_queue_depth and tidegate_limit_used_ratio.",
            f"Where the time goes, in a call: tidegate calls --vendor {vendor.vendor}, then tidegate call ID.",
            "Is one operation to blame? Split the same query by operation.",
        ),
    )


def _quota(vendor: Vendor, share: float, where: str, severity: str) -> Alert:
    return Alert(
        f"TidegateQuota{share * 100:g}".replace(".", "_"),
        f"max by (limit) (tidegate_limit_used_ratio{{{where}}}) >= {share:g}",
        "1m",
        severity,
        f"{written_share(share)} of a limit is in use.",
        (
            "Was the proxy just started? What it may have used before counts as used, until that time is over.",
            f"Which app asks for so much? sum by (app) (rate(tidegate_calls_total{{{where}}}[5m]))",
            f"Or look at them as they come: tidegate calls --vendor {vendor.vendor} --follow.",
            "Ask the vendor for a higher limit, or let the app send less.",
        ),
    )
