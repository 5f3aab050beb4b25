"""At a bound the oldest connection without a call makes room; where there is none, the new one is not taken."""

import asyncio

import pytest
from aiohttp import web

from tests.proxy.onramp.test_server import HALF, OK, WHOLE, answer, app_server, connections, hang_up, ok, serving
from tests.serving import listening
from tests.waiting import until
from tidegate.proxy.onramp.connection_limits import (
    CONNECTIONS_MAX,
    CONNECTIONS_MIN,
    NOTE_EVERY_S,
    SEARCHED_MAX,
    Bounds,
    ConnectionLimits,
    bounds,
    source_of,
)
from tidegate.world.raw_response import RawResponse
from tidegate.world.world import RealWorld


class Connection:
    """One that is in a call, or not."""

    def __init__(self, *, unoccupied: bool = True) -> None:
        self.unoccupied = unoccupied
        self.closed = False

    def make_room(self) -> None:
        self.closed = True


class Clock:
    """Monotonic seconds that are set by hand."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def limits(total: int, source: int) -> ConnectionLimits:
    return ConnectionLimits(Bounds(total, source), Clock())


def test_the_oldest_without_a_call_makes_room_and_one_in_a_call_does_not() -> None:
    port = limits(3, 3)
    first, second, third, fourth = Connection(unoccupied=False), Connection(), Connection(), Connection()
    assert all(port.enter(connection, "10.0.0.1") for connection in (first, second, third, fourth))
    assert [connection.closed for connection in (first, second, third, fourth)] == [False, True, False, False]
    assert (len(port), dict(port.closed)) == (3, {"made room": 1})


def test_where_every_connection_is_in_a_call_a_new_one_is_not_taken() -> None:
    port = limits(2, 2)
    busy = [Connection(unoccupied=False) for _ in range(2)]
    assert all(port.enter(connection, "10.0.0.1") for connection in busy)
    assert not port.enter(Connection(), "10.0.0.2")
    assert (len(port), dict(port.closed)) == (2, {"refused": 1})


def test_a_crowded_source_closes_its_own_connections_and_no_others() -> None:
    port = limits(4, 2)
    other, *crowd = [Connection() for _ in range(4)]
    assert port.enter(other, "10.0.0.2")
    assert all(port.enter(connection, "10.0.0.1") for connection in crowd)
    assert [connection.closed for connection in (other, *crowd)] == [False, True, False, False]


def test_one_with_one_of_the_last_descriptors_gives_it_back_and_makes_room_for_the_next() -> None:
    port, first, second = limits(10, 10), Connection(), Connection()
    assert port.enter(first, "10.0.0.1")
    assert not port.enter(second, "10.0.0.1", last=True)
    assert (first.closed, len(port), dict(port.closed)) == (True, 0, {"made room": 1, "refused": 1})
    assert port.enter(Connection(), "10.0.0.1")


def test_who_has_left_makes_room_and_is_not_counted_twice() -> None:
    port, first = limits(1, 1), Connection(unoccupied=False)
    assert port.enter(first, "10.0.0.1")
    port.leave(first)
    port.leave(first)
    port.leave(Connection())
    assert len(port) == 0
    assert port.enter(Connection(), "10.0.0.1")
    assert port.closed == {}


def test_only_so_many_are_looked_at_for_room() -> None:
    port = limits(SEARCHED_MAX + 1, SEARCHED_MAX + 1)
    for _ in range(SEARCHED_MAX):
        assert port.enter(Connection(unoccupied=False), "10.0.0.1")
    idle = Connection()
    assert port.enter(idle, "10.0.0.1")
    assert not port.enter(Connection(), "10.0.0.1")
    assert not idle.closed


def test_it_is_noted_once_a_second_and_counted_every_time() -> None:
    clock, notes = Clock(), list[dict[str, str | float]]()
    port = ConnectionLimits(Bounds(1, 1), clock, lambda _, facts: notes.append(facts))
    for _ in range(5):
        assert port.enter(Connection(), "10.0.0.1")
    assert (len(notes), port.closed["made room"]) == (1, 4)
    clock.now_s = NOTE_EVERY_S
    assert port.enter(Connection(), "10.0.0.1")
    assert [note["why"] for note in notes] == ["made room", "made room"]


@pytest.mark.parametrize(
    ("descriptors", "total", "source"),
    [(976, 488, 366), (208, 104, 78), (12, CONNECTIONS_MIN, 6), (1_048_528, CONNECTIONS_MAX, 12288)],
)
def test_the_bounds_follow_from_the_descriptors(descriptors: int, total: int, source: int) -> None:
    assert bounds(descriptors) == Bounds(total, source)


def test_what_was_configured_is_kept_and_a_source_has_no_more_than_all() -> None:
    assert bounds(1024, total=100) == Bounds(100, 75)
    assert bounds(1024, total=100, source=20) == Bounds(100, 20)
    assert bounds(1024, total=100, source=200) == Bounds(100, 100)


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_a_source_is_an_address_or_a_network_that_one_machine_has(address: str, source: str) -> None:
    assert source_of(address) == source


async def test_at_the_cap_half_heads_make_room_for_whole_ones() -> None:
    limits = ConnectionLimits(Bounds(3, 3), RealWorld().now)
    async with listening(app_server(ok, limits)) as port:
        strangers = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
        for _, writer in strangers:
            writer.write(HALF)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(WHOLE)
        assert await answer(reader) == (200, b"ok")
        assert len(limits) <= 3
        assert limits.closed["made room"] == 18
        for _, one in (*strangers, (reader, writer)):
            await hang_up(one)


async def test_where_all_are_in_calls_a_new_connection_is_told_so() -> None:
    ends = asyncio.Event()

    async def slow(_: web.BaseRequest) -> RawResponse:
        await ends.wait()
        return RawResponse(OK, keep_alive=True)

    limits = ConnectionLimits(Bounds(1, 1), RealWorld().now)
    async with serving(slow, limits) as (reader, writer):
        writer.write(WHOLE)
        await until(lambda: limits)
        [connection] = connections(limits)
        await until(lambda: connection.busy)
        other, its_writer = await asyncio.open_connection(*writer.get_extra_info("peername"))
        assert (await answer(other))[0] == 503
        assert await other.read() == b""
        await hang_up(its_writer)
        ends.set()
        assert await answer(reader) == (200, b"ok")
