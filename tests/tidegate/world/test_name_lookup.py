"""A name that hangs holds up no other, whoever waits goes when it likes, and there is an end to the lookups."""

import asyncio
import errno
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
import uvloop

from tests.waiting import settle
from tidegate.world.name_lookup import LOOKUPS_MAX, OF_ONE_NAME_MAX, NameLookups

Runner = Callable[[Coroutine[Any, Any, None]], None]


class Resolver:
    """In the place of getaddrinfo(3): knows every name, and is silent about those that hang."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers = threading.Event()

    def __call__(self, host: str, port: int, **_: object) -> list[Any]:
        self.asked.append(host)
        if host.startswith("hung"):
            self.answers.wait()
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return [(0, 0, 0, "", ("192.0.2.1", port)), (0, 0, 0, "", ("192.0.2.1", port)), (0, 0, 0, "", ("::1", port))]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Resolver]:
    made = Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", made)
    yield made
    made.answers.set()


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_names_that_hang_hold_up_no_other_and_no_end(resolver: Resolver, runner: Runner) -> None:
    async def story() -> None:
        lookups = NameLookups()
        hanging = [asyncio.ensure_future(lookups.addresses(f"hung{n}.example", 80)) for n in range(40)]
        assert await lookups.addresses("good.example", 80) == ["192.0.2.1", "::1"]
        for waiting in hanging:
            waiting.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)

    runner(story())
    assert len(resolver.asked) == 41


async def test_of_one_name_only_so_many_are_under_way_and_all_who_wait_are_told(resolver: Resolver) -> None:
    lookups = NameLookups()
    waiting = [asyncio.ensure_future(lookups.addresses("hung.example", 80)) for _ in range(OF_ONE_NAME_MAX + 5)]
    assert await lookups.addresses("good.example", 80)
    assert len(resolver.asked) == OF_ONE_NAME_MAX + 1
    resolver.answers.set()
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(end) for end in ends} == {socket.gaierror}


async def test_beyond_its_bound_no_lookup_is_begun_and_that_is_our_own_want(resolver: Resolver) -> None:
    lookups = NameLookups()
    waiting = [asyncio.ensure_future(lookups.addresses(f"hung{n}.example", 80)) for n in range(LOOKUPS_MAX)]
    await settle()
    with pytest.raises(OSError, match="other names") as raised:
        await lookups.addresses("one.example", 80)
    assert raised.value.errno == errno.ENOBUFS
    resolver.answers.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert await lookups.addresses("one.example", 80)


async def test_an_address_needs_no_lookup_and_what_is_no_name_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    lookups = NameLookups()
    assert await lookups.addresses("2001:db8::1", 80) == ["2001:db8::1"]
    with pytest.raises(socket.gaierror):
        await lookups.addresses(f"{'a' * 64}.example", 80)

    def no_threads(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no_threads)
    with pytest.raises(OSError, match="new thread") as raised:
        await lookups.addresses("good.example", 80)
    assert raised.value.errno == errno.ENOMEM
