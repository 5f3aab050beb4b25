"""Both paths of the transport on real sockets, held to the same promises.

What only the pool promises is in test_pool.py: it opens tunnels, knows its idle connections, and sees the reset of a
body that ends with its connection, which looks like an ordinary end through aiohttp's documented client.
"""

import asyncio
import socket
import ssl
from dataclasses import replace

import pytest

from tests.proxy.wires import OK, MakeTransport, Vendor, ask, patient, requests, saying
from tests.waiting import until
from tidegate.proxy.wire.exchange_errors import NoAnswer, NotSent
from tidegate.proxy.wire.pool import Pool
from tidegate.proxy.wire.session import SessionTransport
from tidegate.proxy.wire.transport import Origin, Transport, VendorAnswer
from tidegate.world.world import RealWorld


async def test_a_whole_answer_comes_back_and_the_connection_is_used_again(vendor: Vendor) -> None:
    async with vendor(saying(OK)) as (transport, accepted):
        for _ in range(3):
            answer = await ask(transport)
            assert (answer.status, answer.reason, answer.body) == (200, "OK", b"ok")
            assert (b"X-A", b"b") in answer.raw_headers
        assert len(accepted) == 1
        assert transport.open == (1 if isinstance(transport, Pool) else 0), "aiohttp does not tell of idle ones"
        assert transport.leased == 0


async def test_a_fresh_connection_is_made_where_one_is_asked_for(vendor: Vendor) -> None:
    served: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        count = 0
        async for _ in requests(reader):
            count += 1
            served.append(count)
            writer.write(OK)

    async with vendor(serve) as (transport, accepted):
        for _ in range(3):
            await ask(transport, fresh=True)
        assert served == [1, 1, 1]
        assert len(accepted) >= 3


