"""Answers that come bit by bit: event streams, slow bodies, and both cut in the middle."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

import tidegate
from tests.simulator.conftest import KEY, Play, Played
from tests.simulator.raw import Raw
from tests.waiting import settle
from tidegate.openapi.document import Document
from tidegate.vendor.vendor_file import load_vendor

OPENAI = Path(tidegate.__file__).parent / "adapters" / "openai"
ASKED: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "one two three"}], "stream": True}
CUT = (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError)


@pytest.fixture
async def openai(play: Play) -> Played:
    loaded = load_vendor(OPENAI / "vendor.yaml")
    return await play(loaded.vendor, served=Document.load(loaded.document_path))


async def stream(vendor: Played, **changes: Any) -> tuple[str, bytes]:
    async with vendor.client.post(f"{vendor.url}/chat/completions", json=ASKED | changes) as answer:
        return answer.headers["Content-Type"], await answer.read()


async def in_time(vendor: Played, work: "asyncio.Task[Any]", seconds: float) -> Any:
    """What the work comes to, while the vendor's clock is moved on."""
    for _ in range(2000):
        if work.done():
            break
        await vendor.world.advance(seconds / 200)
    return await work


async def test_an_event_stream_comes_where_it_is_asked_for(openai: Played) -> None:
    media, body = await in_time(openai, asyncio.ensure_future(stream(openai)), 2.0)
    events = body.split(b"\n\n")
    assert media.startswith("text/event-stream")
    assert all(event.startswith(b"data: ") for event in events[:-1])
    assert events[-2:] == [b"data: [DONE]", b""]
    assert openai.simulator.journal.entries[-1].answered


async def test_without_stream_the_answer_is_whole(openai: Played) -> None:
    media, _ = await stream(openai, stream=False)
    assert media.startswith("application/json")


@pytest.mark.parametrize("share", ["0%", "50%", "100%"])
async def test_a_cut_stream_has_no_end(openai: Played, share: str) -> None:
    openai.arm(kind="truncate", share=share)
    with pytest.raises(CUT):
        await in_time(openai, asyncio.ensure_future(stream(openai)), 2.0)
    assert not openai.simulator.journal.entries[-1].answered


async def test_any_body_can_come_slowly_and_in_pieces(vendor: Played) -> None:
    vendor.arm(kind="drip", every="1s", pieces=4)
    began = vendor.world.clock
    status, body = await in_time(vendor, asyncio.ensure_future(vendor.pay()), 20.0)
    assert (status, body["status"]) == (200, "succeeded")
    assert 4 <= vendor.world.clock - began <= 6


async def test_a_truncated_answer_is_seen_as_broken_and_the_effect_is_there(vendor: Played) -> None:
    vendor.arm(kind="truncate", share="50%", first_n=1)
    with pytest.raises(CUT):
        await vendor.pay()
    entry = vendor.simulator.journal.entries[-1]
    assert (entry.status, entry.answered) == (200, False)
    assert "payment_intent.succeeded" in [effect["kind"] for effect in entry.effects]


async def heard(vendor: Played) -> tuple[bytes, str | None]:
    """Every byte of a stream and how its connection ended, after so much time that nothing more will come."""
    raw = await Raw.to(vendor)
    raw.ask("POST", "/chat/completions", orjson.dumps(ASKED), media="application/json")
    for _ in range(100):
        await settle()
        await vendor.world.advance(0.1)
    raw.hang_up()
    return raw.heard, raw.end


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        ({"kind": "reset_after", "at": "body"}, "rst"),
        ({"kind": "hang", "at": "body", "effect": "done"}, None),
        ({"kind": "truncate"}, "fin"),
        ({"kind": "bad_chunk"}, "fin"),
    ],
)
async def test_a_stream_breaks_off_as_the_fault_says(openai: Played, fault: dict[str, Any], end: str | None) -> None:
    whole, stands = await heard(openai)
    assert (whole.endswith(b"0\r\n\r\n"), stands) == (True, None)
    openai.arm(**fault)
    cut, ended = await heard(openai)
    assert ended == end
    assert 0 < cut.count(b"data: {") < whole.count(b"data: {")
    assert not cut.endswith(b"0\r\n\r\n")


@pytest.mark.parametrize("by", [10, -3])
async def test_a_stream_may_come_with_a_wrong_length(openai: Played, by: int) -> None:
    openai.arm(kind="wrong_length", by=by)
    whole, end = await heard(openai)
    head, _, body = whole.partition(b"\r\n\r\n")
    assert (body.startswith(b"data: {"), body.endswith(b"data: [DONE]\n\n"), end) == (True, True, None)
    assert f"Content-Length: {len(body) + by}".encode() in head
    assert b"chunked" not in head


