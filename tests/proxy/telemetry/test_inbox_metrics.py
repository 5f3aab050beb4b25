"""Tests of tidegate.proxy.telemetry.inbox_metrics."""

from prometheus_client import CollectorRegistry, generate_latest

from tidegate.proxy.telemetry.inbox_metrics import InboxMetrics


def test_what_came_and_what_became_of_it_is_shown() -> None:
    metrics, registry = InboxMetrics(), CollectorRegistry()
    registry.register(metrics)
    metrics.received["stripe", "accepted"] += 2
    metrics.posts["shop", "done"] += 1
    metrics.skews = lambda: {"stripe": 61.5}
    metrics.breakers = lambda: {("shop", "webhooks"): "open", ("desk", "callback"): "closed"}
    text = generate_latest(registry).decode()
    for line in (
        'tidegate_webhooks_total{outcome="accepted",source="stripe"} 2.0',
        'tidegate_app_posts_total{app="shop",outcome="done"} 1.0',
        'tidegate_webhook_skew_seconds{source="stripe"} 61.5',
        'tidegate_app_breaker_state{app="shop",purpose="webhooks"} 2.0',
        'tidegate_app_breaker_state{app="desk",purpose="callback"} 0.0',
    ):
        assert line in text
