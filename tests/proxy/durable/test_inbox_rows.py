"""Tests of tidegate.proxy.durable.inbox_rows."""

import json
import random
from typing import Any

import pytest

from tests.proxy.durable.inbox_town import ENVIRON, configured, loaded_vendors
from tidegate.proxy.durable.inbox_rows import HEADER_CHARS_MAX, ReceivedWebhook, event_parts, passed_headers, rows_of
from tidegate.proxy.policies.delivery.delivery import NewDelivery
from tidegate.proxy.policies.delivery.webhook_event import WebhookEvent
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.policies.webhooks.verdict import VerifiedWebhook
from tidegate.proxy.telemetry.traceparent import parse
from tidegate.proxy.webhook_routes import WebhookRoutes, webhook_routes

LOADED = loaded_vendors(("github",))
NOW = StoreTime(100.0, 200.0, 1_735_689_600.0)
HEADERS = {
    "content-type": "application/json",
    "x-github-event": "issues",
    "x-github-delivery": "d-1",
    "x-hub-signature-256": "sha256=00",
    "user-agent": "GitHub-Hookshot/1",
    "cookie": "a=b",
    "x-forwarded-for": "10.0.0.1",
}


def routes(tmp: Any, **webhooks: Any) -> WebhookRoutes:
    config = configured(("github",), tmp, "http://127.0.0.1:3000/hooks", {"webhooks": webhooks})
    return webhook_routes(config, {name: vendor.vendor.facts.webhooks for name, vendor in LOADED.items()}, ENVIRON)


def row(tmp: Any, body: bytes = b'{"action": "opened"}', **webhooks: Any) -> NewDelivery:
    known = routes(tmp, **webhooks)
    source, event = known.sources["github"], WebhookEvent(HEADERS, body)
    verified = VerifiedWebhook('["github","header",["d-1"]]', "digest", 0)
    webhook = ReceivedWebhook(source, HEADERS, body, verified, event, event.name(event_parts(source)))
    [made] = rows_of(webhook, [known.endpoints["shop", "webhooks"]], NOW, keep_s=7.0, ids=random.Random(1))
    return made


def test_a_row_has_everything_that_the_app_is_to_be_told(tmp_path: Any) -> None:
    made = row(tmp_path)
    assert (made.box, made.app, made.vendor, made.operation) == ("inbox", "shop", "github", "issues.opened")
    assert (made.key, made.fingerprint, made.keep_s) == ('["github","header",["d-1"]]', "digest", 7.0)
    assert made.deadline == NOW.least + 72 * 3600.0
    assert json.loads(made.headers) == [
        ["Content-Type", "application/json"],
        ["Tidegate-Source", "github"],
        ["Tidegate-Event", "issues.opened"],
        ["Tidegate-Event-Id", '["github","header",["d-1"]]'],
        ["Tidegate-Received", "2025-01-01T00:00:00.000Z"],
        ["X-GitHub-Event", "issues"],
        ["X-GitHub-Delivery", "d-1"],
    ]
    assert parse(made.trace) is not None
    assert "." not in made.id


def test_the_order_is_the_apps(tmp_path: Any) -> None:
    made = row(tmp_path, b'{"issue": {"id": 7}}', order_by="/issue/id", order="skip", skip_after=3)
    assert (made.order_key, made.order, made.skip_after) == ('["github",7]', "skip", 3)
    assert row(tmp_path).order_key == ""


def test_a_header_of_the_vendors_that_is_very_long_stays_behind(tmp_path: Any) -> None:
    source = routes(tmp_path).sources["github"]
    names = dict(passed_headers(source, {"x-github-event": "x" * (HEADER_CHARS_MAX + 1), "x-github-delivery": "d"}))
    assert names == {"X-GitHub-Delivery": "d"}


@pytest.mark.parametrize("vendor", ["github"])
def test_a_vendor_that_does_not_say_where_has_the_name_in_type(vendor: str, tmp_path: Any) -> None:
    source = routes(tmp_path).sources[vendor]
    assert event_parts(source) == ("X-GitHub-Event", "/action")
