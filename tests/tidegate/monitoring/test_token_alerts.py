"""Where tokens are fetched somebody is told when none come; nobody else is bothered."""

from pathlib import Path

from tests.tidegate.files import put
from tidegate.monitoring.token_alerts import token_alerts
from tidegate.vendor.vendor_file import load_vendor

TOKENS = """    rotate_every: 90d
    oauth: {token: /token}
    tokens: {grant: client_credentials, client_id: shop}
"""
REFRESH = TOKENS.replace(
    "client_credentials, client_id: shop", 'refresh_token, client_id: shop, refresh_token: "env:R"'
)


def test_a_vendor_whose_tokens_are_fetched_has_alerts_about_them(tmp_path: Path) -> None:
    vendor = load_vendor(put(tmp_path, ("    rotate_every: 90d\n", TOKENS))).vendor
    alerts = {alert.name: alert for alert in token_alerts(vendor, "info")}
    assert {name: alert.severity for name, alert in alerts.items()} == {
        "TidegateReauthorize": "critical",
        "TidegateTokenRefreshFails": "info",
    }
    assert all(f'vendor="{vendor.vendor}"' in alert.expression for alert in alerts.values())


def test_an_account_that_somebody_connected_has_one_about_its_end(tmp_path: Path) -> None:
    vendor = load_vendor(put(tmp_path, ("    rotate_every: 90d\n", REFRESH))).vendor
    assert "TidegateRefreshTokenEnds" in [alert.name for alert in token_alerts(vendor, "info")]


def test_another_vendor_has_none(tmp_path: Path) -> None:
    assert not [*token_alerts(load_vendor(put(tmp_path)).vendor, "info")]
