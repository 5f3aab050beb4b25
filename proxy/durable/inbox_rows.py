"""The rows of a webhook: one delivery for each app that gets it.

It knows what a delivery says to an app. How it is signed and sent is tidegate.proxy.durable.inbox_carrier's.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import orjson

from tidegate.proxy.app_config import AppWebhooks
from tidegate.proxy.inbox_config import InboxSettings
from tidegate.proxy.policies.delivery.backlog import BacklogBounds
from tidegate.proxy.policies.delivery.delivery import NewDelivery
from tidegate.proxy.policies.delivery.webhook_event import WebhookEvent
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.policies.webhooks.verdict import VerifiedWebhook
from tidegate.proxy.telemetry.log_line import stamp
from tidegate.proxy.telemetry.traceparent import enter, write
from tidegate.proxy.webhook_routes import EndpointRoute, WebhookSource
from tidegate.vendor.webhook_facts import Backfill

HEADER_CHARS_MAX = 1024
"""A header of the vendor's that is longer does not go on to the app."""
HEADERS_MAX = 32
_ASCII = "".join(map(chr, range(32, 127)))
"""What stands in a header as it is; of an event's name the rest is percent-encoded UTF-8."""
UNTYPED = "application/octet-stream"

_NOT_PASSED = frozenset(("content-type", "content-length", "user-agent", "host", "authorization", "cookie"))


def event_parts(source: WebhookSource) -> Sequence[str]:
    """Where the event's name stands; in /type, as Standard Webhooks has it, where the vendor file does not say."""
    return source.facts.event_name or ("/type",)


def passed_headers(source: WebhookSource, headers: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The vendor's own headers that an app may read: those that its file names, and no signature."""
    facts = source.facts
    own = [facts.dedupe.header] if facts.dedupe and facts.dedupe.header else []
    parts = [part for part in facts.event_name if not part.startswith("/")]
    names = {name.lower(): name for name in (*facts.headers, *facts.retry_headers, *parts, *own)}
    left = HEADERS_MAX
    for lower, name in names.items():
        value = headers.get(lower, "")
        if lower in _NOT_PASSED or not 0 < len(value) <= HEADER_CHARS_MAX or not _is_plain(value):
            continue
        if left:
            left -= 1
            yield name, value


@dataclass(frozen=True, slots=True)
class ReceivedWebhook:
    """A webhook that is the vendor's own. `headers` have their names in small letters."""

    source: WebhookSource
    headers: dict[str, str]
    body: bytes
    verified: VerifiedWebhook
    event: WebhookEvent
    name: str
    """The event's name; empty where it has none."""
    late: bool = False
    """It never came, and was asked for."""


def rows_of(
    webhook: ReceivedWebhook,
    apps: Sequence[EndpointRoute],
    now: StoreTime,
    *,
    keep_s: float,
    ids: random.Random,
    sample: float = 0.0,
) -> list[NewDelivery]:
    """A row for each app. `keep_s` is how long it is known after it was delivered, `sample` the chance of a trace."""
    source, trace = webhook.source, enter(None, ids, sample)
    lines = orjson.dumps(_lines(webhook, now))
    rows = []
    for app in apps:
        settings = app.settings
        assert isinstance(settings, AppWebhooks)
        rows.append(
            NewDelivery(
                id=f"whd_{ids.getrandbits(128):032x}",
                box="inbox",
                app=app.app,
                vendor=source.vendor,
                operation=webhook.name,
                key=webhook.verified.dedupe_id,
                fingerprint=webhook.verified.body_sha256,
                method="POST",
                destination=settings.url,
                headers=lines,
                body=webhook.body,
                accepted_wall=now.wall,
                deadline=now.least + settings.deadline,
                keep_s=keep_s,
                order_key=webhook.event.order_key(source.name, settings.order_by),
                order=settings.order,
                skip_after=settings.skip_after,
                trace=write(trace.trace_id, trace.span_id, sampled=trace.sampled),
            )
        )
    return rows


def keep_s_of(source: WebhookSource, settings: InboxSettings) -> float:
    """How long a webhook is known after it was delivered.

    Where the vendor is asked for what never came it is longer by the vendor's patience: one that comes by a late try
    stands in the vendor's list before those that came at once, and tells that all of these came.
    """
    is_asked = isinstance(source.facts.backfill, Backfill)
    return settings.remember + (sum(source.facts.retry) if is_asked else 0.0)


def backlog_of(settings: InboxSettings) -> BacklogBounds:
    """How much may wait for apps."""
    return BacklogBounds(settings.backlog_max, settings.backlog_max_bytes, settings.backlog_max_age)


def _lines(webhook: ReceivedWebhook, now: StoreTime) -> list[tuple[str, str]]:
    """The header lines of a post, but for those of its signature."""
    content_type = webhook.headers.get("content-type", UNTYPED)
    return [
        ("Content-Type", content_type if _is_plain(content_type) else UNTYPED),
        ("Tidegate-Source", webhook.source.name),
        *([("Tidegate-Event", quote(webhook.name, safe=_ASCII))] if webhook.name else []),
        ("Tidegate-Event-Id", webhook.verified.dedupe_id),
        ("Tidegate-Received", stamp(now.wall)),
        *([("Tidegate-Backfilled", "true")] if webhook.late else []),
        *passed_headers(webhook.source, webhook.headers),
    ]


def _is_plain(value: str) -> bool:
    """A field's value that no reader can take for two lines, or for another text (RFC 9110 §5.5)."""
    return value.isascii() and value.isprintable()