@pytest.mark.parametrize(
    ("fault", "end"),
    [({"kind": "reset_after", "at": "headers"}, "rst"), ({"kind": "hang", "at": "headers", "effect": "done"}, None)],
)
async def test_a_stream_may_stop_in_its_headers(openai: Played, fault: dict[str, Any], end: str | None) -> None:
    openai.arm(**fault)
    whole, ended = await heard(openai)
    assert (whole.startswith(b"HTTP/1.1 200"), b"\r\n\r\n" in whole, ended) == (True, False, end)


async def test_the_headers_of_a_stream_may_come_bit_by_bit(openai: Played) -> None:
    openai.arm(kind="drip", part="headers", every="1s", pieces=4)
    raw = await Raw.to(openai)
    raw.ask("POST", "/chat/completions", orjson.dumps(ASKED), media="application/json")
    await settle(50)
    assert (raw.heard.startswith(b"HTTP/1.1"), b"\r\n\r\n" in raw.heard) == (True, False)
    for _ in range(20):
        await settle()
        await openai.world.advance(1)
    assert (raw.whole, raw.body.endswith(b"data: [DONE]\n\n")) == (True, True)
    raw.hang_up()


async def test_a_stream_to_a_client_of_http_1_0_ends_with_the_connection(openai: Played) -> None:
    raw = await Raw.to(openai)
    body = orjson.dumps(ASKED)
    raw.write(
        f"POST /chat/completions HTTP/1.0\r\nAuthorization: Bearer {KEY}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    for _ in range(100):
        await settle()
        await openai.world.advance(0.1)
    assert await raw.ended() == "fin"
    assert (raw.status, raw.body.startswith(b"data: {"), raw.body.endswith(b"[DONE]\n\n")) == (200, True, True)


async def test_a_length_that_a_fault_puts_there_does_not_frame_a_stream(openai: Played) -> None:
    openai.arm(kind="headers", put={"Content-Length": "3"})
    whole, _ = await heard(openai)
    assert (whole.startswith(b"HTTP/1.1 200"), whole.endswith(b"0\r\n\r\n"), b"Content-Length" in whole) == (
        True,
        True,
        False,
    )


async def test_the_events_of_a_stream_drift(openai: Played) -> None:
    openai.arm(kind="drift", change="renamed", pointer="/choices", to="options")
    drifted, _ = await heard(openai)
    assert (b'"choices"' in drifted, drifted.count(b'"options"') > 2, b"data: [DONE]" in drifted) == (False, True, True)
    assert openai.simulator.journal.entries[-1].faults == ("drift renamed /choices",)


async def test_the_events_of_a_stream_may_be_malformed(openai: Played) -> None:
    openai.arm(kind="malformed")
    spoiled, _ = await heard(openai)
    events = [line[6:] for line in spoiled.splitlines() if line.startswith(b"data: {")]
    assert len(events) > 2
    for event in events:
        with pytest.raises(orjson.JSONDecodeError):
            orjson.loads(event)


EVENT: dict[str, Any] = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"const": "tick"},
        "data": {"type": "string", "contentMediaType": "application/json", "contentSchema": {"const": {"n": 1}}},
    },
}


@pytest.mark.parametrize(
    ("media", "events"),
    [
        ({"itemSchema": EVENT}, b'event: tick\ndata: {"n":1}\n\n'),
        ({"itemSchema": EVENT, "example": [{"event": "tick", "data": "a\nb"}]}, b"event: tick\ndata: a\ndata: b\n\n"),
        (
            {"schema": {"type": "string"}, "example": "event: a\ndata: 1\n\ndata: 2\n\n"},
            b"event: a\ndata: 1\n\ndata: 2\n\n",
        ),
        ({"schema": {"const": {"a": 1}}}, b'data: {"a":1}\n\n'),
    ],
)
async def test_a_stream_is_as_the_document_shows_it(play: Play, media: dict[str, Any], events: bytes) -> None:
    kinds = {"application/json": {"schema": {"const": 1}}, "text/event-stream; charset=utf-8": media}
    get = {"responses": {"200": {"description": "", "content": kinds}}}
    vendor = await play(served=Document({"openapi": "3.2.0", "paths": {"/it": {"get": get}}}))

    async def asked(accept: str) -> bytes:
        async with vendor.client.get(f"{vendor.url}/it", headers={"Accept": accept}) as answer:
            return await answer.read()

    assert await in_time(vendor, asyncio.ensure_future(asked("text/event-stream")), 2.0) == events
    assert await asked("application/json, text/event-stream") == b"1"
