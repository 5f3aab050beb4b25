"""Of several proxies on one store one renews, the others take what it got, and nothing is used before it is stored."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

import pytest

from tidegate.chaos.world.disk import Disk
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.credentials.token_chain import ChainToken, read, written
from tidegate.proxy.credentials.token_renewal import BEAT_S, LEASE_S, Chain, TokenRenewal
from tidegate.proxy.policies.credentials.token_answer import NoGrant, TokenGrant
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore
from tidegate.proxy.store.store_error import StoreError
from tidegate.redaction.secret import Secret
from tidegate.testing import run

T = TypeVar("T")
GONE = NoGrant("invalid-grant", "invalid_grant")


class Endpoint:
    """A token endpoint whose refresh tokens rotate. One that was used is refused, its grace aside."""

    def __init__(self, world: VirtualWorld, grace: bool = False) -> None:
        self._world, self._grace = world, grace
        self.good, self.used = "r0", set[str]()
        self.asked: list[str] = []
        self.answers: list[NoGrant] = []
        self.takes_s = 0.5

    async def ask(self, refresh: Secret | None = None) -> TokenGrant | NoGrant:
        token = refresh.reveal() if refresh is not None else ""
        self.asked.append(token)
        await self._world.sleep(self.takes_s)
        if self.answers:
            return self.answers.pop(0)
        if refresh is not None:
            if token != self.good and not (self._grace and token in self.used):
                return GONE
            self.used.add(token)
            self.good = f"r{len(self.asked)}"
        return TokenGrant(f"a{len(self.asked)}", 3600.0, self.good if refresh is not None else "")

    async def close(self) -> None:
        """It has no connections."""


class Shared:
    """One store, and renewals of one chain for as many proxies as are asked for."""

    def __init__(self, world: VirtualWorld, *, rotating: bool = True, grace_s: float = 0.0) -> None:
        self.world, self.endpoint = world, Endpoint(world, bool(grace_s))
        self.store = SqliteStore(world.machine("store"), "store.db")
        self._chain = Chain("things x", Secret("r0") if rotating else None, grace_s)

    def proxy(self, name: str) -> TokenRenewal:
        endpoint: Any = self.endpoint
        machine = self.world.machine(name)
        return TokenRenewal(machine, self._chain, endpoint, self.store.tokens, self.store.clock.now)

    async def stored(self) -> ChainToken | None:
        return read(await self.store.tokens.read("things x"))


def play(story: Callable[[Shared], Awaitable[T]], **how: Any) -> T:
    async def main() -> T:
        shared = Shared(VirtualWorld(1, disk=Disk(commit_s=0.001)), **how)
        await shared.store.open(shared.world.wall())
        try:
            return await story(shared)
        finally:
            await shared.store.close()

    return run(main)


def token_of(found: ChainToken | NoGrant) -> ChainToken:
    assert isinstance(found, ChainToken), found
    return found


def test_one_asks_and_the_others_adopt() -> None:
    async def story(shared: Shared) -> tuple[set[str], list[str]]:
        proxies = [shared.proxy(f"p{number}") for number in range(5)]
        found = await asyncio.gather(*(proxy.renewed(0) for proxy in proxies))
        return {token_of(token).access for token in found}, shared.endpoint.asked

    assert play(story) == ({"a1"}, ["r0"])


def test_what_comes_next_is_asked_for_with_the_newest_refresh_token() -> None:
    async def story(shared: Shared) -> list[str]:
        first, second = shared.proxy("p1"), shared.proxy("p2")
        for version in range(4):
            renewal = (first, second)[version % 2]
            assert token_of(await renewal.renewed(version)).version == version + 1
        return shared.endpoint.asked

    assert play(story) == ["r0", "r1", "r2", "r3"]


def test_a_token_is_on_the_disk_before_anybody_has_it() -> None:
    async def story(shared: Shared) -> tuple[ChainToken | None, ChainToken]:
        renewal: Any = shared.proxy("p1")
        save, seen = renewal._save, list[ChainToken | None]()

        async def watched(*given: Any) -> Any:
            result = await save(*given)
            seen.append(await shared.stored())
            return result

        renewal._save = watched
        found = token_of(await renewal.renewed(0))
        return seen[0], found

    stored, found = play(story)
    assert stored == found


def test_a_store_that_fails_at_the_save_keeps_the_chain_and_the_token_is_used_once_it_is_stored() -> None:
    async def story(shared: Shared) -> tuple[ChainToken | NoGrant, ChainToken | NoGrant, list[str]]:
        tokens: Any = shared.store.tokens
        renewal = shared.proxy("p1")
        save = tokens.save

        async def failing(*_: Any) -> bool:
            tokens.save = save
            raise StoreError("the disk is full", "full")

        tokens.save = failing
        return await renewal.renewed(0), await renewal.renewed(0), shared.endpoint.asked

    first, second, asked = play(story)
    assert isinstance(first, NoGrant)
    assert token_of(second).refresh == "r1"
    assert asked == ["r0"], "what the vendor gave is stored, and not asked for again"


@pytest.mark.parametrize("rotating", [True, False])
def test_with_the_store_away_only_a_client_without_a_refresh_token_goes_on(rotating: bool) -> None:
    async def story(shared: Shared) -> tuple[ChainToken | NoGrant, list[str]]:
        async def away(*_: Any) -> Any:
            raise StoreError("it does not answer", "away")

        tokens: Any = shared.store.tokens
        tokens.lease = away
        return await shared.proxy("p1").renewed(3), shared.endpoint.asked

    found, asked = play(story, rotating=rotating)
    if rotating:
        assert (isinstance(found, NoGrant), asked) == (True, [])
    else:
        assert (token_of(found).version, asked) == (4, [""])


def test_a_refusal_that_a_sibling_caused_adopts_the_siblings_token() -> None:
    """Two stores would be needed to make it happen by itself; here the sibling writes past the lease."""

    async def story(shared: Shared) -> tuple[ChainToken, list[str]]:
        sibling, renewal = shared.proxy("p1"), shared.proxy("p2")
        await sibling.renewed(0)
        shared.endpoint.answers = [GONE]
        asking = asyncio.ensure_future(renewal.renewed(1))
        await shared.world.sleep(1.0)
        stored = await shared.stored()
        assert stored is not None
        lease = renewal._lease
        assert lease is not None
        await shared.store.tokens.save(lease, 2, written(replace(stored, version=2, access="sibling")))
        return token_of(await asking), shared.endpoint.asked

    found, asked = play(story)
    assert found.access == "sibling"
    assert len(asked) == 2


def test_the_refresh_token_before_is_tried_in_the_vendors_grace_and_not_after_it() -> None:
    async def story(shared: Shared) -> tuple[bool, list[str]]:
        renewal = shared.proxy("p1")
        await renewal.renewed(0)
        shared.endpoint.good = "lost"  # the vendor has forgotten what it gave
        found = await renewal.renewed(1)
        return isinstance(found, ChainToken), shared.endpoint.asked

    assert play(story, grace_s=60.0) == (True, ["r0", "r1", "r1", "r0"])
    assert play(story) == (False, ["r0", "r1", "r1"])


def test_the_lease_of_a_proxy_that_hangs_runs_out_and_it_writes_over_nothing() -> None:
    async def story(shared: Shared) -> tuple[ChainToken | NoGrant, ChainToken, str]:
        hanging, next_one = shared.proxy("p1"), shared.proxy("p2")
        shared.endpoint.takes_s = 2 * LEASE_S
        asking = asyncio.ensure_future(hanging.renewed(0))
        await shared.world.sleep(1.0)
        shared.endpoint.takes_s = 0.5
        taken = token_of(await next_one.renewed(0))
        late = await asking
        stored = await shared.stored()
        assert stored is not None
        return late, taken, stored.access

    late, taken, stored = play(story, rotating=False)
    assert stored == taken.access
    assert isinstance(late, NoGrant) or late.access == stored


@pytest.mark.parametrize(
    ("how", "least_s", "most_s"),
    [
        ({"rotating": False}, 2.0, 4.5),
        ({"grace_s": 60.0}, 2.0, 4.5),
        ({}, LEASE_S - 1.0, LEASE_S + 2.0),
    ],
    ids=["a client", "a grace", "used once"],
)
def test_who_died_while_it_asked_is_followed_soon_where_asking_twice_does_no_harm(
    how: dict[str, Any], least_s: float, most_s: float
) -> None:
    async def story(shared: Shared) -> float:
        dead, other = shared.proxy("dead"), shared.proxy("other")
        await shared.store.tokens.lease("things x", "dead", shared.store.clock.now(), dead._lease_s)
        began = shared.world.now()
        token = await other.renewed(0)
        assert isinstance(token, ChainToken)
        return shared.world.now() - began

    assert least_s < play(story, **how) < most_s


def test_a_short_lease_is_kept_for_as_long_as_the_vendor_takes() -> None:
    async def story(shared: Shared) -> tuple[list[str], set[str]]:
        shared.endpoint.takes_s = 9.0
        tokens = await asyncio.gather(*(shared.proxy(f"p{n}").renewed(0) for n in range(3)))
        assert all(isinstance(token, ChainToken) for token in tokens)
        return shared.endpoint.asked, {token.access for token in tokens if isinstance(token, ChainToken)}

    assert play(story, rotating=False) == ([""], {"a1"})


def test_a_token_is_stored_though_the_lease_was_just_taken_again_when_it_came() -> None:
    async def story(shared: Shared) -> ChainToken:
        shared.world.disk.commit_s = 0.6
        shared.endpoint.takes_s = BEAT_S + 0.3
        return token_of(await shared.proxy("p1").renewed(0))

    assert play(story, rotating=False).version == 1


def test_a_lease_that_one_was_not_told_of_is_ones_own_however_unsure_the_stores_clock_is() -> None:
    async def story(shared: Shared) -> ChainToken:
        def unsure() -> StoreTime:
            now = shared.store.clock.now()
            return now._replace(most=now.least + 9000.0)

        endpoint, tokens, lease = (
            cast("Any", shared.endpoint),
            cast("Any", shared.store.tokens),
            shared.store.tokens.lease,
        )
        renewal = TokenRenewal(shared.world.machine("p1"), Chain("things x", None, 0.0), endpoint, tokens, unsure)

        async def untold(*given: Any) -> Any:
            tokens.lease = lease
            await lease(*given)
            raise StoreError("its answer was lost", "away")

        token = token_of(await renewal.renewed(0))
        tokens.lease = untold
        await renewal.renewed(token.version)
        return token_of(await renewal.renewed(token.version + 1))

    assert play(story, rotating=False).version == 3


def test_the_age_of_a_token_of_ones_own_is_known_however_unsure_the_stores_clock_is() -> None:
    async def story(shared: Shared) -> tuple[float, float]:
        def unsure() -> StoreTime:
            now = shared.store.clock.now()
            return now._replace(most=now.least + 9000.0)

        endpoint: Any = shared.endpoint
        chain = Chain("things x", Secret("r0"), 0.0)
        mine = TokenRenewal(shared.world.machine("p1"), chain, endpoint, shared.store.tokens, unsure)
        others = TokenRenewal(shared.world.machine("p2"), chain, endpoint, shared.store.tokens, unsure)
        token = token_of(await mine.renewed(0))
        await shared.world.sleep(50.0)
        return mine.age_s(token), others.age_s(token)

    mine_s, others_s = play(story)
    assert mine_s == pytest.approx(50.0, abs=1.0)
    assert others_s == pytest.approx(9050.0, abs=1.0), "of another's question only the store tells"
