"""Deliveries are sealed in every store: nothing personal is in it, and what cannot be opened ends with a reason."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.postgres_server import shared_server
from tests.proxy.store.delivering import ROOM, accepted, claimed, ids, new, state_of
from tests.proxy.store.places import Place, at, sqlite_at
from tidegate.proxy.policies.delivery.delivery import NewDelivery, Settlement
from tidegate.proxy.store.deliveries import Deliveries, DeliveryFilter, HandMade, Repeated
from tidegate.proxy.store.postgres.postgres_store import PostgresStore
from tidegate.proxy.store.sealed.seal import Seal
from tidegate.proxy.store.sealed.sealed_deliveries import KEY_GRACE_S, SealedDeliveries
from tidegate.proxy.store.sealed.sealing_keys import SealingKeys
from tidegate.proxy.store.store import Store
from tidegate.world.world import RealWorld

OLD, NEW = b"o" * 32, b"n" * 32
CANARY = b"ada.lovelace@example.org"
PATH = f"/v1/refunds?email={CANARY.decode()}"
LINES = b'[["X-Mail", "%b"]]' % CANARY
DONE = Settlement("done", status=201, answer_headers=LINES, answer_body=CANARY)


def sealed(store: Store, *keys: bytes) -> SealedDeliveries:
    """The deliveries of a store, where slates alone are not personal."""
    return SealedDeliveries(store.deliveries, Seal(Random(1), SealingKeys(keys), lambda name: name != "slates"))


def test_every_method_of_the_port_is_sealed_here_or_carries_no_body() -> None:
    """A method that the port gains passes through, so it has to be judged."""
    methods = {name for name, member in vars(Deliveries).items() if inspect.iscoroutinefunction(member)}
    assert methods - vars(SealedDeliveries).keys() == {
        "begin_attempt", "extend", "attempts", "depths", "next_due", "audit", "sweep",
    }  # fmt: skip


def letter(number: int = 1, **changes: Any) -> NewDelivery:
    personal = {"body": b"body " + CANARY, "headers": LINES, "destination": PATH}
    return new(number, **personal | changes)


async def carried(deliveries: Deliveries, then: NewDelivery | None = None) -> None:
    (one,) = await claimed(deliveries, 1.0)
    assert await deliveries.begin_attempt(one, "call", at(1.0)) is not None
    assert await deliveries.settle(one, DONE, at(2.0), then)


async def edit(store: Store, delivery_id: str, body: bytes) -> None:
    """What stands in the store is another body now."""
    assert await store.deliveries.act(
        delivery_id, HandMade("redo", "eve", body=body, key=f"x{body.hex()[-8:]}"), at(3.0)
    )


@dataclass
class Looked:
    """A place, and everything that is stored there, as bytes and in hex."""

    place: Place
    written: Callable[[], bytes]

    def holds(self, text: bytes) -> bool:
        everything = self.written()
        return text in everything or text.hex().encode() in everything.lower()


@pytest.fixture(params=["sqlite", "postgresql"])
def looked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Looked]:
    if request.param == "sqlite":
        yield Looked(sqlite_at(tmp_path), lambda: b"".join(file.read_bytes() for file in tmp_path.glob("store.db*")))
        return
    url = shared_server().fresh_url()
    schema = url.rpartition("%3D")[2]

    def rows() -> bytes:
        query = f"SELECT tablename FROM pg_tables WHERE schemaname = '{schema}'"
        tables = [str(name) for (name,) in shared_server().execute(query)]
        assert len(tables) > 5
        found = [shared_server().execute(f"SELECT t::text FROM {schema}.{name} t") for name in tables]
        return repr(found).encode()

    yield Looked(Place(lambda: PostgresStore(RealWorld(), url)), rows)


async def test_nothing_personal_is_anywhere_in_the_store(looked: Looked) -> None:
    async with looked.place.opened() as store:
        deliveries = sealed(store, OLD)
        await accepted(deliveries, letter(1))
        push = letter(2, box="inbox", vendor="tidegate")
        await carried(deliveries, push)
        await deliveries.pass_on([], [letter(3, box="inbox", vendor="tidegate")], at(2.0))
        await accepted(deliveries, letter(4))
        (four,) = await claimed(deliveries, 3.0)
        await deliveries.settle(four, Settlement("parked", detail="nobody knows"), at(3.0))
        assert await deliveries.act("d4", HandMade("redo", "ada", body=b"again " + CANARY, key="k5"), at(4.0))
        assert not looked.holds(CANARY)
        assert looked.holds(b"PostRefunds")
        bodies = [found.new.body for n in (1, 2, 3, 4) if (found := await deliveries.find(f"d{n}"))]
    assert not looked.holds(CANARY)
    assert bodies == [b"body " + CANARY] * 3 + [b"again " + CANARY]


async def test_what_is_not_personal_is_stored_as_it_is(looked: Looked) -> None:
    async with looked.place.opened() as store:
        await accepted(sealed(store, OLD), letter(1, vendor="slates"))
        await accepted(sealed(store), letter(2))
        assert looked.holds(CANARY)
        first, second = await store.deliveries.find("d1"), await store.deliveries.find("d2")
        assert first is not None
        assert second is not None
        assert [first.new.body, second.new.body] == [b"body " + CANARY] * 2


async def test_all_that_comes_out_is_as_it_went_in(place: Place) -> None:
    async with place.opened() as store:
        deliveries, one = sealed(store, OLD), letter(1)
        await accepted(deliveries, one)
        repeated = await deliveries.accept(one, at(), ROOM)
        assert isinstance(repeated, Repeated)
        assert repeated.delivery.new == one
        (leased,) = await claimed(deliveries, 1.0)
        assert leased.new == one
        await deliveries.begin_attempt(leased, "call", at(1.0))
        assert await deliveries.settle(leased, DONE, at(2.0))
        found = await deliveries.find("d1")
        assert found is not None
        assert (found.new, found.answer_headers, found.answer_body, found.unopened) == (one, LINES, CANARY, "")
        assert found == await deliveries.find_key("outbox", "shop", "stripe", "PostRefunds", "k1")


async def test_a_list_shows_the_paths_and_none_that_cannot_be_opened(place: Place) -> None:
    async with place.opened() as store:
        await accepted(sealed(store, OLD), letter(1))
        shown = [(await sealed(store, *keys).page(DeliveryFilter())).deliveries for keys in ((OLD,), (NEW,))]
        assert [one.new.destination for (one,) in shown] == [PATH, ""]
        found = await sealed(store, NEW).find("d1")
        assert found is not None
        assert (found.new.destination, found.new.body) == ("", b"")
        assert found.unopened


async def test_a_key_is_changed_without_a_stop(place: Place) -> None:
    async with place.opened() as store:
        await accepted(sealed(store, OLD), letter(1))
        both = sealed(store, NEW, OLD)
        await accepted(both, letter(2))
        assert [one.new.body for one in await claimed(both, 1.0)] == [b"body " + CANARY] * 2
    async with place.opened() as store:
        second = await sealed(store, NEW).find("d2")
        assert second is not None
        assert second.new.body == b"body " + CANARY


async def test_a_key_that_another_proxy_has_already_is_waited_for(place: Place) -> None:
    async with place.opened() as store:
        first, second = sealed(store, NEW, OLD), sealed(store, OLD)
        await accepted(first, letter(1), letter(2, state="unknown"))
        for age in (1.0, 100.0, 500.0):
            assert await claimed(second, age) == []
            assert [await state_of(store.deliveries, name) for name in ("d1", "d2")] == ["queued", "unknown"]
        leased = await claimed(first, 505.0)
        assert sorted(ids(leased)) == ["d1", "d2"]
        assert {(one.attempts, one.leases_lost, one.unopened) for one in leased} == {(0, 0, "")}


async def test_one_whose_answer_alone_cannot_be_opened_goes_on(place: Place) -> None:
    async with place.opened() as store:
        first, second = sealed(store, NEW, OLD), sealed(store, OLD)
        await accepted(second, letter(1))
        (one,) = await claimed(first, 1.0)
        await first.begin_attempt(one, "call", at(1.0))
        again = Settlement("waiting", not_before=2000.0, status=503, answer_headers=LINES, answer_body=CANARY)
        await first.settle(one, again, at(2.0))
        (other,) = await claimed(second, 2000.0)
        assert (other.new.body, other.answer_body) == (b"body " + CANARY, b"")
        assert "not among sealing.keys" in other.unopened


async def test_one_whose_key_is_gone_is_dead_and_goes_once_the_key_is_back(place: Place) -> None:
    async with place.opened() as store:
        await accepted(sealed(store, OLD), letter(1))
        later = sealed(store, NEW)
        await accepted(later, letter(2))
        assert ids(await claimed(later, KEY_GRACE_S)) == ["d2"]
        assert await state_of(later, "d1") == "dead sealed"
        dead = await later.find("d1")
        assert dead is not None
        assert (dead.new.body, dead.new.headers, dead.attempts) == (b"", b"", 0)
        assert SealingKeys([OLD]).names[0] in dead.detail
        assert dead.unopened == dead.detail
        again = sealed(store, NEW, OLD)
        assert await again.act("d1", HandMade("replay", "ada"), at(601.0)) is not None
        assert [one.new.body for one in await claimed(again, 602.0)] == [b"body " + CANARY]


async def test_one_that_may_have_been_carried_out_is_parked_instead(place: Place) -> None:
    async with place.opened() as store:
        await accepted(sealed(store, OLD), letter(1, state="unknown"))
        assert await claimed(sealed(store), KEY_GRACE_S) == []
        assert await state_of(store.deliveries, "d1") == "parked"


async def test_bytes_that_were_changed_end_it_and_nothing_else(place: Place) -> None:
    async with place.opened() as store:
        deliveries = sealed(store, OLD)
        await accepted(deliveries, letter(1), letter(2))
        stored = [await store.deliveries.find(f"d{n}") for n in (1, 2)]
        first, second = (one.new.body for one in stored if one is not None)
        assert ids(await claimed(deliveries, 1.0)) == ["d1", "d2"]
        for one in await claimed(deliveries, 100.0):
            await store.deliveries.settle(one, Settlement("parked"), at(101.0))
        await edit(store, "d1", second)  # that of another delivery
        await edit(store, "d2", second[:-1] + bytes([second[-1] ^ 1]))
        assert first != second
        assert await claimed(deliveries, 102.0) == []
        assert [await state_of(deliveries, name) for name in ("d1", "d2")] == ["dead sealed"] * 2
        dead = await deliveries.find("d1")
        assert dead is not None
        assert "was changed" in dead.detail


async def test_a_body_that_looks_sealed_is_the_app_s_own(place: Place) -> None:
    async with place.opened() as store:
        deliveries = sealed(store, OLD)
        await accepted(deliveries, letter(1))
        stored = await store.deliveries.find("d1")
        assert stored is not None
        for n, vendor in ((2, "slates"), (3, "stripe")):
            one = letter(n, vendor=vendor, body=stored.new.body)
            await accepted(deliveries, one)
            found = await deliveries.find(one.id)
            assert found is not None
            assert found.new == replace(one)


async def test_all_else_is_the_store_s(place: Place) -> None:
    async with place.opened() as store:
        deliveries, woken = sealed(store, OLD), list[str]()
        deliveries.wake = woken.append
        await accepted(deliveries, letter(1))
        assert "outbox" in woken  # a store may wake the workers more often than it must
        assert deliveries.wake == store.deliveries.wake
        (one,) = await claimed(deliveries, 1.0)
        assert await deliveries.extend([one], at(1.0), lease_s=60.0) == {"d1"}
        assert await deliveries.begin_attempt(one, "call", at(1.0)) == 1
        assert await deliveries.settle(one, Settlement("dead", dead_reason="rejected"), at(2.0))
        assert len(await deliveries.alarms()) == len(await deliveries.attempts("d1")) == 1
        assert await deliveries.act("nobody", HandMade("redo", "ada", body=b"x", key="k"), at(2.0)) is None
        assert [depth.rows for depth in await deliveries.depths()] == [1]
        assert await deliveries.audit("d1") == []
        assert await deliveries.next_due("outbox", at(3.0)) is None
        assert await deliveries.find("nobody") is None
        assert await deliveries.sweep(at(3.0)) == 0
