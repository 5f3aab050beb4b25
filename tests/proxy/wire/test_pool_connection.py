"""One connection of the pool: why it ended, its timers, and a tunnel on it."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import pytest
import uvloop

from tests.proxy.wires import patient
from tests.serving import serving
from tests.waiting import settle, until
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.wire.dial import Dialer, new_connection
from tidegate.proxy.wire.exchange_errors import TimerFired
from tidegate.proxy.wire.pool import Pool
from tidegate.proxy.wire.pool_connection import expire
from tidegate.proxy.wire.transport import IDLE_MAX_S, READ_BYTES, Origin
from tidegate.world.world import RealWorld

WORLD = VirtualWorld(0)
Runner = Callable[[Coroutine[Any, Any, None]], None]


async def test_a_connection_remembers_why_it_ended() -> None:
    connection = new_connection()
    connection.connection_lost(ConnectionResetError("reset"))
    assert isinstance(connection.broken_by, ConnectionResetError)


async def test_a_timer_fails_whoever_waits() -> None:
    connection = new_connection()
    waiting = asyncio.ensure_future(connection.read())
    await settle()
    expire(connection, "http_response_timeout", "why")
    with pytest.raises(TimerFired) as raised:
        await waiting
    assert raised.value.args == ("http_response_timeout", "why")


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_new_connection_waits_for_no_acknowledgement_before_it_sends(runner: Runner) -> None:
    async def story() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            dialer = Dialer(RealWorld(), Origin("127.0.0.1", port, None, private=True), new_connection)
            connection = await dialer.dial(5.0)
            assert connection.transport is not None
            end = connection.transport.get_extra_info("socket")
            assert end.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
            connection.abort()

    runner(story())


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_body_that_outgrew_the_buffer_comes_whole(runner: Runner) -> None:
    body = bytes(range(256)) * (READ_BYTES // 32)

    async def story() -> None:
        def serve(listener: socket.socket) -> None:
            with listener.accept()[0] as end:
                end.recv(1000)
                end.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

        with socket.create_server(("127.0.0.1", 0)) as listener:
            vendor_of_one = threading.Thread(target=serve, args=(listener,))
            vendor_of_one.start()
            transport = Pool(RealWorld(), Origin("127.0.0.1", listener.getsockname()[1], None, private=True))
            request = b"GET / HTTP/1.1\r\nHost: v\r\n\r\n"
            answer = await transport.exchange(request, method="GET", idle_max_s=IDLE_MAX_S, timers=patient())
            assert answer.rest is not None
            paused, pieces = False, bytearray()
            while piece := await answer.rest.next(5.0, "connection_read_timeout", "it stopped"):
                pieces += piece
                await settle()
                paused = paused or answer.rest._payload._protocol._reading_paused
            assert paused
            assert pieces == body
            answer.rest.close()
            await transport.close()
            vendor_of_one.join()

    runner(story())


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_stream_of_many_chunks_goes_on_after_a_pause(runner: Runner) -> None:
    chunk, at_once = b"1\r\nx\r\n", READ_BYTES // 16 + 1

    async def story() -> None:
        drained = asyncio.Event()

        async def vendor(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * at_once)
            await drained.wait()
            writer.write(chunk * 3 + b"0\r\n\r\n")
            await writer.drain()

        async with serving(vendor) as port:
            transport = Pool(RealWorld(), Origin("127.0.0.1", port, None, private=True))
            request = b"GET / HTTP/1.1\r\nHost: v\r\n\r\n"
            answer = await transport.exchange(request, method="GET", idle_max_s=IDLE_MAX_S, timers=patient())
            rest = answer.rest
            assert rest is not None
            await until(lambda: rest._payload._protocol._reading_paused)
            body = rest.ready()
            drained.set()
            while piece := await rest.next(5.0, "connection_read_timeout", "it stopped"):
                body += piece
            assert body == b"x" * (at_once + 3)
            rest.close()
            await transport.close()

    runner(story())


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_tunnel_is_read_before_it_is_written_to_on_a_connection_that_the_vendor_has_closed(runner: Runner) -> None:
    async def story() -> None:
        closed, began = threading.Event(), threading.Event()

        def serve(listener: socket.socket) -> None:
            with listener.accept()[0] as end:
                end.recv(1)
                end.sendall(b"HTTP/1.1 101 \r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
                began.wait()
                end.sendall(b"goodbye")
            closed.set()

        came = bytearray()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            vendor_of_one = threading.Thread(target=serve, args=(listener,))
            vendor_of_one.start()
            transport = Pool(RealWorld(), Origin("127.0.0.1", listener.getsockname()[1], None, private=True))
            asking = b"GET / HTTP/1.1\r\nHost: v\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
            answer = await transport.exchange(
                asking, method="GET", idle_max_s=IDLE_MAX_S, timers=patient(), upgrade=True
            )
            tunnel = answer.tunnel
            assert tunnel is not None
            tunnel.start(came.extend, lambda _: None)
            began.set()
            closed.wait()  # the loop does not turn meanwhile
            with suppress(ConnectionError):
                await tunnel.drained()
            tunnel.write(b"more")
            await settle()
            tunnel.close()
            await transport.close()
            vendor_of_one.join()
        assert came == b"goodbye"

    runner(story())
