"""Tests of tidegate.proxy.telemetry.delivery_metrics, as a scrape sees them."""

from tidegate.proxy.store.deliveries import Depth
from tidegate.proxy.telemetry.metrics import Metrics


def test_what_there_is_is_shown_with_its_age() -> None:
    metrics = Metrics({})
    metrics.deliveries.depths = [
        Depth("outbox", "shop", "stripe", "waiting", "", 2, 300, 940.0),
        Depth("outbox", "shop", "stripe", "queued", "", 0, 0, 0.0),
        Depth("inbox", "desk", "shopify", "dead", "expired", 1, 10, 2000.0),
    ]
    metrics.deliveries.depths_wall = 1000.0
    text = metrics.render().decode()
    waiting = '{app="shop",box="outbox",reason="",state="waiting",vendor="stripe"}'
    dead = '{app="desk",box="inbox",reason="expired",state="dead",vendor="shopify"}'
    empty = '{app="shop",box="outbox",reason="",state="queued",vendor="stripe"}'
    assert f"tidegate_deliveries{waiting} 2.0" in text
    assert f"tidegate_delivery_bytes{waiting} 300.0" in text
    assert f"tidegate_delivery_oldest_seconds{waiting} 60.0" in text
    assert f"tidegate_delivery_oldest_seconds{dead} 0.0" in text, "a clock that was put back makes no negative age"
    assert f"tidegate_deliveries{empty} 0.0" in text
    assert f"tidegate_delivery_oldest_seconds{empty}" not in text


def test_what_has_happened_is_counted() -> None:
    metrics = Metrics({})
    deliveries = metrics.deliveries
    deliveries.accepted["outbox", "shop", "stripe", "full"] += 1
    deliveries.settled["outbox", "shop", "stripe", "dead", "rejected"] += 1
    deliveries.attempts["outbox", "shop", "stripe"] += 2
    deliveries.alarms["outbox", "shop", "stripe", "parked", ""] += 1
    deliveries.by_hand["replay", "done"] += 1
    text = metrics.render().decode()
    of = 'app="shop",box="outbox"'
    for line in (
        f'tidegate_deliveries_accepted_total{{{of},result="full",vendor="stripe"}} 1.0',
        f'tidegate_deliveries_settled_total{{{of},reason="rejected",state="dead",vendor="stripe"}} 1.0',
        f'tidegate_delivery_attempts_total{{{of},vendor="stripe"}} 2.0',
        f'tidegate_delivery_alarms_total{{{of},reason="",state="parked",vendor="stripe"}} 1.0',
        'tidegate_deliveries_by_hand_total{action="replay",result="done"} 1.0',
    ):
        assert line in text
