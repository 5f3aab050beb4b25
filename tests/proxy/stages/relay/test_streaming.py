"""Answers that are passed on as they come, in the virtual world: when they leave, how they end, what comes of them."""

import asyncio
from pathlib import Path
from typing import Any, Literal

import pytest
from aiohttp import ClientPayloadError, ClientResponse

from tests.proxy.town import SSE, VENDOR, Step, Stream, Town, play

EVENTS = [b"data: one\n\n", b"data: two\n\n", b"data: three\n\n"]


def opened(town: Town, method: str = "GET", path: str = "/things/things", **options: Any) -> Any:
    """A request whose answer is read bit by bit."""
    headers = {"Authorization": "Bearer app-token", **options.pop("headers", {})}
    return town.session.request(method, f"http://127.0.0.1:{town.proxy.port}{path}", headers=headers, **options)


async def read_all(answer: ClientResponse) -> tuple[bytes, bool]:
    """What came, and whether it ended well."""
    parts = []
    try:
        while part := await answer.content.readany():
            parts.append(part)
    except (ClientPayloadError, ConnectionError):
        return b"".join(parts), False
    return b"".join(parts), True


async def last_line(town: Town) -> dict[str, Any]:
    """The log line of the last call, once it has ended."""
    for _ in range(100):
        if lines := [line for line in town.log() if "took_ms" in line]:
            return lines[-1]
        await town.world.sleep(0.05)
    raise AssertionError("no call has ended")


def test_each_event_reaches_the_app_when_the_vendor_sends_it(tmp_path: Path) -> None:
    async def story(town: Town) -> list[tuple[int, bytes]]:
        came, begun = [], town.world.now()
        async with opened(town) as answer:
            assert answer.headers["Content-Type"] == SSE["Content-Type"]
            while part := await answer.content.readany():
                came.append((round(town.world.now() - begun), part))
        line = await last_line(town)
        assert line["streamed"] == {"bytes": 35, "events": 3}
        assert (line["verdict"], "outcome" in line, line["status"]) == ("success", False, 200), "a read has none"
        return came

    came = play(tmp_path, [Stream(EVENTS, every_s=1.0, headers=SSE)], story)
    assert came == list(enumerate(EVENTS, 1))


