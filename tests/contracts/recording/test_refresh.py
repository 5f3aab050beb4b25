"""What is on a cassette is asked again, and what changed is told."""

import gzip
import json
from typing import Any

import brotli
import pytest
from aiohttp import web

from tests.contracts.providers import Change, changed, simulated
from tests.serving import listening
from tidegate.cassette.recorded_exchange import Message, RecordedExchange
from tidegate.contracts.recording.refresh import RefreshedExchange, refresh
from tidegate.problems import UsageError

FORM = {"content-type": "application/x-www-form-urlencoded", "authorization": "[redacted]", "host": "api.stripe.com"}
KEY = {"Authorization": "Bearer sk_test_any"}
JSON = {"content-type": "application/json"}


def exchange(method: str, path: str, body: bytes = b"", status: int = 200, answer: Any = None) -> RecordedExchange:
    return RecordedExchange(method, path, Message(FORM, body), status, Message(JSON, json.dumps(answer).encode()))


async def refreshed(url: str, *exchanges: RecordedExchange, **options: bool) -> list[RefreshedExchange]:
    return [one async for one in refresh(exchanges, url, KEY, **options)]


def made() -> list[RecordedExchange]:
    return [
        exchange(
            "POST", "/v1/customers", b"name=Ada", answer={"id": "cus_of_old", "object": "customer", "name": "Ada"}
        ),
        exchange("GET", "/v1/customers/cus_of_old", answer={"id": "cus_of_old", "object": "customer", "name": "Ada"}),
    ]


async def test_reads_are_asked_again_and_writes_only_where_that_is_wished() -> None:
    async with simulated() as (url, _):
        write, read = await refreshed(url, *made())
        assert "--writes" in write.passed_over
        assert next(iter(map(str, read.changed))) == "status: 200 is now 404"
        write, read = await refreshed(url, *made(), writes=True)
    assert read.now is not None
    assert (read.now.status, json.loads(read.now.answer.body)["name"]) == (200, "Ada"), "today's id was asked for"
    assert {change.was for change in (*write.changed, *read.changed)} == {"none"}, "the recording had a part of it"


async def test_a_field_that_went_is_told() -> None:
    def without_name(_path: str, status: int, body: Any) -> tuple[int, Any]:
        return status, {key: value for key, value in body.items() if key != "name"}

    change: Change = without_name
    async with simulated() as (url, _), changed(url, change) as other:
        _, read = await refreshed(other, *made(), writes=True)
    assert "$.name: string is now gone" in map(str, read.changed)


async def test_a_hidden_value_cannot_be_sent() -> None:
    async with simulated() as (url, _):
        (one,) = await refreshed(url, exchange("GET", "/v1/customers?email=[redacted]"))
    assert (one.now, one.place) == (None, "GET /v1/customers?email=[redacted]")
    assert "hidden" in one.passed_over


async def test_a_condition_that_is_hidden_cannot_be_sent() -> None:
    request = Message({"if-none-match": "[redacted]"})
    async with simulated() as (url, _):
        (one,) = await refreshed(url, RecordedExchange("GET", "/v1/customers", request, 304, Message()))
    assert "hidden" in one.passed_over


async def test_codings_are_undone_and_not_claimed_of_a_body_without_them() -> None:
    answer = json.dumps({"r": 1}).encode()
    sent: list[tuple[str | None, bytes]] = []

    async def coded(request: web.BaseRequest) -> web.Response:
        sent.append((request.headers.get("Content-Encoding"), await request.read()))
        body = gzip.compress(brotli.compress(answer))
        return web.Response(body=body, headers={"Content-Encoding": "br, gzip", "Content-Type": "application/json"})

    request = Message({"content-encoding": "gzip", "content-type": "application/json"}, b"{}")
    old = RecordedExchange("POST", "/x", request, 200, Message(JSON, answer))
    async with listening(web.Server(coded, auto_decompress=False)) as port:
        (one,) = await refreshed(f"http://127.0.0.1:{port}", old, writes=True)
    assert sent == [(None, b"{}")]
    assert one.changed == ()


async def test_a_key_that_is_refused_tells_nothing_of_what_changed() -> None:
    async with simulated() as (url, _):
        got = [one async for one in refresh([exchange("GET", "/v1/customers")], url, {})]
    assert [(one.now, one.changed) for one in got] == [(None, ())]
    assert "refuses the key; --token-env" in got[0].passed_over


async def test_where_nobody_answers_nothing_is_said_of_changes() -> None:
    with pytest.raises(UsageError, match=r"http://127.0.0.1:1: GET /v1/customers: "):
        await refreshed("http://127.0.0.1:1", exchange("GET", "/v1/customers"))
