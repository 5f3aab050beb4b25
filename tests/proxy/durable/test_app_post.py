"""Tests of tidegate.proxy.durable.app_post: one post as it leaves, and what comes of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.proxy.durable.inbox_town import APP_SECRET, ENVIRON
from tests.serving import serving
from tidegate.proxy.app_config import AppWebhooks
from tidegate.proxy.durable.app_post import ANSWER_BYTES_MAX, AppDoor
from tidegate.proxy.policies.delivery.delivery import Delivery, NewDelivery
from tidegate.proxy.policies.webhooks.standard_webhooks import signing_keys
from tidegate.proxy.webhook_routes import EndpointRoute
from tidegate.redaction.secret import Secret
from tidegate.world.world import RealWorld

Answer = Callable[[asyncio.StreamWriter], None]


def delivery(body: bytes = b'{"a":1}') -> Delivery:
    new = NewDelivery(
        id="whd_1", box="inbox", app="shop", vendor="stripe", operation="", key="k", fingerprint="f", method="POST",
        destination="", headers=b'[["Content-Type","application/json"],["Tidegate-Source","stripe"]]', body=body,
        accepted_wall=0.0, deadline=1e9, keep_s=1.0, trace="00-" + "a" * 32 + "-" + "b" * 16 + "-00",
    )  # fmt: skip
    return Delivery(new, "sending", 0, 0, 0.0, 0.0, "sending", ever_sent=True)


def route(url: str, *secrets: str, **settings: Any) -> EndpointRoute:
    used = secrets or (APP_SECRET,)
    webhooks = AppWebhooks.model_validate_json('{"url": "http://h/", "secrets": ["env:A"]}')
    changed = webhooks.model_copy(update={"url": url, **settings})
    return EndpointRoute("shop", changed, tuple(map(Secret, used)), signing_keys(used))


@contextlib.asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """An app that answers every connection with these bytes; its URL, and the requests that came."""
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        requests.append(head + await reader.readexactly(length))
        writer.write(answer)
        await writer.drain()

    async with serving(serve) as port:
        yield f"http://127.0.0.1:{port}", requests


def ok(body: bytes = b"", *lines: bytes, status: bytes = b"200 OK") -> bytes:
    head = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *lines]
    return b"\r\n".join([*head, b"", b""]) + body


async def test_a_post_is_signed_with_every_secret_and_says_where_it_comes_from() -> None:
    old = ENVIRON["DESK_HOOKS"]
    async with answering(ok(b"thanks")) as (url, requests):
        door = AppDoor(RealWorld(), route(f"{url}/hooks?a=1", APP_SECRET, old))
        result = await door.post(delivery(), delivery().new.trace)
        await door.close()
    assert (result.status, result.body) == (200, b"thanks")
    head, _, body = requests[0].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert first == "POST /hooks?a=1 HTTP/1.1"
    assert headers["host"] == url.removeprefix("http://")
    assert (headers["content-type"], headers["tidegate-source"]) == ("application/json", "stripe")
    assert headers["traceparent"] == delivery().new.trace
    for secret in (APP_SECRET, old):
        assert Webhook(secret).verify(body, headers) == {"a": 1}


@pytest.mark.parametrize(
    ("answer", "status", "wait_s"),
    [
        (ok(b"", b"Retry-After: 7", status=b"503 Away"), 503, 7.0),
        (ok(b"", b"Retry-After: soon", status=b"503 Away"), 503, None),
        (ok(b"", b"Location: /elsewhere", status=b"302 Found"), 302, None),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000, 200, None),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, None),
    ],
)
async def test_a_status_counts_however_much_comes_after_it(answer: bytes, status: int, wait_s: float | None) -> None:
    async with answering(answer) as (url, _):
        door = AppDoor(RealWorld(), route(url))
        result = await door.post(delivery())
        await door.close()
    assert (result.status, result.retry_after_s) == (status, wait_s)
    assert len(result.body) <= ANSWER_BYTES_MAX


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense",
    ],
)
async def test_no_whole_answer_is_told_with_its_reason(answer: bytes) -> None:
    async with answering(answer) as (url, _):
        door = AppDoor(RealWorld(), route(url))
        result = await door.post(delivery())
        await door.close()
    assert (result.status, bool(result.error), result.ours) == (0, True, False)


async def test_a_certificate_that_nobody_trusts_is_no_way_to_the_app() -> None:
    async with answering(b"") as (url, requests):
        door = AppDoor(RealWorld(), route(url.replace("http:", "https:"), timeout=2.0))
        result = await door.post(delivery())
        await door.close()
    assert (result.status, requests) == (0, [])
