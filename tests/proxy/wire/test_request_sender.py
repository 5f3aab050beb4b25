"""A body that is sent as it comes: its timers, a vendor that does not take it, and one that answers before its end."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, cast

import pytest
import uvloop

from tests.proxy.wires import CHUNKED, Pieces, patient, posting, vendor
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.wire.exchange_errors import NoAnswer
from tidegate.proxy.wire.pool import Pool
from tidegate.proxy.wire.transport import IDLE_MAX_S, Origin, Timers, gathered
from tidegate.world.world import RealWorld

WORLD = VirtualWorld(0)
Runner = Callable[[Coroutine[Any, Any, None]], None]


async def test_a_vendor_that_takes_nothing_of_a_body_ends_with_the_idle_timer() -> None:
    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        reader._transport.pause_reading()  # type: ignore[attr-defined]  # the quickest way to be deaf
        await asyncio.get_running_loop().create_future()

    async with vendor(deaf) as (transport, _):
        body = Pieces(*[bytes(1 << 20)] * 32, chunked=True)
        with pytest.raises(NoAnswer) as raised:
            await transport.exchange(
                posting(b"Transfer-Encoding: chunked"),
                method="POST",
                idle_max_s=IDLE_MAX_S,
                timers=patient(idle_s=0.2),
                stream=body,
            )
        assert raised.value.error == "connection_write_timeout"


async def test_a_body_that_takes_too_long_in_all_is_given_up() -> None:
    class Endless(Pieces):
        async def pieces(self) -> AsyncIterator[bytes]:
            yield b"a"
            await asyncio.get_running_loop().create_future()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        await reader.read()

    timers = patient(upload_s=0.2)
    async with vendor(silent) as (transport, _):
        with pytest.raises(NoAnswer) as raised:
            await transport.exchange(
                posting(b"Transfer-Encoding: chunked"),
                method="POST",
                idle_max_s=IDLE_MAX_S,
                timers=timers,
                stream=Endless(chunked=True),
            )
        assert raised.value.error == "http_request_error"


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_an_answer_is_read_that_came_before_the_vendor_closed_on_the_rest_of_a_body(runner: Runner) -> None:
    """Its reset makes the next write fail, and the loop gives the connection up with whatever it has not read."""

    async def story() -> None:
        closed = threading.Event()

        def serve(listener: socket.socket) -> None:
            with listener.accept()[0] as end:
                end.recv(1)
                end.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")
            closed.set()

        class Blind(Pieces):
            async def pieces(self) -> AsyncIterator[bytes]:
                yield b"a"
                closed.wait()  # the loop does not turn meanwhile
                yield b"b"

        with socket.create_server(("127.0.0.1", 0)) as listener:
            vendor_of_one = threading.Thread(target=serve, args=(listener,))
            vendor_of_one.start()
            transport = Pool(RealWorld(), Origin("127.0.0.1", listener.getsockname()[1], None, private=True))
            answer = await transport.exchange(
                posting(b"Transfer-Encoding: chunked"),
                method="POST",
                idle_max_s=IDLE_MAX_S,
                timers=patient(),
                stream=Blind(chunked=True),
            )
            await transport.close()
            vendor_of_one.join()
        assert (answer.status, answer.body) == (413, b"big")

    runner(story())


def test_an_answer_that_begins_before_the_body_has_gone_is_not_cut_off_afterwards() -> None:
    class Early(asyncio.Protocol):
        """Answers at once, and goes on for longer than a first byte may take."""

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = cast("asyncio.Transport", transport)
            self.transport.write(CHUNKED)
            for turn in range(16):
                WORLD.call_later(turn / 10, self.transport.write, b"2\r\nab\r\n")
            WORLD.call_later(1.6, self.transport.write, b"0\r\n\r\n")

    class Slow(Pieces):
        async def pieces(self) -> AsyncIterator[bytes]:
            for _ in range(4):
                await WORLD.sleep(0.1)
                yield b"x"

    async def main() -> bytes:
        await WORLD.listen(Early, "127.0.0.1", 80)
        timers = Timers(connect_s=2.0, first_byte_s=0.5, idle_s=1.0, total_s=5.0)
        transport = Pool(WORLD, Origin("127.0.0.1", 80, None, private=True))
        answer = await transport.exchange(
            posting(b"Transfer-Encoding: chunked"),
            method="POST",
            idle_max_s=IDLE_MAX_S,
            timers=timers,
            stream=Slow(chunked=True),
        )
        whole = await gathered(answer, timers.idle_s, WORLD.now() + timers.total_s)
        await transport.close()
        return whole.body

    assert run(main) == b"ab" * 16