@pytest.mark.parametrize("headers", [SSE, {"Content-Length": "200000"}], ids=["in chunks", "with a length"])
def test_a_stream_that_the_vendor_cuts_is_broken_at_the_app_and_not_tried_again(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    async def story(town: Town) -> tuple[bytes, bool, int]:
        async with opened(town) as answer:
            body, whole = await read_all(answer)
        line = await last_line(town)
        assert (line["verdict"], line["stop"], line["error"]) == ("failed", "broken off", "http_response_incomplete")
        assert len(line["attempts"]) == 1
        return body, whole, len(town.vendor.received)

    cut = Stream(EVENTS[:2], every_s=0.1, then="cut", headers=headers)
    assert play(tmp_path, [cut], story) == (b"".join(EVENTS[:2]), False, 1)


def test_a_short_answer_that_breaks_is_tried_again_because_nothing_of_it_had_gone_to_the_app(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, bytes, int]:
        answer = await town.ask("GET", "/things/things")
        return answer.status, answer.body, len(town.vendor.received)

    assert play(tmp_path, ["half", (200, {}, b"whole")], story) == (200, b"whole", 2)


def test_an_error_that_comes_in_pieces_is_read_whole_and_tried_again(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, bytes]:
        answer = await town.ask("GET", "/things/things")
        return answer.status, answer.body

    script: list[Step] = [Stream([b"{", b"}"], every_s=0.1, status=503), (200, {}, b"ok")]
    assert play(tmp_path, script, story) == (200, b"ok")


@pytest.mark.parametrize(
    ("step", "error", "lasts_s"),
    [
        pytest.param(Stream([b": awake\n\n"] * 9, 0.5, headers=SSE), "http_response_timeout", 3, id="no first event"),
        pytest.param(Stream(EVENTS[:1], 0.1, "hang", headers=SSE), "connection_read_timeout", 4, id="no next event"),
        pytest.param(Stream(EVENTS * 99, 1.0, headers=SSE), "http_response_timeout", 10, id="too long in all"),
        pytest.param(Stream([b"x"], 0.1, "hang"), "connection_read_timeout", 2, id="no next byte of another body"),
    ],
)
def test_a_stream_has_timers_of_its_own(tmp_path: Path, step: Stream, error: str, lasts_s: float) -> None:
    async def story(town: Town) -> tuple[bool, str, float]:
        async with opened(town) as answer:
            _, whole = await read_all(answer)
        return whole, (await last_line(town))["error"], round(town.world.now())

    policy = VENDOR["policy"] | {"stream": {"first_event": "3s", "idle": "4s", "total": "10s"}}
    assert play(tmp_path, [step], story, policy=policy) == (False, error, lasts_s)


def test_a_slow_app_slows_the_vendor_down_and_fills_no_memory(tmp_path: Path) -> None:
    pieces = [bytes(64 * 1024)] * 128

    async def story(town: Town) -> tuple[int, int]:
        async with opened(town) as answer:
            answer.connection.protocol.pause_reading()
            await town.world.sleep(20.0)
            held = town.vendor.written
            answer.connection.protocol.resume_reading()
            body, whole = await read_all(answer)
            assert whole
        return held, len(body)

    held, size = play(tmp_path, [Stream(pieces)], story)
    assert size == 128 * 64 * 1024
    assert held < 1024 * 1024


def test_a_read_whose_app_leaves_is_stopped_at_the_vendor(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[bool, str]:
        async with opened(town) as answer:
            await answer.content.readany()
        line = await last_line(town)
        await town.world.sleep(0.1)
        return town.vendor.cut_off, line["verdict"]

    assert play(tmp_path, [Stream(EVENTS * 9, every_s=0.5, headers=SSE)], story) == (True, "cancelled")


def test_a_read_whose_app_leaves_before_the_answer_is_stopped_too(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[str, int]:
        asking = asyncio.ensure_future(town.ask("GET", "/things/things"))
        await town.world.sleep(1.0)
        asking.cancel()
        line = await last_line(town)
        return line["verdict"], town.proxy.upstreams["things"].transport.open

    assert play(tmp_path, ["hang"], story) == ("cancelled", 0)


def test_a_keyed_write_whose_app_leaves_is_finished_for_its_record(tmp_path: Path) -> None:
    headers = {"Idempotency-Key": "k"}

    async def story(town: Town) -> tuple[str, bytes, int]:
        asking = asyncio.ensure_future(town.ask("POST", "/things/things", headers=headers, data=b"x"))
        await town.world.sleep(0.2)
        asking.cancel()
        line = await last_line(town)
        again = await town.ask("POST", "/things/things", headers=headers, data=b"x")
        assert again.headers["Idempotency-Replayed"] == "true"
        return line["outcome"], again.body, len(town.vendor.received)

    step = Stream(EVENTS, every_s=0.5, headers=SSE)
    assert play(tmp_path, [step], story) == ("done", b"".join(EVENTS), 1)


def test_a_write_without_a_record_is_stopped_when_the_app_leaves_its_stream(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[bool, str, str]:
        async with opened(town, "POST", "/things/shots", data=b"x") as answer:
            await answer.content.readany()
        line = await last_line(town)
        await town.world.sleep(1.0)
        return town.vendor.cut_off, line["verdict"], line["outcome"]

    assert play(tmp_path, [Stream(EVENTS * 9, every_s=0.5, headers=SSE)], story) == (True, "cancelled", "done")


def test_a_streamed_answer_is_kept_for_its_key_and_given_again(tmp_path: Path) -> None:
    async def story(town: Town) -> list[tuple[bytes, str | None]]:
        answers = [
            await town.ask("POST", "/things/things", headers={"Idempotency-Key": "k"}, data=b"x") for _ in range(2)
        ]
        return [(answer.body, answer.headers.get("Idempotency-Replayed")) for answer in answers]

    whole = b"".join(EVENTS)
    assert play(tmp_path, [Stream(EVENTS, headers=SSE), 500], story) == [(whole, None), (whole, "true")]


def test_a_broken_write_is_unknown_and_resumed_under_the_vendors_key(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[str, bytes, int]:
        headers = {"Idempotency-Key": "k"}
        async with opened(town, "POST", headers=headers, data=b"x") as answer:
            assert not (await read_all(answer))[1]
        line = await last_line(town)
        again = await town.ask("POST", "/things/things", headers=headers, data=b"x")
        assert len({seen.headers["Idempotency-Key"] for seen in town.vendor.received}) == 1
        return line["outcome"], again.body, len(town.vendor.received)

    script: list[Step] = [Stream(EVENTS[:1], then="cut", headers=SSE), (200, {}, b"whole")]
    assert play(tmp_path, script, story) == ("unknown", b"whole", 2)


def test_broken_streams_open_the_breaker_and_long_ones_do_not(tmp_path: Path) -> None:
    policy = VENDOR["policy"] | {"breaker": {"calls": 3, "slow": "2s"}}

    def state_after(step: Stream) -> str:
        async def story(town: Town) -> str:
            for _ in range(3):
                async with opened(town) as answer:
                    await read_all(answer)
                await town.world.sleep(0.1)
            return str(town.proxy.upstreams["things"].breakers.get("default").state)

        return play(tmp_path, [step], story, policy=policy)

    assert state_after(Stream(EVENTS, every_s=0.2, then="cut", headers=SSE)) == "open"
    assert state_after(Stream(EVENTS, every_s=1.5, headers=SSE)) == "closed"


class OldApp(asyncio.Protocol):
    """An app that speaks HTTP/1.0 and sees how its connection ends."""

    def __init__(self) -> None:
        self.came = b""
        self.ended: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.came += data

    def connection_lost(self, exc: BaseException | None) -> None:
        self.ended.set_result(exc)


@pytest.mark.parametrize("then", ["end", "cut"])
def test_an_app_that_speaks_http_1_0_gets_a_reset_where_the_stream_breaks(
    tmp_path: Path, then: Literal["end", "cut"]
) -> None:
    async def story(town: Town) -> tuple[bool, bool]:
        app = await town.world.machine("old").connect(OldApp, "127.0.0.1", town.proxy.port, tls=None, server_name="")
        app.transport.write(b"GET /things/things HTTP/1.0\r\nHost: 127.0.0.1\r\nAuthorization: Bearer t\r\n\r\n")
        broken = await app.ended
        assert b"Transfer-Encoding" not in app.came
        return app.came.endswith(EVENTS[-1]), broken is not None

    step = Stream(EVENTS, every_s=0.1, then=then, headers=SSE)
    assert play(tmp_path, [step], story) == (True, then == "cut")


def test_an_app_that_comes_back_tells_the_vendor_where_its_stream_broke(tmp_path: Path) -> None:
    async def story(town: Town) -> str | None:
        async with opened(town, headers={"Last-Event-ID": "41"}) as answer:
            await read_all(answer)
        return town.vendor.received[0].headers.get("Last-Event-ID")

    assert play(tmp_path, [Stream(EVENTS, headers=SSE)], story) == "41"


def test_nothing_is_put_between_two_events_however_long_the_vendor_is_silent(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[bytes, bool]:
        async with opened(town) as answer:
            return await read_all(answer)

    slow = Stream([b"data: o", b"ne\n", b"\ndata: two\n\n"], every_s=20.0, headers=SSE)
    patient = VENDOR["policy"] | {"stream": {"first_event": "90s"}}
    assert play(tmp_path, [slow], story, policy=patient) == (b"data: one\n\ndata: two\n\n", True)


def test_a_streamed_write_makes_reads_doubtful_with_its_head(tmp_path: Path) -> None:
    """The vendor has answered that all is well: what was kept, or asked for, before that may not know of it."""
    operations = {**VENDOR["operations"], "Get*": {"cache": {"fresh": "1h"}}}
    script: list[Step] = [(200, {}, b"one"), Stream(EVENTS, every_s=5.0, headers=SSE), (200, {}, b"two")]

    async def story(town: Town) -> list[bytes]:
        before = (await town.ask("GET", "/things/things/1")).body
        writing = asyncio.ensure_future(town.ask("PUT", "/things/things/1", data=b"a=2"))
        await town.world.sleep(1.0)
        during = (await town.ask("GET", "/things/things/1")).body
        await writing
        return [before, during]

    assert play(tmp_path, script, story, operations=operations) == [b"one", b"two"]


@pytest.mark.parametrize("media", ["application/x-ndjson", "application/ndjson; charset=utf-8"])
def test_lines_of_json_are_no_document_that_could_hold_an_error(tmp_path: Path, media: str) -> None:
    lines = Stream([b'{"a": 1}\n'] * 3, every_s=1.0, headers={"Content-Type": media})
    facts = {**VENDOR["facts"], "errors": {**VENDOR["facts"]["errors"], "in_200": {"pointer": "/error"}}}

    async def story(town: Town) -> bool:
        begun = town.world.now()
        async with opened(town) as answer:
            await answer.content.readany()
            return town.world.now() - begun < 2.0

    assert play(tmp_path, [lines], story, facts=facts)
