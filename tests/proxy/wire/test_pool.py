"""What only the pool promises; the rest is in test_transport.py."""

import asyncio

import pytest

from tests.proxy.wires import CHUNKED, GET, OK, ask, patient, posting, requests, saying, vendor
from tests.waiting import settle, until
from tidegate.proxy.wire import pool
from tidegate.proxy.wire.exchange_errors import NoAnswer, NotSent, OutOfMeans, Unbounded
from tidegate.proxy.wire.pool_connection import Connection
from tidegate.proxy.wire.transport import IDLE_MAX_S

LENGTH_AND_CHUNKS = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n"
MANY = b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1001 + b"\r\n"
CLOSING_100 = b"HTTP/1.1 100 \r\nConnection: close\r\n\r\n"
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
ASKING = b"GET / HTTP/1.1\r\nHost: v\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


async def test_a_change_of_protocol_nobody_asked_for_is_no_answer() -> None:
    async with vendor(saying(SWITCH)) as (transport, _):
        with pytest.raises(NoAnswer) as raised:
            await transport.exchange(GET, method="GET", idle_max_s=IDLE_MAX_S, timers=patient())
        assert raised.value.error == "http_protocol_error"
        assert transport.open == 0


@pytest.mark.parametrize("lines", [b"Upgrade: websocket\r\n", b"Connection: Upgrade\r\nUpgrade: h2c\r\n", b""])
async def test_a_101_that_does_not_agree_to_what_was_asked_is_no_answer(lines: bytes) -> None:
    async with vendor(saying(b"HTTP/1.1 101 \r\n" + lines + b"\r\n")) as (transport, _):
        with pytest.raises(NoAnswer) as raised:
            await transport.exchange(ASKING, method="GET", idle_max_s=IDLE_MAX_S, timers=patient(), upgrade=True)
        assert raised.value.error == "http_upgrade_failed"
        assert transport.open == 0


async def test_a_tunnel_carries_bytes_both_ways_and_says_when_it_ends() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for _ in requests(reader):
            writer.write(SWITCH + b"first")
            writer.write(await reader.readexactly(4))
            return

    async with vendor(serve) as (transport, _):
        answer = await transport.exchange(ASKING, method="GET", idle_max_s=0.0, timers=patient(), upgrade=True)
        tunnel, came, ended = answer.tunnel, bytearray(), asyncio.Event()
        assert answer.status == 101
        assert tunnel is not None
        tunnel.start(came.extend, lambda _: ended.set())
        tunnel.write(b"ping")
        await tunnel.drained()
        await ended.wait()
        assert came == b"firstping"
        tunnel.close()
        tunnel.close()
        await transport.close()
        await until(lambda: transport.open == 0)  # a spare was being made


