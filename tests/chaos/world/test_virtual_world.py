"""Machines of the virtual world: tables, randomness, aiohttp over the wire, and a crash that nothing survives."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ServerDisconnectedError, web

from tidegate.chaos.world.connector import WorldConnector, client_session
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import SILENCE_S, WALL_BASE, VirtualWorld
from tidegate.proxy.store.sqlite.sqlite_engine import SqliteEngine
from tidegate.world.world import World

sleep = VirtualWorld(0).sleep

NAMES = {"vendor.example": "203.0.113.7"}
SCHEMA = "CREATE TABLE IF NOT EXISTS notes (text TEXT)"


def add(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO notes VALUES ('x')")


def count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM notes").fetchone()[0])


def test_it_is_a_world_to_the_type_checker_and_to_who_uses_it() -> None:
    async def main() -> tuple[float, float]:
        world: World = VirtualWorld(1)
        await world.sleep(5)
        return world.now(), world.wall()

    assert run(main) == (5.0, WALL_BASE + 5.0)


def test_streams_of_randomness_depend_on_seed_and_name_only() -> None:
    def draws(seed: int, name: str) -> list[float]:
        rng = VirtualWorld(seed).random(name)
        return [rng.random() for _ in range(3)]

    assert draws(1, "a") == draws(1, "a")
    assert draws(1, "a") != draws(1, "b")
    assert draws(1, "a") != draws(2, "a")


def test_a_restarted_machine_draws_anew() -> None:
    world = VirtualWorld(1)
    first, second = world.machine("proxy"), world.machine("proxy")
    assert first.random("ids").random() != second.random("ids").random()
    assert first.random("ids").random() == VirtualWorld(1).machine("proxy").random("ids").random()


def test_names_resolve_from_the_table() -> None:
    async def main() -> list[str]:
        world = VirtualWorld(1, names=NAMES)
        with pytest.raises(OSError, match=r"no such name in the virtual world: nobody\.example"):
            await world.resolve("nobody.example", 80)
        assert await world.resolve("::1", 80) == ["::1"]
        return await world.resolve("vendor.example", 80)

    assert run(main) == ["203.0.113.7"]


async def hello(request: web.BaseRequest) -> web.Response:
    return web.Response(body=await request.read() or b"hello")


def test_aiohttp_speaks_over_it_with_the_delay_of_the_address() -> None:
    async def main() -> tuple[bytes, float]:
        world = VirtualWorld(1, names=NAMES, delays_s={"203.0.113.7": 0.5})
        server = web.Server(hello)
        await world.machine("vendor").listen(server, "vendor.example", 80)
        async with (
            client_session(WorldConnector(world), 30) as session,
            session.post("http://vendor.example/", data=b"x" * 700_000) as answer,
        ):
            body = await answer.read()
        await server.shutdown(1)
        return body, world.now()

    body, took_s = run(main)
    assert body == b"x" * 700_000
    assert took_s >= 2.0  # a round trip to connect, one for the answer


def test_where_nobody_listens_the_connection_is_refused_after_a_round_trip() -> None:
    async def main() -> float:
        world = VirtualWorld(1, delays_s={"203.0.113.7": 0.5})
        with pytest.raises(ConnectionRefusedError):
            await world.connect(asyncio.Protocol, "203.0.113.7", 80, tls=None, server_name="x")
        return world.now()

    assert run(main) == 1.0


def test_an_address_is_taken_once_and_free_again_when_its_listener_closes() -> None:
    async def main() -> None:
        world = VirtualWorld(1)
        listener = await world.listen(asyncio.Protocol, "127.0.0.1", 80)
        with pytest.raises(OSError, match=r"in use: 127\.0\.0\.1:80"):
            await world.listen(asyncio.Protocol, "localhost", 80)
        await listener.close()
        again = await world.listen(asyncio.Protocol, "127.0.0.1", 80)
        free = await world.listen(asyncio.Protocol, "127.0.0.1", 0)
        assert again.port == 80
        assert free.port >= 49152

    run(main)


def test_tls_is_refused_with_the_cure() -> None:
    async def main() -> None:
        tls: Any = object()
        await VirtualWorld(1).connect(asyncio.Protocol, "127.0.0.1", 443, tls=tls, server_name="vendor.example")

    with pytest.raises(RuntimeError, match=r"vendor\.example: the virtual wire carries no TLS"):
        run(main)


def test_a_crash_ends_a_request_with_a_reset_and_the_restart_serves() -> None:
    async def main() -> list[str]:
        world, seen = VirtualWorld(1), []

        async def slow(_request: web.BaseRequest) -> web.Response:
            await sleep(10)
            return web.Response()

        async def serve(machine: VirtualWorld, handler: Any) -> None:
            await machine.listen(web.Server(handler), "127.0.0.1", 80)

        first = world.machine("proxy")
        await first.run(serve(first, slow))
        async with client_session(WorldConnector(world), 30) as session:
            asyncio.get_running_loop().call_later(3, first.crash)
            with pytest.raises((ServerDisconnectedError, ClientError)):
                await session.get("http://127.0.0.1/")
            seen.append(f"lost at {world.now():.1f}")
            with pytest.raises(ClientError):
                await session.get("http://127.0.0.1/")
            seen.append("refused")
            second = world.machine("proxy")
            await second.run(serve(second, hello))
            async with session.get("http://127.0.0.1/") as answer:
                seen.append(await answer.text())
        return seen

    assert run(main) == ["lost at 3.0", "refused", "hello"]


def test_what_a_crashed_machine_still_tries_reaches_neither_wire_nor_disk() -> None:
    async def main() -> tuple[list[str], int, int]:
        world, tried = VirtualWorld(1), []
        arrived: list[asyncio.BaseTransport] = []

        class Vendor(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                arrived.append(transport)

        await world.listen(Vendor, "127.0.0.1", 9)
        proxy = world.machine("proxy")

        async def work() -> None:
            writer = proxy.group_writer(Path("store.db"), SqliteEngine(SCHEMA))
            try:
                await sleep(100)
            finally:
                for name, attempt in (
                    ("write", lambda: writer.run(add)),
                    ("connect", lambda: proxy.connect(asyncio.Protocol, "127.0.0.1", 9, tls=None, server_name="")),
                    ("listen", lambda: proxy.listen(asyncio.Protocol, "127.0.0.1", 80)),
                ):
                    try:
                        await attempt()
                    except asyncio.CancelledError:
                        tried.append(name)

        running = asyncio.create_task(proxy.run(work()))
        await sleep(1)
        proxy.crash()
        with pytest.raises(asyncio.CancelledError):
            await running
        rows = await world.machine("proxy").group_writer(Path("store.db"), SqliteEngine(SCHEMA)).run(count)
        return tried, rows, len(arrived)

    assert run(main) == (["write", "connect", "listen"], 0, 0)


def test_only_the_crashed_machine_ends() -> None:
    async def main() -> list[str]:
        world, ended = VirtualWorld(1), []

        async def work(name: str) -> None:
            await sleep(5)
            ended.append(name)

        proxy, app = world.machine("proxy"), world.machine("app")
        both = asyncio.gather(proxy.run(work("proxy")), app.run(work("app")), return_exceptions=True)
        await sleep(1)
        proxy.crash()
        await both
        return ended

    assert run(main) == ["app"]


def test_a_client_that_gives_up_while_connecting_leaves_no_connection() -> None:
    async def main() -> int:
        world = VirtualWorld(1, delays_s={"203.0.113.7": 1.0})
        vendor = world.machine("vendor")
        await vendor.listen(asyncio.Protocol, "203.0.113.7", 80)
        connecting = asyncio.create_task(world.connect(asyncio.Protocol, "203.0.113.7", 80, tls=None, server_name=""))
        await sleep(1.5)
        assert len(vendor.pipes) == 1
        connecting.cancel()
        await sleep(5)
        return len(vendor.pipes)

    assert run(main) == 0


def test_a_machine_names_its_tasks_and_timers_that_are_pending_and_no_others() -> None:
    async def waits(machine: VirtualWorld) -> None:
        await machine.sleep(5.0)

    async def work(machine: VirtualWorld) -> None:
        machine.task = asyncio.get_running_loop().create_task(waits(machine))  # type: ignore[attr-defined]  # held
        machine.call_later(9.0, print, "x")
        machine.call_later(9.0, print, "y").cancel()

    async def main() -> list[tuple[list[str], list[str]]]:
        world = VirtualWorld(1)
        one, other = world.machine("one"), world.machine("other")
        await one.run(work(one))
        found = []
        for at_s in (1.0, 6.0, 10.0):
            await world.sleep(at_s - world.now())
            tasks, timers = one.pending
            found.append(([task.rpartition(".")[2] for task in tasks], timers))
        assert other.pending == ([], [])
        return found

    sleeps = "_set_result_unless_cancelled"
    assert run(main) == [(["waits"], [sleeps, "print"]), ([], ["print"]), ([], [])]


def test_an_address_that_answers_nothing_is_given_up_by_the_operating_system_alone() -> None:
    async def main() -> float:
        world = VirtualWorld(1, names=NAMES)
        world.network.black_holes = {"203.0.113.7": "2001:db8::1"}
        first, second = await world.resolve("vendor.example", 80)
        assert (first, second) == ("2001:db8::1", "203.0.113.7")
        with pytest.raises(TimeoutError, match="nothing answers"):
            await world.connect(asyncio.Protocol, first, 80, tls=None, server_name="vendor.example")
        return world.now()

    assert run(main) == SILENCE_S


def test_the_timers_of_a_machine_end_with_it() -> None:
    rung: list[str] = []

    async def play() -> None:
        world = VirtualWorld(1)
        machines = {name: world.machine(name) for name in ("a", "b")}
        for name, machine in machines.items():

            async def work(machine: VirtualWorld = machine, name: str = name) -> None:
                machine.call_later(2.0, rung.append, name)

            await machine.run(work())
        await world.sleep(1.0)
        machines["a"].crash()
        await world.sleep(5.0)

    run(play)
    assert rung == ["b"]