@pytest.mark.parametrize(
    ("pieces", "body"),
    [
        pytest.param((b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", b"cd"), b"abcd", id="a body in two pieces"),
        pytest.param(
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", b"2\r\ncd\r\n0\r\n\r\n"),
            b"abcd",
            id="a chunked body",
        ),
        pytest.param((b"HTTP/1.1 100 Continue\r\n\r\n", OK), b"ok", id="an interim answer first"),
        pytest.param((b"HTTP/1.1 204 No Content\r\n\r\n",), b"", id="no body"),
        pytest.param(
            (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b",),
            b"\x1f\x8b",
            id="a coded body is passed on as it is",
        ),
    ],
)
async def test_bodies_are_read_to_their_end(vendor: Vendor, pieces: tuple[bytes, ...], body: bytes) -> None:
    async with vendor(saying(*pieces)) as (transport, _):
        answer = await ask(transport)
        assert answer.body == body


async def test_a_body_that_ends_with_the_connection_is_whole(vendor: Vendor) -> None:
    async with vendor(saying(b"HTTP/1.1 200 OK\r\n\r\n", b"abc", then_close=True)) as (transport, _):
        answer = await ask(transport)
        assert answer.body == b"abc"
        assert transport.open == 0


async def test_the_answer_to_head_has_no_body_and_keeps_its_length(vendor: Vendor) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"
    async with vendor(saying(head)) as (transport, accepted):
        for _ in range(2):
            answer = await ask(transport, method="HEAD")
            assert answer.headers["Content-Length"] == "500"
            assert answer.body == b""
        assert len(accepted) == 1


@pytest.mark.parametrize(
    ("pieces", "error"),
    [
        pytest.param((b"",), "connection_terminated", id="closed without an answer"),
        pytest.param((b"HTTP/1.1 200 OK\r\nConte",), "connection_terminated", id="closed in the head"),
        pytest.param(
            (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab",), "http_response_incomplete", id="closed in the body"
        ),
        pytest.param(
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",),
            "http_response_incomplete",
            id="closed in a chunk",
        ),
        pytest.param((b"SSH-2.0-x\r\n\r\n",), "http_protocol_error", id="not HTTP at all"),
    ],
)
async def test_a_broken_answer_is_no_answer(vendor: Vendor, pieces: tuple[bytes, ...], error: str) -> None:
    async with vendor(saying(*pieces, then_close=True)) as (transport, _):
        with pytest.raises(NoAnswer) as raised:
            await ask(transport)
        assert raised.value.error == error
        assert transport.open == 0


@pytest.mark.parametrize(
    ("piece", "short", "error"),
    [
        pytest.param(b"", "first_byte_s", "http_response_timeout", id="no first byte"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab",
            "idle_s",
            "connection_read_timeout",
            id="no next byte",
        ),
    ],
)
async def test_a_silent_vendor_ends_with_its_timer(vendor: Vendor, piece: bytes, short: str, error: str) -> None:
    async with vendor(saying(piece)) as (transport, _):
        with pytest.raises(NoAnswer) as raised:
            await ask(transport, timers=patient(**{short: 0.2}))
        assert raised.value.error == error
        assert transport.open == 0


async def test_a_drip_ends_with_the_timer_of_the_whole_exchange(vendor: Vendor) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for _ in requests(reader):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while True:
                writer.write(b"x")
                await writer.drain()
                await RealWorld().sleep(0.02)

    async with vendor(drip) as (transport, _):
        with pytest.raises(NoAnswer) as raised:
            await ask(transport, timers=patient(total_s=0.2))
        assert raised.value.error == "http_response_timeout"


async def test_a_refused_connection_means_that_nothing_was_sent(make_transport: MakeTransport) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        transport = make_transport(Origin("127.0.0.1", taken.getsockname()[1], None, private=True))
        with pytest.raises(NotSent) as raised:
            await ask(transport)
    assert raised.value.error == "connection_refused"
    assert transport.open == 0
    await transport.close()


async def test_a_private_address_is_not_connected_to_unless_it_is_allowed(
    vendor: Vendor, make_transport: MakeTransport
) -> None:
    async with vendor(saying(OK)) as (transport, accepted):
        strict = make_transport(replace(transport.origin, private=False))
        with pytest.raises(NotSent) as raised:
            await ask(strict, timers=patient())
        assert raised.value.error == "destination_ip_prohibited"
        await strict.close()
        assert accepted == []


async def test_a_server_that_speaks_no_tls_is_told_apart(vendor: Vendor, make_transport: MakeTransport) -> None:
    async with vendor(saying(OK)) as (transport, _):
        tls = make_transport(replace(transport.origin, tls=ssl.create_default_context()))
        with pytest.raises(NotSent) as raised:
            await ask(tls, timers=patient(connect_s=2.0))
        assert raised.value.error in ("tls_protocol_error", "connection_timeout", "destination_unavailable")
        await tls.close()


async def test_a_cancelled_exchange_closes_its_connection(vendor: Vendor) -> None:
    async with vendor(saying(b"")) as (transport, accepted):
        task = asyncio.create_task(ask(transport))
        await until(lambda: accepted)
        assert transport.leased == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (transport.open, transport.leased) == (0, 0)


async def test_a_connection_that_the_vendor_closed_while_idle_is_not_used_again(vendor: Vendor) -> None:
    async with vendor(saying(OK, then_close=True)) as (transport, accepted):
        await ask(transport)
        await until(lambda: all_closed(transport))
        answer = await ask(transport)
        assert answer.body == b"ok"
        assert len(accepted) == 2


def all_closed(transport: Transport) -> bool:
    """Whether the end of each idle connection has arrived here."""
    if isinstance(transport, Pool):
        return not any(connection.is_connected() for connection, _ in transport._idle._waiting)
    assert isinstance(transport, SessionTransport)
    connectors = [session.connector for session in transport._sessions.values() if session.connector is not None]
    kept = [each for connector in connectors for idle in connector._conns.values() for each, _ in idle]
    return not any(connection.is_connected() for connection in kept)


async def test_what_is_kept_alive_and_then_lost_is_not_sent_again_in_secret(vendor: Vendor) -> None:
    """ClientSession would send a read once more by itself. Whether to is for the retry policy to say."""
    heads: list[bytes] = []

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for head in requests(reader):
            heads.append(head)
            if len(heads) == 2:
                return
            writer.write(OK)

    async with vendor(once) as (transport, _):
        await ask(transport)
        with pytest.raises(NoAnswer) as raised:
            await ask(transport)
        assert (raised.value.error, raised.value.stale) == ("connection_terminated", True)
        assert len(heads) == 2


class Noted:
    """Notes when a request is held back for a connection, and when it leaves."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def hold(self) -> None:
        self.events.append("held")

    def leave(self) -> None:
        self.events.append("left")

    def pause_until(self, moment: float) -> None:
        self.events.append(f"paused until {moment}")


async def test_the_limits_are_told_when_a_request_leaves_that_had_to_connect_first(vendor: Vendor) -> None:
    noted = Noted()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for _ in requests(reader):
            noted.events.append("arrived")
            writer.write(OK)

    async with vendor(serve) as (transport, _):
        await ask(transport, timers=patient(permit=noted))
        assert noted.events == ["held", "left", "arrived"]
        await ask(transport, timers=patient(permit=noted))
        later = noted.events[3:]
    assert later in (["arrived"], ["held", "left", "arrived"]), "it need not be held, but then it leaves at once"


async def test_the_head_of_an_error_is_told_before_its_body_has_come(vendor: Vendor) -> None:
    heads: list[tuple[int, str]] = []
    told = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for _ in requests(reader):
            writer.write(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 4\r\nContent-Length: 2\r\n\r\n")
            await told.wait()
            writer.write(b"{}")

    def headed(answer: VendorAnswer, permit: object) -> None:
        assert permit is None
        heads.append((answer.status, answer.headers["Retry-After"]))
        told.set()

    async with vendor(serve) as (transport, _):
        answer = await ask(transport, timers=patient(on_error_head=headed))
    assert (answer.status, answer.body, heads) == (429, b"{}", [(429, "4")])


async def test_the_limits_are_told_of_a_request_that_never_left(vendor: Vendor, make_transport: MakeTransport) -> None:
    noted = Noted()
    async with vendor(saying(OK)) as (transport, _):
        strict = make_transport(replace(transport.origin, private=False))
        with pytest.raises(NotSent):
            await ask(strict, timers=patient(permit=noted))
        await strict.close()
    assert noted.events == ["held", "left"]
