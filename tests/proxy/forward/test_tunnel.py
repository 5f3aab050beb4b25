"""Tests of tidegate.proxy.forward.tunnel: both ends in the virtual world."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import pytest
import uvloop

from tests.fuzz.house import RawApp
from tests.proxy.forward.forward_town import EchoHost
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.forward.tunnel import ByteTunnel
from tidegate.world.world import RealWorld

T = TypeVar("T")
Runner = Callable[[Coroutine[Any, Any, None]], None]


class Ends:
    """An app and a host, and the tunnel between them."""

    def __init__(self, world: VirtualWorld, idle_s: float, total_s: float) -> None:
        self.world = world
        self.tunnel = ByteTunnel(world, idle_s=idle_s, total_s=total_s)
        self.ended: list[str] = []
        self.tunnel.on_end = lambda tunnel: self.ended.append(tunnel.ended_by)
        self.app: RawApp
        self.host = EchoHost()


def between(story: Callable[[Ends], Awaitable[T]], idle_s: float = 50.0, total_s: float = 500.0) -> T:
    """Run a story with a tunnel that has begun."""

    async def main() -> T:
        world = VirtualWorld(1)
        ends = Ends(world, idle_s, total_s)
        await world.listen(lambda: ends.tunnel.app, "127.0.0.1", 80)
        await world.listen(lambda: ends.host, "127.0.0.1", 443)
        ends.app = await world.connect(RawApp, "127.0.0.1", 80, tls=None, server_name="")
        await world.connect(lambda: ends.tunnel.host, "127.0.0.1", 443, tls=None, server_name="")
        ends.tunnel.begin(b"early ")
        return await story(ends)

    return run(main)


def test_what_one_side_sends_the_other_gets_what_was_early_first() -> None:
    async def story(ends: Ends) -> None:
        ends.app.transport.write(b"hello")
        await ends.world.sleep(1.0)
        assert (ends.host.heard, ends.app.received) == (b"early hello", b"early hello")
        assert (ends.tunnel.app.bytes, ends.tunnel.host.bytes) == (11, 11)

    between(story)


def test_a_half_close_is_passed_on_and_the_way_back_stays_open_until_it_ends() -> None:
    async def story(ends: Ends) -> None:
        ends.app.transport.write(b"last")
        ends.app.transport.write_eof()
        await ends.app.ended.wait()
        assert ends.app.received == b"early last" + b"bye"
        await ends.world.sleep(1.0)
        assert (ends.ended, ends.host.lost) == (["host"], True)

    between(story)


@pytest.mark.parametrize("side", ["app", "host"])
def test_a_reset_of_one_side_is_a_reset_of_the_other(side: str) -> None:
    async def story(ends: Ends) -> None:
        await ends.world.sleep(1.0)
        (ends.app if side == "app" else ends.host).transport.abort()
        await ends.world.sleep(1.0)
        assert ends.ended == [side]
        assert ends.host.lost
        assert ends.app.ended.is_set()

    between(story)


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_what_a_host_had_said_before_it_reset_the_connection_reaches_the_app(runner: Runner) -> None:
    """A write to it fails, and the loop gives the connection up with whatever it has not read."""

    async def story() -> None:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        tunnel = ByteTunnel(RealWorld(), idle_s=50.0, total_s=500.0)
        tunnel.on_end = lambda _: ended.set()
        app, near = socket.socketpair()
        with app, socket.create_server(("127.0.0.1", 0)) as listener:
            await loop.create_connection(lambda: tunnel.app, sock=near)
            await loop.create_connection(lambda: tunnel.host, *listener.getsockname())
            with listener.accept()[0] as host:
                tunnel.begin(b"unread")
                host.send(b"answer")
            tunnel.app.data_received(b"more")
            await ended.wait()
            assert app.recv(100) == b"answer"
            assert tunnel.host.bytes == len(b"answer")

    runner(story())


@pytest.mark.parametrize("side", ["app", "host"])
@pytest.mark.parametrize("finished", [False, True])
@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_reset_is_told_from_an_end_by_the_other_side(side: str, finished: bool, runner: Runner) -> None:
    """Where the connection's end is that of the answer, nothing else tells a broken one from a whole one."""

    async def story() -> None:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        tunnel = ByteTunnel(RealWorld(), idle_s=50.0, total_s=500.0)
        tunnel.on_end = lambda _: ended.set()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            app = socket.create_connection(listener.getsockname())
            near = listener.accept()[0]
            await loop.create_connection(lambda: tunnel.app, sock=near)
            await loop.create_connection(lambda: tunnel.host, *listener.getsockname())
            host = listener.accept()[0]
        tunnel.begin()
        broken, other = (app, host) if side == "app" else (host, app)
        other.settimeout(5.0)
        broken.sendall(b"said")
        assert await loop.run_in_executor(None, other.recv, 100) == b"said"
        if finished:
            broken.shutdown(socket.SHUT_WR)
            assert await loop.run_in_executor(None, other.recv, 100) == b""
        broken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        broken.close()
        if finished:
            other.close()
        else:
            with pytest.raises(ConnectionResetError):
                await loop.run_in_executor(None, other.recv, 100)
        await ended.wait()
        other.close()

    runner(story())


def test_a_tunnel_on_which_nothing_moves_is_closed() -> None:
    async def story(ends: Ends) -> None:
        for _ in range(4):
            await ends.world.sleep(40.0)
            ends.app.transport.write(b".")
        assert ends.ended == []
        await ends.world.sleep(51.0)
        assert ends.ended == ["idle"]

    between(story)


def test_a_tunnel_ends_after_its_time_however_busy_it_is() -> None:
    async def story(ends: Ends) -> None:
        for _ in range(15):
            await ends.world.sleep(40.0)
            ends.app.transport.write(b".")
        assert ends.ended == ["too long"]

    between(story)


def test_a_side_that_does_not_read_makes_the_other_wait_and_little_is_held() -> None:
    async def story(ends: Ends) -> int:
        ends.host.transport.pause_reading()
        ends.app.transport.write(b"x" * 4_000_000)
        await ends.world.sleep(10.0)
        host = ends.tunnel.host.transport
        assert host is not None
        held = host.get_write_buffer_size()
        ends.host.transport.resume_reading()
        await ends.world.sleep(10.0)
        assert len(ends.host.heard) == 4_000_006
        return held

    assert between(story) <= 4_000_006  # one piece of the virtual wire is passed on whole


def test_a_tunnel_whose_app_has_gone_before_it_began_is_closed() -> None:
    async def main() -> list[str]:
        world = VirtualWorld(1)
        ends = Ends(world, 1.0, 1.0)
        await world.listen(lambda: ends.host, "127.0.0.1", 443)
        await world.connect(lambda: ends.tunnel.host, "127.0.0.1", 443, tls=None, server_name="")
        ends.tunnel.begin()
        await world.sleep(1.0)
        return ends.ended

    assert run(main) == ["app"]
