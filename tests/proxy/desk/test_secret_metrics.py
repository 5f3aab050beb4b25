"""Tests of tidegate.proxy.desk.secret_metrics."""

from collections import Counter

from prometheus_client import CollectorRegistry, generate_latest

from tidegate.configfile.secret_references import parse_secret
from tidegate.proxy.desk.secret_metrics import SecretMetrics
from tidegate.proxy.policies.credentials.secret_versions import SecretVersions
from tidegate.proxy.secrets.secret_status import SecretStatus
from tidegate.proxy.secrets.secret_wearer import SecretUse


def shown(*found: SecretStatus, **counts: int) -> str:
    registry = CollectorRegistry()
    events = Counter({("vault:secret/x#key", event): count for event, count in counts.items()})
    registry.register(SecretMetrics(lambda: [*found], lambda: events))
    return generate_latest(registry).decode()


def test_each_secret_has_its_age_and_what_is_due_by_reference_and_vendor() -> None:
    use = SecretUse("things", 100.0)
    status = SecretStatus(
        parse_secret("vault:secret/x#key"), use, SecretVersions(1.0), 30.0, 70.0, None, "empty", "",
        stale=False, warning="",
    )  # fmt: skip
    text = shown(status, rotated=2)
    labels = '{secret="vault:secret/x#key",vendor="things"}'
    assert f"tidegate_secret_age_seconds{labels} 30.0" in text
    assert f"tidegate_secret_due_seconds{labels} 70.0" in text
    assert f"tidegate_secret_expires_seconds{labels}" not in text
    assert f"tidegate_secret_refused{labels} 1.0" in text
    assert f"tidegate_secret_fallen_back{labels} 0.0" in text
    assert f"tidegate_secret_stale{labels} 0.0" in text
    assert 'tidegate_secret_events_total{event="rotated",secret="vault:secret/x#key",vendor="things"} 2.0' in text


def test_without_secrets_there_is_nothing() -> None:
    assert "secret=" not in shown()
