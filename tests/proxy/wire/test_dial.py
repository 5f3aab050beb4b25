"""Connections are made to addresses that were checked, the first that answers wins, and what fails is named."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.waiting import settle
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.wire.dial import (
    ADDRESSES_MAX,
    ATTEMPT_DELAY_S,
    Dialer,
    in_order,
    new_connection,
    not_connected,
    not_resolved,
)
from tidegate.proxy.wire.exchange_errors import NotSent, OutOfMeans
from tidegate.proxy.wire.transport import Origin
from tidegate.world import descriptors

SILENT = 1000.0
PORT = 80


@dataclass
class _Made:
    """A connection that says whether it was closed."""

    address: str
    closed: bool = False
    transport: None = None

    def close(self) -> None:
        self.closed = True


class Town(VirtualWorld):
    """A name with several addresses: each takes a connection after so many seconds, or refuses it (None)."""

    def __init__(self, takes_s: dict[str, float | None]) -> None:
        super().__init__(1)
        self.takes_s = takes_s
        self.tried: list[tuple[str, float]] = []
        self.made: list[Any] = []

    async def resolve(self, host: str, port: int) -> list[str]:
        return [*self.takes_s]

    async def connect(
        self, factory: Callable[[], Any], address: str, port: int, *, tls: object, server_name: str
    ) -> Any:
        self.tried.append((address, round(self.now() - self.began, 6)))
        wait_s = self.takes_s[address]
        if wait_s is None:
            raise ConnectionRefusedError
        await self.sleep(wait_s)
        connection = _Made(address)
        self.made.append(connection)
        return connection

    began = 0.0


def dialled(takes_s: dict[str, float | None], times: int = 1) -> tuple[Town, list[str]]:
    """Dial so many times, one after the other; the world, and to which address each led."""

    async def main() -> tuple[Town, list[str]]:
        town = Town(takes_s)
        town.began = town.now()
        dialer, led = Dialer(town, Origin("several.example", PORT, None, private=True), new_connection), []
        for _ in range(times):
            connection: Any = await dialer.dial(60.0)
            led.append(connection.address)
        await settle()
        return town, led

    return run(main)


@pytest.mark.parametrize(("hangs", "error"), [("name", "dns_timeout"), ("address", "connection_timeout")])
def test_what_took_too_long_is_told(hangs: str, error: str) -> None:
    class Slow(Town):
        async def resolve(self, host: str, port: int) -> list[str]:
            if hangs == "name":
                await self.sleep(100.0)
            return await super().resolve(host, port)

    async def main() -> tuple[str, float]:
        town = Slow({"192.0.2.1": 100.0})
        with pytest.raises(NotSent) as raised:
            await Dialer(town, Origin("vendor.example", PORT, None, private=True), new_connection).dial(2.0)
        return raised.value.error, town.now()

    assert run(main) == (error, 2.0)


def test_tls_is_told_a_name_without_the_dot_that_ends_it() -> None:
    told: list[str] = []

    class Secured(Town):
        async def connect(
            self, factory: Callable[[], Any], address: str, port: int, *, tls: object, server_name: str
        ) -> Any:
            told.append(server_name)
            return await super().connect(factory, address, port, tls=tls, server_name=server_name)

    async def main() -> None:
        await Dialer(
            Secured({"192.0.2.1": 0.0}), Origin("vendor.example.", PORT, None, private=True), new_connection
        ).dial(60.0)

    run(main)
    assert told == ["vendor.example"]


@pytest.mark.parametrize(
    ("host", "private", "error"),
    [
        ("nobody.example", False, "dns_error"),
        ("inside.example", False, "destination_ip_prohibited"),
        ("inside.example", True, "connection_refused"),
        ("169.254.169.254", False, "destination_ip_prohibited"),
    ],
)
def test_what_fails_is_named_and_nothing_was_sent(host: str, private: bool, error: str) -> None:
    async def main() -> str:
        world = VirtualWorld(1, names={"inside.example": "10.0.0.1"})
        with pytest.raises(NotSent) as raised:
            await Dialer(world, Origin(host, PORT, None, private=private), new_connection).dial(60.0)
        return raised.value.error

    assert run(main) == error


def test_an_address_that_says_nothing_costs_a_quarter_of_a_second_and_only_once() -> None:
    town, led = dialled({"192.0.2.1": SILENT, "192.0.2.2": 0.01}, times=2)
    assert led == ["192.0.2.2", "192.0.2.2"]
    assert town.tried == [("192.0.2.1", 0.0), ("192.0.2.2", 0.25), ("192.0.2.2", 0.26)]


def test_an_address_that_refuses_is_left_at_once() -> None:
    town, led = dialled({"192.0.2.1": None, "192.0.2.2": None, "192.0.2.3": 0.0})
    assert led == ["192.0.2.3"]
    assert {at for _, at in town.tried} == {0.0}


def test_a_slow_address_still_wins_where_the_next_is_slower() -> None:
    town, led = dialled({"192.0.2.1": ATTEMPT_DELAY_S + 0.01, "192.0.2.2": SILENT})
    assert led == ["192.0.2.1"]
    assert [address for address, _ in town.tried] == ["192.0.2.1", "192.0.2.2"]


def test_of_two_that_connect_in_the_same_turn_one_is_closed() -> None:
    town, [led] = dialled({"192.0.2.1": ATTEMPT_DELAY_S + 1.0, "192.0.2.2": 1.0})
    assert sorted(connection.closed for connection in town.made) == [False, True]
    assert [one.closed for one in town.made if one.address == led] == [False]


def test_where_all_refuse_the_last_refusal_is_told() -> None:
    with pytest.raises(NotSent, match=r"192\.0\.2\.2:80 refused"):
        dialled({"192.0.2.1": None, "192.0.2.2": None})


def test_who_gives_up_waiting_leaves_nothing_open() -> None:
    async def main() -> set[str]:
        town = Town({"192.0.2.1": SILENT, "192.0.2.2": SILENT})
        dialer = Dialer(town, Origin("several.example", PORT, None, private=True), new_connection)
        with pytest.raises(TimeoutError):
            async with town.timeout(1.0):
                await dialer.dial(60.0)
        await settle()
        return {task.get_name() for task in asyncio.all_tasks()} - {asyncio.current_task().get_name()}  # type: ignore[union-attr]  # it runs

    assert run(main) == set()


@pytest.mark.parametrize(
    ("addresses", "first", "order"),
    [
        (["a:1", "a:2", "1", "2"], "", ["a:1", "1", "a:2", "2"]),
        (["1", "2", "3", "a:1"], "", ["1", "a:1", "2", "3"]),
        (["1", "2", "3"], "3", ["3", "1", "2"]),
        (["1", "2"], "9", ["1", "2"]),
    ],
)
def test_families_take_turns_and_the_known_address_goes_first(
    addresses: Sequence[str], first: str, order: Sequence[str]
) -> None:
    assert in_order(addresses, first) == order


def test_an_address_that_takes_connections_and_does_not_answer_goes_last() -> None:
    town = Town({"1.1.1.1": 0.0, "2.2.2.2": 0.0, "3.3.3.3": 0.0})

    async def story() -> list[str]:
        dialer, came = Dialer(town, Origin("vendor.example", PORT, None, private=True), new_connection), []
        for answers in (False, False, True, True, False, False, False):
            came.append((await dialer.dial(60.0)).address)
            if not answers:
                dialer.failed(came[-1])
        return came

    one, two, three = town.takes_s
    assert run(story) == [one, two, three, three, three, one, two]


def test_so_many_addresses_that_failed_are_remembered_and_no_more() -> None:
    dialer = Dialer(Town({}), Origin("vendor.example", PORT, None, private=True), new_connection)
    for number in range(ADDRESSES_MAX + 5):
        dialer.failed(f"10.0.0.{number}")
    assert [*dialer._failed] == [f"10.0.0.{number}" for number in range(5, ADDRESSES_MAX + 5)]


def test_each_failure_to_connect_has_its_name() -> None:
    verify = ssl.SSLCertVerificationError()
    verify.verify_message = "expired"
    found = [
        not_connected(error, "a", 1).error for error in (verify, ssl.SSLError(), ConnectionRefusedError(), OSError())
    ]
    assert found == ["tls_certificate_error", "tls_protocol_error", "connection_refused", "destination_unavailable"]
    assert str(not_connected(ConnectionResetError(), "a", 1)) == "a:1: the connection was ended before it was ready"


@pytest.mark.parametrize(
    "number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL], ids=errno.errorcode.get
)
def test_want_of_our_own_is_named_as_ours(number: int) -> None:
    failure = not_connected(OSError(number, "x"), "192.0.2.1", 1)
    assert (type(failure), failure.error) == (OutOfMeans, "connection_limit_reached")


def test_an_ipv6_address_that_this_machine_does_not_have_is_not_want_of_ports() -> None:
    assert not isinstance(not_connected(OSError(errno.EADDRNOTAVAIL, "x"), "2001:db8::1", 1), OutOfMeans)


def test_a_name_that_is_not_found_is_the_vendors_trouble_unless_we_have_no_means_to_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    assert not_resolved(error, "v").error == "dns_error"
    assert isinstance(not_resolved(socket.gaierror(socket.EAI_MEMORY, "x"), "v"), OutOfMeans)
    monkeypatch.setattr(descriptors, "none_left", lambda: True)
    assert isinstance(not_resolved(error, "v"), OutOfMeans)


def test_a_public_address_that_is_this_very_machines_is_left_again() -> None:
    async def main() -> tuple[str, list[str]]:
        world, told = VirtualWorld(1, names={"self.example": "93.184.216.99"}), list[str]()
        await world.listen(asyncio.Protocol, "93.184.216.99", PORT)
        origin = Origin("self.example", PORT, None, private=False, on_address=lambda each: told.append(each.kind))
        connect = world.connect

        async def from_there(*given: Any, **more: Any) -> Any:
            made = await connect(*given, **more)
            made.transport._extra["sockname"] = ("93.184.216.99", 50_000)
            return made

        world.connect = from_there  # type: ignore[method-assign]  # the virtual wire has one own address
        with pytest.raises(NotSent, match="this machine itself") as raised:
            await Dialer(world, origin, new_connection).dial(60.0)
        return raised.value.error, told

    assert run(main) == ("destination_ip_prohibited", ["this machine"])
