"""Every alert fires once its cause is there, and ends once it is not, as Prometheus itself has it (promtool).

promtool comes with Debian's package `prometheus`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.debian_tools import run_tool
from tests.tidegate.files import put
from tests.tidegate.monitoring.test_token_alerts import REFRESH
from tidegate.monitoring.alert_rules import alert_rules, alerts_of
from tidegate.vendor.search_path import find_vendors
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_file import load_vendor

BEFORE_M, BAD_M, GOOD_M = 10, 60, 420
"""Minutes: before the cause is there, so long as it is, and after it: longer than 6 h, the longest short window."""
FIRES_M, ENDS_M = 40, 480
SHOP = 'vendor="shop"'


def gauge(name: str, labels: str = SHOP, bad: float = 1, good: float = 0) -> dict[str, str]:
    return {f"{name}{{{labels}}}": f"{good:g}x{BEFORE_M} {bad:g}x{BAD_M} {good:g}x{GOOD_M}"}


def counter(name: str, labels: str = SHOP) -> dict[str, str]:
    """It grows while the cause is there."""
    return {f"{name}{{{labels}}}": f"0x{BEFORE_M} 0+60x{BAD_M} {60 * BAD_M}x{GOOD_M}"}


def recovered(name: str, labels: str = SHOP) -> dict[str, str]:
    """It grows once the cause is not there any more."""
    return {f"{name}{{{labels}}}": f"0x{BEFORE_M + BAD_M + 1} 0+6000x{GOOD_M}"}


def slow(name: str, labels: str) -> dict[str, str]:
    """A histogram whose every observation lies above its last bound at first, and below its first later."""
    both = f"0x{BEFORE_M} 0+60x{BAD_M} {60 * BAD_M}+6000x{GOOD_M}"
    bounds = {bound: recovered(f"{name}_bucket", f'{labels}le="{bound}"') for bound in ("0.005", "1.0", "10.0")}
    made = {series: values for bound in bounds.values() for series, values in bound.items()}
    return made | {f'{name}_bucket{{{labels}le="+Inf"}}': both, f"{name}_count{{{labels}}}": both}


FAILING = counter("tidegate_calls_total", f'{SHOP},verdict="failed"') | recovered(
    "tidegate_calls_total", f'{SHOP},verdict="success"'
)
SLOW = slow("tidegate_call_seconds", f"{SHOP},")
WAITS = f'{SHOP},box="outbox",app="a",state="waiting"'

CAUSES: Mapping[str, Mapping[str, str]] = {
    "TidegateCredentialRejected": counter("tidegate_refusals_total", f'{SHOP},problem="credential-rejected"'),
    "TidegateCredentialAside": gauge("tidegate_credential_aside"),
    "TidegateBreakerOpen": gauge("tidegate_breaker_state", f'{SHOP},group="shop"', 2)
    | counter("tidegate_attempts_total", f'{SHOP},verdict="failed"'),
    "TidegateOutcomeUnknown": counter("tidegate_outcomes_total", f'{SHOP},outcome="unknown"'),
    "TidegateVendorFileRefused": gauge("tidegate_reload_failed"),
    "TidegateDrift": counter("tidegate_drift_found_total"),
    "TidegateErrors": FAILING,
    "TidegateSlow": SLOW,
    "TidegateQuota80": gauge("tidegate_limit_used_ratio", f'{SHOP},limit="account"', 0.8),
    "TidegateQuota95": gauge("tidegate_limit_used_ratio", f'{SHOP},limit="account"', 0.95),
    "TidegateDeadLetter": gauge("tidegate_deliveries", f'{SHOP},box="outbox",state="dead",reason="rejected"'),
    "TidegateDeliveryParked": gauge("tidegate_deliveries", f'{SHOP},box="outbox",state="parked"'),
    "TidegateDeliveryLate": gauge("tidegate_delivery_oldest_seconds", WAITS, 901, 0),
    "TidegateSecretFellBack": gauge("tidegate_secret_fallen_back"),
    "TidegateSecretRefused": gauge("tidegate_secret_refused"),
    "TidegateSecretSourceAway": gauge("tidegate_secret_stale"),
    "TidegateSecretDue": gauge("tidegate_secret_due_seconds", SHOP, 86_400, 8_640_000),
    "TidegateSecretExpires": gauge("tidegate_secret_expires_seconds", SHOP, 86_400, 8_640_000),
    **{
        f"TidegateSunset{days}": gauge("tidegate_sunset_days", f'{SHOP},operation="o{days}"', days, 400)
        for days in (90, 30, 7, 1)
    },
    "TidegateRefreshTokenEnds": gauge("tidegate_refresh_token_ending"),
    "TidegateReauthorize": gauge("tidegate_token_reauthorize"),
    "TidegateTokenRefreshFails": counter("tidegate_token_refreshes_total", f'{SHOP},outcome="failed"'),
    **{f"TidegateBudgetErrors{span}": FAILING for span in ("1h", "6h", "1d", "3d")},
    **{f"TidegateBudgetSlow{span}": SLOW for span in ("1h", "6h", "1d", "3d")},
    "TidegateDown": gauge("up", 'job="tidegate",instance="one"', 0, 1),
    "TidegateOutOfMeans": gauge("tidegate_out_of_means", ""),
    "TidegateClockSkew": gauge("tidegate_webhook_skew_seconds", 'source="shop"', -90),
    "TidegateStoreNotReady": gauge("tidegate_store_ready", "", 0, 1),
    "TidegateLoopLate": slow("tidegate_loop_lag_seconds", ""),
    "TidegateOwnExpires": gauge("tidegate_expires_seconds", 'kind="CA",name="ca"', 86_400, 8_640_000),
    "TidegateLogLost": counter("tidegate_log_lines_dropped_total", ""),
}


def promtool(*words: str) -> str:
    return run_tool("promtool", *words)


@pytest.fixture
def vendor(tmp_path: Path) -> Vendor:
    """One that has every alert there is."""
    objective = ("policy:\n", "policy:\n  slo: {availability: 99.9%, latency: 1s}\n  drift: {sample: 1/s}\n")
    return load_vendor(put(tmp_path, ("    rotate_every: 90d\n", REFRESH), objective)).vendor


AWAY = "TidegateAbsent"
"""Its cause is that there is nothing at all, so it has a story of its own."""


def story(causes: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """A test of promtool's: how many alerts fire before, meanwhile and afterwards. All causes come and go together."""
    series = {name: values for one in causes.values() for name, values in one.items()}
    firing = 'count(ALERTS{alertname="%s",alertstate="firing"}) or on() vector(0)'
    moments = ((BEFORE_M - 1, 0), (FIRES_M, 1), (ENDS_M, 0))
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": firing % alert, "eval_time": f"{minute}m", "exp_samples": [{"labels": "{}", "value": value}]}
            for alert in causes
            for minute, value in moments
        ],
    }


def test_every_alert_has_a_cause_here(vendor: Vendor) -> None:
    assert {alert.name for alert in alerts_of(vendor)} == {*CAUSES, AWAY}


def test_every_alert_fires_and_ends(vendor: Vendor, tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(alert_rules([vendor]))
    away = {AWAY: {"tidegate_store_ready": f"1x{BEFORE_M} stale _x{BAD_M - 1} 1x{GOOD_M}"}}
    whole = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": [story(CAUSES), story(away)]}
    (tmp_path / "story.yml").write_text(json.dumps(whole))
    promtool("test", "rules", str(tmp_path / "story.yml"))


def test_the_rules_of_all_vendors_that_ship_are_rules(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(alert_rules([load_vendor(path).vendor for path in find_vendors().values()]))
    assert "SUCCESS" in promtool("check", "rules", str(tmp_path / "rules.yml"))
