"""What the pool makes of connections that end when they should not: kept ones, and those that end a body."""

import asyncio
import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvloop

from tests.proxy.wires import GET, OK, ask, patient, requests, vendor
from tests.waiting import until
from tidegate.proxy.forward.certificate_authority import make_authority
from tidegate.proxy.forward.leaf_contexts import LeafContexts
from tidegate.proxy.wire import pool
from tidegate.proxy.wire.exchange_errors import NoAnswer, NotSent
from tidegate.proxy.wire.transport import IDLE_MAX_S, Origin
from tidegate.world import world
from tidegate.world.world import RealWorld

HOST = "api.example"
WORLD = RealWorld()
AUTHORITY = make_authority([HOST], WORLD.wall())
LEAVES = LeafContexts(WORLD, AUTHORITY, 3600.0)

Runner = Callable[[Coroutine[Any, Any, None]], None]


class Local(RealWorld):
    """A world in which the vendor's name leads to this machine."""

    async def resolve(self, host: str, port: int) -> list[str]:
        """See World.resolve."""
        del host, port
        return ["127.0.0.1"]


def over_tls(port: int) -> pool.Pool:
    context = ssl.create_default_context(cadata=AUTHORITY.certificate_pem.decode())
    return pool.Pool(Local(), Origin(HOST, port, context, private=True))


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        pytest.param([OK, b""], True, id="one that had waited"),
        pytest.param([b""], False, id="one for this request alone"),
        pytest.param([OK, b"HTTP/1.1 2"], False, id="one by which an answer had begun to come"),
    ],
)
async def test_only_what_is_lost_with_a_connection_that_had_waited_is_stale(
    answers: list[bytes], *, says: bool
) -> None:
    left = iter(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for _ in requests(reader):
            answer = next(left)
            writer.write(answer)
            if answer != OK:
                return

    async with vendor(serve) as (transport, _):
        for _ in answers[1:]:
            await ask(transport)
        with pytest.raises(NoAnswer) as raised:
            await ask(transport)
        assert raised.value.stale is says


async def test_what_is_lost_with_a_spare_is_not_stale_for_it_had_carried_nothing() -> None:
    answers = iter([OK, b""])

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for _ in requests(reader):
            writer.write(answer := next(answers))
            if answer != OK:
                return

    async with vendor(serve) as (transport, accepted):
        assert isinstance(transport, pool.Pool)
        await transport.exchange(GET, method="POST", idle_max_s=0.0, timers=patient())
        await until(lambda: len(transport._spares._ready))
        with pytest.raises(NoAnswer) as raised:
            await transport.exchange(GET, method="POST", idle_max_s=0.0, timers=patient())
        assert (raised.value.stale, len(accepted)) == (False, 2)


async def test_where_one_that_had_waited_is_lost_those_that_wait_for_longer_are_left() -> None:
    together = asyncio.Barrier(2)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for asked in requests(reader):
            if asked.startswith(b"GET /lost"):
                return
            if asked.startswith(b"GET /both"):
                await together.wait()
            writer.write(OK)

    async with vendor(serve) as (transport, accepted):
        await asyncio.gather(*(ask(transport, GET.replace(b"/", b"/both", 1)) for _ in range(2)))
        with pytest.raises(NoAnswer):
            await ask(transport, GET.replace(b"/", b"/lost", 1))
        await ask(transport)
        assert len(accepted) == 3


async def test_a_body_that_ends_with_its_connection_is_broken_by_a_reset() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for _ in requests(reader):
            writer.write(b"HTTP/1.1 200 OK\r\n\r\nhalf of it")
            await reader.read(1)
            plug = writer.get_extra_info("socket")
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    async with vendor(serve) as (transport, _):
        answer = await transport.exchange(GET, method="GET", idle_max_s=IDLE_MAX_S, timers=patient())
        rest = answer.rest
        assert rest is not None
        assert (rest.ready() or await rest.next(5.0, "", "")) == b"half of it"
        pooled = transport
        assert isinstance(pooled, pool.Pool)
        reading = asyncio.create_task(rest.next(5.0, "", ""))
        _poke(rest)
        with pytest.raises(NoAnswer) as raised:
            await reading
        rest.close()
        assert raised.value.error == "http_response_incomplete"


def _poke(rest: object) -> None:
    """Let the vendor go on: one more byte on the connection that the answer comes on."""
    rest._payload._protocol.transport.write(b"x")  # type: ignore[attr-defined]  # no one else may write there


def speaking(listener: socket.socket, answer: bytes, *, alert: bool) -> None:
    """A vendor with TLS that answers, and ends the connection with the closure alert or without."""
    with LEAVES.context(HOST).wrap_socket(listener.accept()[0], server_side=True) as end:
        end.recv(1000)
        end.sendall(answer)
        if alert:
            end.unwrap().close()
        else:
            os.close(end.detach())


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize(
    ("head", "alert", "error"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", True, "", id="an end that TLS confirms is the body's"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", False, "http_response_incomplete", id="any other may be anybody's"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", False, "", id="who told the length needs none"),
    ],
)
def test_over_tls_only_the_vendor_can_end_a_body(head: bytes, error: str, runner: Runner, *, alert: bool) -> None:
    async def story() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            speaker = threading.Thread(target=speaking, args=(listener, head + b"ok"), kwargs={"alert": alert})
            speaker.start()
            transport = over_tls(listener.getsockname()[1])
            if error:
                with pytest.raises(NoAnswer) as raised:
                    await ask(transport)
                assert raised.value.error == error
            else:
                assert (await ask(transport)).body == b"ok"
            await transport.close()
            speaker.join()

    runner(story())


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_server_that_refuses_our_certificate_has_taken_nothing(runner: Runner) -> None:
    """In TLS 1.3 it says so when our side has ended the handshake, and the request is on its way."""
    told = threading.Event()

    def refuse(listener: socket.socket) -> None:
        context = LeafContexts(WORLD, AUTHORITY, 3600.0).context(HOST)
        context.verify_mode = ssl.CERT_REQUIRED
        plain = listener.accept()[0]
        with context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False) as end:
            with pytest.raises(ssl.SSLError):
                end.do_handshake()
            told.wait()

    async def story() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            refuser = threading.Thread(target=refuse, args=(listener,))
            refuser.start()
            transport = over_tls(listener.getsockname()[1])
            with pytest.raises(NotSent) as raised:
                await ask(transport)
            assert raised.value.error == "tls_alert_received"
            told.set()
            await transport.close()
            refuser.join()

    runner(story())


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("idle_max_s", [pytest.param(0.0, id="a spare"), pytest.param(1.0, id="one that was kept")])
def test_a_write_that_must_not_be_lost_takes_no_connection_whose_end_has_come_unread(
    runner: Runner, idle_max_s: float
) -> None:
    """The loop has not turned since the vendor closed it."""
    closing, closed, over = threading.Event(), threading.Event(), threading.Event()

    def serve(listener: socket.socket) -> None:
        first = listener.accept()[0]
        first.recv(1000)
        first.sendall(OK)
        others = [listener.accept()[0]] if not idle_max_s else []
        closing.wait()
        for end in (first, *others):
            end.close()
        closed.set()
        with listener.accept()[0] as last:
            last.recv(1000)
            last.sendall(OK)
            over.wait()

    async def story() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            server = threading.Thread(target=serve, args=(listener,))
            server.start()
            transport = pool.Pool(WORLD, Origin("127.0.0.1", listener.getsockname()[1], None, private=True))
            await transport.exchange(GET, method="POST", idle_max_s=idle_max_s, timers=patient())
            if not idle_max_s:
                await until(lambda: len(transport._spares._ready))
            closing.set()
            closed.wait()
            answer = await transport.exchange(GET, method="POST", idle_max_s=idle_max_s, timers=patient())
            over.set()
            assert answer.body == b"ok"
            await transport.close()
            server.join()

    runner(story())


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize(
    ("goodbye_s", "room"),
    [
        pytest.param(0.05, False, id="it is waited for its closure alert for a moment"),
        pytest.param(60.0, True, id="and not at all where its descriptor is wanted"),
    ],
)
def test_a_vendor_that_does_not_say_goodbye_keeps_no_descriptor(
    monkeypatch: pytest.MonkeyPatch, runner: Runner, goodbye_s: float, *, room: bool
) -> None:
    monkeypatch.setattr(world, "TLS_GOODBYE_S", goodbye_s)
    ended = threading.Event()

    def answer_and_be_silent(listener: socket.socket) -> None:
        with LEAVES.context(HOST).wrap_socket(listener.accept()[0], server_side=True) as end:
            end.recv(1000)
            end.sendall(OK)
            with socket.socket(fileno=end.detach()) as plain:
                while plain.recv(1000):
                    pass
        ended.set()

    async def story() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=answer_and_be_silent, args=(listener,), daemon=True).start()
            transport = over_tls(listener.getsockname()[1])
            assert (await ask(transport)).status == 200
            if room:
                assert transport.make_room()
            else:
                await transport.close()
            await until(ended.is_set)
            await transport.close()

    runner(story())
