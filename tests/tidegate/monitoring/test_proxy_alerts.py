"""The alerts about the proxy itself name no vendor."""

from tidegate.monitoring.proxy_alerts import PROXY_ALERTS


def test_they_name_no_vendor_and_say_what_to_do() -> None:
    assert len({alert.name for alert in PROXY_ALERTS}) == len(PROXY_ALERTS)
    for alert in PROXY_ALERTS:
        assert "vendor" not in alert.expression
        assert alert.steps
