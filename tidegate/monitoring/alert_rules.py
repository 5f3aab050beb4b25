"""The Prometheus alert rules that follow from a vendor file, and what each of them means to the one who is woken.

Thresholds come from `policy.alerts` and `policy.quota_alert`, severity from `criticality`. The metrics' names and
labels are those of tidegate.proxy.telemetry.metrics; they are spelled here because the ground knows no room above it,
and a test compares them.
"""

from collections.abc import Iterator, Sequence
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
    alerts = [_credential(vendor, where), _aside(where), _breaker(vendor, where, severity), _unknown(where, severity)]
    alerts += PROXY_ALERTS
    oldest_s = vendor.policy.alerts.oldest if vendor.policy.alerts is not None else OLDEST_S
    alerts += delivery_alerts(vendor.vendor, oldest_s, severity)
    alerts += [*secret_alerts(vendor, severity), *token_alerts(vendor, severity)]
    alerts += sunset_alerts(vendor, severity)
    alerts.append(_reload(vendor.vendor))
    if vendor.policy.slo is not None:
        alerts += slo_alerts(vendor.vendor, vendor.policy.slo, severity)
    if vendor.policy.alerts is not None:
        alerts += [
            _errors(vendor.policy.alerts.errors, where, severity),
            _slow(vendor.policy.alerts.slow_p99, where, severity),
        ]
    # The last warning before the limit itself is as grave as the vendor; earlier ones are not.
    for share in sorted(vendor.policy.quota_alert, reverse=True):
        alerts.append(_quota(share, where, severity if share == max(vendor.policy.quota_alert) else "info"))
    return alerts


def alert_rules(vendors: Sequence[Vendor]) -> str:
    """A Prometheus rule file (YAML): a group for each vendor, and one for the proxy itself."""
    groups = [
        {"name": f"tidegate-{vendor.vendor}", "rules": [*_records(vendor), *map(partial(_rule, vendor), _own(vendor))]}
        for vendor in vendors
    ]
    yaml = YAML()
    yaml.width = RULE_WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump({"groups": [*groups, {"name": "tidegate", "rules": [_rule(None, alert) for alert in PROXY_ALERTS]}]}, out)
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
        annotations["runbook"] = vendor.policy.alerts.runbook if vendor.policy.alerts else vendor.vendor
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
        f'sum(increase(tidegate_calls_total{{{where},verdict="credential"}}[10m])) > 0',
        "0m",
        "critical",
        "The vendor refuses our credential; every call fails until it is replaced.",
        (
            f"Look at the secret {secret}: is it there, and is it the one that the vendor shows?",
            "Make a new secret at the vendor, with these rights: "
            + (vendor.facts.auth.scopes or "as little as works")
            + ".",
            "Put it in its place: it is taken up by itself; where it is an environment variable, restart the proxy.",
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
            "Where it was rejected: make a new secret, put it in its place and send the proxy SIGHUP.",
            "Where it is exhausted: raise its quota, or wait; it is tried again by itself.",
        ),
    )


def _breaker(vendor: Vendor, where: str, severity: str) -> Alert:
    open_max = written_duration(vendor.policy.breaker.open_max)
    return Alert(
        "TidegateBreakerOpen",
        f"max by (group) (tidegate_breaker_state{{{where}}}) == 2",
        "1m",
        severity,
        "The vendor has been failing; calls are refused at once instead of waiting for it.",
        (
            "Look at the vendor's status page.",
            f"Nothing needs to be switched: the proxy tries again at least every {open_max}.",
            "Tell those who depend on it what the app does meanwhile (see the operations above).",
        ),
    )


def _unknown(where: str, severity: str) -> Alert:
    return Alert(
        "TidegateOutcomeUnknown",
        f'sum(increase(tidegate_outcomes_total{{{where},outcome="unknown"}}[10m])) > 0',
        "0m",
        severity,
        "Writes may or may not have happened; nobody was told that they did.",
        (
            "Find the calls in the log: outcome unknown.",
            "Ask what became of each: GET /_tidegate/calls/<call>.",
            "Send each again under the same Idempotency-Key, or look for its effect at the vendor.",
        ),
    )


def _reload(name: str) -> Alert:
    return Alert(
        "TidegateVendorFileRefused",
        f'max(tidegate_reload_failed{{vendor=~"{name}|tidegate[.]yaml"}}) == 1',
        "1m",
        "warning",
        "The vendor file on disk, or tidegate.yaml, is broken; the one before it is still in force.",
        (
            "What is wrong with it stands in the log, and on the admin page /state under `refused`.",
            "Correct it (tidegate check names the line); it is read again by itself.",
        ),
    )


def _errors(share: float, where: str, severity: str) -> Alert:
    failed = f'sum(rate(tidegate_calls_total{{{where},verdict="failed"}}[5m]))'
    return Alert(
        "TidegateErrors",
        f"{failed} / sum(rate(tidegate_calls_total{{{where}}}[5m])) > {share:g}",
        "2m",
        severity,
        f"More than {written_share(share)} of the calls fail, retries included.",
        (
            f'Which operations? sum by (operation) (rate(tidegate_calls_total{{{where},verdict="failed"}}[5m]))',
            "Look at the vendor's status page and at the errors in the log.",
        ),
    )


def _slow(seconds: float, where: str, severity: str) -> Alert:
    return Alert(
        "TidegateSlow",
        f"histogram_quantile(0.99, sum by (le) (rate(tidegate_call_seconds_bucket{{{where}}}[5m]))) > {seconds:g}",
        "5m",
        severity,
        f"One call in a hundred takes longer than {written_duration(seconds)}.",
        (
            "Is it the vendor, or our own queue? Look at tidegate_queue_depth and tidegate_limit_used_ratio.",
            "Is one operation to blame? Split the same query by operation.",
        ),
    )


def _quota(share: float, where: str, severity: str) -> Alert:
    return Alert(
        f"TidegateQuota{share * 100:g}".replace(".", "_"),
        f"max by (limit) (tidegate_limit_used_ratio{{{where}}}) >= {share:g}",
        "1m",
        severity,
        f"{written_share(share)} of a limit is in use.",
        (
            "Which app asks for so much? The log names the app of each call.",
            "Ask the vendor for a higher limit, or let the app send less.",
        ),
    )