async def test_an_answer_that_nobody_asked_for_is_not_given_to_the_next_call() -> None:
    stray = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for asked in requests(reader):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nanswer-" + asked[5:6])
            if asked.startswith(b"GET /1"):
                await stray.wait()
                writer.write(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 8\r\n\r\nnobody's")

    async with vendor(serve) as (transport, accepted):
        assert (await ask(transport, GET.replace(b"/", b"/1", 1))).body == b"answer-1"
        stray.set()
        held: list[Connection] = [connection for connection, _ in transport._idle._waiting]  # type: ignore[attr-defined]  # of the pool alone
        await until(lambda: held[0].should_close)
        assert [(await ask(transport, GET.replace(b"/", b"/%d" % n, 1))).body for n in (2, 3)] == [
            b"answer-2", b"answer-3",
        ]  # fmt: skip
        assert len(accepted) == 2


@pytest.mark.parametrize("left", [b"}", b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nothers"])
async def test_what_an_answer_leaves_behind_is_no_part_of_the_next(left: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for asked in requests(reader):
            after = left if asked.startswith(b"GET /1") else b""
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nanswer-" + asked[5:6] + after)

    async with vendor(serve) as (transport, accepted):
        assert (await ask(transport, GET.replace(b"/", b"/1", 1))).body == b"answer-1"
        assert (await ask(transport, GET.replace(b"/", b"/2", 1))).body == b"answer-2"
        assert len(accepted) == 2


@pytest.mark.parametrize(("size", "kept"), [(100, 1), (16 << 20, 0)])
async def test_a_connection_is_not_kept_for_a_next_request_that_would_wait_for_the_rest_of_this(
    size: int, kept: int
) -> None:
    async def early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 \r\nContent-Length: 0\r\n\r\n")
        await asyncio.Event().wait()

    async with vendor(early) as (transport, _):
        answer = await ask(transport, posting(b"Content-Length: %d" % size) + bytes(size), method="POST")
        assert (answer.status, transport.open) == (413, kept)


@pytest.mark.parametrize("coding", [b"chunked;q=1", b"cow, chunked", b"xchunked"])
async def test_chunks_under_a_transfer_coding_that_nobody_knows_are_not_passed_on_as_they_are(coding: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + coding + b"\r\n\r\n2\r\nab\r\n0\r\n\r\n"
    async with vendor(saying(answer, then_close=True)) as (transport, _):
        with pytest.raises(NoAnswer) as raised:
            await ask(transport)
        assert raised.value.error == "http_protocol_error"


async def test_a_transfer_coding_that_is_none_is_left_out_and_the_body_goes_to_the_end() -> None:
    async with vendor(saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: cow\r\n\r\nab", then_close=True)) as (
        transport,
        _,
    ):
        assert (await ask(transport)).body == b"ab"


async def test_there_is_an_end_to_the_number_of_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "CONNECTIONS_MAX", 1)
    async with vendor(saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")) as (transport, _):
        answer = await transport.exchange(GET, method="GET", idle_max_s=IDLE_MAX_S, timers=patient())
        with pytest.raises(NotSent) as raised:
            await transport.exchange(GET, method="GET", idle_max_s=IDLE_MAX_S, timers=patient())
        assert raised.value.error == "connection_limit_reached"
        assert answer.rest is not None
        answer.rest.close()


async def test_an_idle_connection_makes_room_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "CONNECTIONS_MAX", 2)
    async with vendor(saying(OK)) as (transport, accepted):
        for _ in range(6):
            assert (await ask(transport, fresh=True)).body == b"ok"
        assert transport.open <= 2
        assert len(accepted) >= 6


async def test_a_thousand_writes_of_their_own_leave_few_connections() -> None:
    async with vendor(saying(OK)) as (transport, _):
        for _ in range(1100):
            assert (await ask(transport, fresh=True)).body == b"ok"
        assert transport.open <= pool.SURPLUS_KEPT_MAX + 2


async def test_a_spare_is_ready_for_the_next_write_and_no_read_takes_it() -> None:
    async with vendor(saying(OK)) as (transport, accepted):
        await ask(transport, fresh=True)
        await until(lambda: len(accepted) == 2)
        await ask(transport)
        await ask(transport, fresh=True)
        assert isinstance(transport, pool.Pool)
        assert len(accepted) <= 3


@pytest.mark.parametrize(
    ("method", "pieces", "status", "body"),
    [
        pytest.param("GET", [OK + b"}"], 200, b"ok", id="a byte too many"),
        pytest.param("GET", [OK[:9], OK[9:] + b"}"], 200, b"ok", id="a byte too many, in two segments"),
        pytest.param("GET", [OK[:-1], OK[-1:] + b"}"], 200, b"ok", id="a byte too many after a head that was read"),
        pytest.param("HEAD", [OK], 200, b"", id="a body to a HEAD"),
        pytest.param("HEAD", [CHUNKED + b"2\r\nok\r\n0\r\n\r\n"], 200, b"", id="chunks to a HEAD"),
        pytest.param(
            "DELETE", [b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"], 204, b"",
            id="the end of chunks after a 204",
        ),
        pytest.param("GET", [b"HTTP/1.1 304 Not Modified\r\n\r\nbody"], 304, b"", id="a body after a 304"),
        pytest.param("GET", [CHUNKED + b"2\r\nok\r\n0\r\n\r\nmore"], 200, b"ok", id="bytes after the last chunk"),
        pytest.param("GET", [b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK + b"}"], 200, b"ok", id="after a 103"),
        pytest.param("GET", [CLOSING_100, OK], 200, b"ok", id="after a 100 that closes"),
        pytest.param("GET", [OK.replace(b"X-A: b", b"Content-Length: 2")], 200, b"ok", id="a length twice"),
        pytest.param("GET", [LENGTH_AND_CHUNKS, b"2\r\no", b"k\r\n0\r\n\r\n"], 200, b"ok", id="a length and chunks"),
        pytest.param("GET", [CHUNKED.replace(b"ed", b"ed,") + b"2\r\nok\r\n0\r\n\r\n"], 200, b"ok", id="a list"),
        pytest.param("GET", [CHUNKED, b"2\r\nok\r\n0\r\n\r\n}"], 200, b"ok", id="a byte too many after chunks"),
        pytest.param("GET", [b"HTTP/1.1 200 OK\r\nno field: x\r\n", OK[17:]], 200, b"ok", id="a line that is no field"),
    ],
)  # fmt: skip
async def test_an_answer_that_is_clear_is_taken_whatever_its_form(
    method: str, pieces: list[bytes], status: int, body: bytes
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for _ in requests(reader):
            for number, piece in enumerate(pieces):
                if number:
                    await settle(20)
                writer.write(piece)

    async with vendor(serve) as (transport, accepted):
        for _ in range(2):
            answer = await ask(transport, GET.replace(b"GET", method.encode()), method=method)
            assert (answer.status, answer.body) == (status, body)
        assert len(accepted) == 2, "the connection is not used again"
        assert transport.open == 0


@pytest.mark.parametrize(("answer", "failed"), [(b"", 1), (b"nonsense\r\n\r\n", 1), (MANY, 0)])
async def test_an_address_on_which_no_answer_came_is_tried_last_from_then_on(answer: bytes, failed: int) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for _ in requests(reader):
            writer.write(answer)
            return

    async with vendor(serve) as (transport, _):
        with pytest.raises(NoAnswer):
            await ask(transport)
        assert isinstance(transport, pool.Pool)
        assert [*transport._dialer._failed] == ["127.0.0.1"] * failed


SECTION, LINE = "http_response_header_section_size", "http_response_header_size"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(MANY, SECTION, id="lines"),
        pytest.param(b"HTTP/1.1 200 OK\r\nA: " + b"b" * 140_000 + b"\r\n\r\n", LINE, id="a line"),
        pytest.param(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 40 + OK, "http_protocol_error", id="interim answers"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\n" + (b"A: " + b"b" * 100_000 + b"\r\n") * 20, SECTION, id="a head",
        ),
    ],
)  # fmt: skip
async def test_what_is_more_than_we_take_is_our_bound_and_says_so(answer: bytes, error: str) -> None:
    async with vendor(saying(answer)) as (transport, _):
        with pytest.raises(Unbounded) as raised:
            await ask(transport)
        assert raised.value.error == error
        await until(lambda: transport.open == 0)


async def test_a_thousand_lines_and_a_long_one_are_taken() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: " + b"b" * 100_000 + b"\r\n" + b"C: d\r\n" * 900 + b"\r\nok"
    async with vendor(saying(head)) as (transport, _):
        assert (await ask(transport)).body == b"ok"


async def test_an_idle_connection_makes_room_where_there_are_no_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    async with vendor(saying(OK)) as (transport, _):
        assert isinstance(transport, pool.Pool)
        await ask(transport)
        dial, tries = transport._dialer.dial, list[int]()

        async def wanting(within_s: float) -> Connection:
            tries.append(transport.open)
            if len(tries) == 1:
                raise OutOfMeans("there are no descriptors")
            return await dial(within_s)

        monkeypatch.setattr(transport._dialer, "dial", wanting)
        answer = await transport.exchange(GET, method="GET", idle_max_s=0.0, timers=patient())
        assert answer.status == 200
        assert tries[:2] == [2, 1], "the idle one was closed in between"


async def test_where_no_connection_is_idle_want_of_descriptors_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async with vendor(saying(OK)) as (transport, _):
        assert isinstance(transport, pool.Pool)

        async def wanting(_within_s: float) -> Connection:
            raise OutOfMeans("there are no descriptors")

        monkeypatch.setattr(transport._dialer, "dial", wanting)
        with pytest.raises(OutOfMeans):
            await transport.exchange(GET, method="GET", idle_max_s=0.0, timers=patient())
        assert transport.open == 0
        assert not transport.make_room()
