"""The real world: clocks, independent randomness, sockets that say what went wrong."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate.proxy.store.sqlite.sqlite_engine import SqliteEngine
from tidegate.world.world import RealWorld


class Echo(asyncio.Protocol):
    """Sends back what comes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.write(data)
        self.transport.close()


class Heard(asyncio.Protocol):
    """Keeps what comes until the other side closes."""

    def __init__(self) -> None:
        self.data = b""
        self.ended: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"hello")

    def data_received(self, data: bytes) -> None:
        self.data += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended.set_result(self.data)


def test_a_seed_makes_randomness_repeatable_and_streams_independent() -> None:
    one, same, other = RealWorld(seed=1), RealWorld(seed=1), RealWorld(seed=2)
    assert one.random("retry").random() == same.random("retry").random()
    assert one.random("retry").random() != one.random("breaker").random()
    assert one.random("retry").random() != other.random("retry").random()


def test_without_a_seed_nothing_repeats() -> None:
    assert RealWorld().random("retry").random() != RealWorld().random("retry").random()


async def test_now_is_the_clock_that_timers_use() -> None:
    world = RealWorld()
    before, loop_before = world.now(), asyncio.get_running_loop().time()
    assert abs(before - loop_before) < 1
    done = asyncio.get_running_loop().create_future()
    world.call_later(0.001, done.set_result, None)
    await done
    assert world.now() > before


async def test_a_listener_tells_its_port_and_a_connection_reaches_it() -> None:
    world = RealWorld()
    listener = await world.listen(Echo, "127.0.0.1", 0)
    heard = await world.connect(Heard, "127.0.0.1", listener.port, tls=None, server_name="localhost")
    assert await heard.ended == b"hello"
    await listener.close()
    with pytest.raises(OSError, match=r".+"):
        await world.connect(Heard, "127.0.0.1", listener.port, tls=None, server_name="localhost")


async def test_an_address_in_use_is_an_os_error() -> None:
    world = RealWorld()
    listener = await world.listen(Echo, "127.0.0.1", 0)
    with pytest.raises(OSError, match="address already in use"):
        await world.listen(Echo, "127.0.0.1", listener.port)
    await listener.close()


async def test_a_name_resolves_to_addresses_each_once() -> None:
    found = await RealWorld().resolve("localhost", 80)
    assert "127.0.0.1" in found
    assert len(found) == len(set(found))


async def test_a_name_that_nobody_has_is_an_os_error() -> None:
    with pytest.raises(OSError, match=r".+"):
        await RealWorld().resolve("nobody.invalid", 80)


async def test_a_file_keeps_what_was_written(tmp_path: Path) -> None:
    world, schema = RealWorld(), "CREATE TABLE IF NOT EXISTS t (x)"
    writer = world.group_writer(tmp_path / "a" / "store.db", SqliteEngine(schema))
    await writer.run(lambda connection: connection.execute("INSERT INTO t VALUES (1)").rowcount)
    await writer.close()
    again = world.group_writer(tmp_path / "a" / "store.db", SqliteEngine(schema))
    assert await again.run(lambda connection: [*map(tuple, connection.execute("SELECT x FROM t"))]) == [(1,)]
    await again.close()


def test_the_uptime_and_the_start_of_a_machine_are_the_same_in_every_process() -> None:
    program = "from tidegate.world.world import RealWorld; w = RealWorld(); print(w.boot_id(), w.uptime())"
    before = RealWorld().uptime()
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert told[:-1] == RealWorld().boot_id().split()
    assert before <= float(told[-1]) <= RealWorld().uptime()


@pytest.mark.parametrize("turns", range(6))
async def test_listening_that_is_cancelled_leaves_no_socket_behind(turns: int) -> None:
    world = RealWorld()
    held = await world.listen(Echo, "127.0.0.1", 0)
    port = held.port
    await held.close()
    task = asyncio.create_task(world.listen(Echo, "127.0.0.1", port))
    for _ in range(turns):
        await world.sleep(0)
    if not task.done():
        task.cancel()
    ended = (await asyncio.gather(task, return_exceptions=True))[0]
    if not isinstance(ended, BaseException):
        await ended.close()
    again = await world.listen(Echo, "127.0.0.1", port)
    assert again.port == port
    await again.close()
