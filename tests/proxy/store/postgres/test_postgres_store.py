"""Tests of tidegate.proxy.store.postgres.postgres_store: a server that is killed, and passwords."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Iterator

import pytest

from tests.postgres_server import PostgresServer, running, shared_server
from tests.proxy.store.places import NOW
from tests.proxy.store.postgres.conftest import CutWire, proxy_at
from tests.proxy.store.postgres.test_postgres_migrations import schema_of
from tests.waiting import settle, until
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.policies.resilience.idempotency_record import Begin, Replay, Resume
from tidegate.proxy.store.postgres.postgres_store import PostgresStore
from tidegate.proxy.store.records import KeyedCall
from tidegate.proxy.store.store_error import StoreError
from tidegate.world.world import RealWorld


@pytest.fixture
def mortal() -> Iterator[PostgresServer]:
    with running() as server:
        yield server


class Apps:
    """Apps that call without end; what each call was told."""

    def __init__(self, store: PostgresStore) -> None:
        self.store, self.stopping = store, False
        self.begun: set[str] = set()
        self.done: set[str] = set()
        self.refused: set[str] = set()

    async def run(self, apps: int) -> None:
        await asyncio.gather(*(self._app(f"app{number}") for number in range(apps)))

    async def _app(self, name: str) -> None:
        number = 0
        while not self.stopping:
            number += 1
            await self._call(f"{name}-{number}")
            await settle(1)

    async def _call(self, name: str) -> None:
        records = self.store.records
        keyed = KeyedCall("shop", "stripe", "PostRefunds", name, name, "f", name, 20.0, 3600.0, 86400.0)
        try:
            await records.begin(keyed, records.now())
        except StoreError:
            self.refused.add(name)
            return
        self.begun.add(name)
        with contextlib.suppress(StoreError):
            await records.finish(name, Outcome.DONE, now=records.now(), status=200, body=name.encode())
            self.done.add(name)

    async def until_done(self, more: int) -> None:
        goal = len(self.done) + more
        await until(lambda: len(self.done) >= goal)


@pytest.mark.slow
async def test_no_acknowledged_row_is_lost_when_the_server_is_killed_and_every_call_is_settled(
    mortal: PostgresServer,
) -> None:
    async with proxy_at(mortal.url()) as store:
        apps = Apps(store)
        running = asyncio.ensure_future(apps.run(12))
        for _ in range(3):
            await apps.until_done(50)
            mortal.kill()
            await until(lambda: store.health.trouble)
            mortal.start()
            await healed(store)
        await apps.until_done(50)
        apps.stopping = True
        await running
        await store.keep_clock(probing=False)
        assert store.records._late.unsettled == ()
        assert apps.refused
        for name in apps.begun:
            stored = await store.records.find_call(name)
            assert stored is not None, f"{name} was acknowledged"
            assert stored.state == "done", name
        for name in apps.refused:
            assert await store.records.find_call(name) is None, f"{name} was refused, so it was never sent"


async def healed(store: PostgresStore) -> None:
    while store.health.trouble:
        try:
            await store.keep_clock(probing=True)
        except StoreError:
            continue


class Vendor:
    """A vendor that remembers keys, and the apps of two proxies, which use few keys again and again."""

    def __init__(self, stores: list[PostgresStore], seed: int) -> None:
        self.stores, self.seed, self.calls, self.stopping = stores, seed, 0, False
        self.running: dict[str, str] = {}
        self.effects: dict[str, bytes] = {}
        self.wrong: list[str] = []

    async def app(self, name: int) -> None:
        rng = random.Random(f"{self.seed} {name}")
        while not self.stopping:
            self.calls += 1
            with contextlib.suppress(StoreError):
                await self._call(rng, f"k{rng.randrange(8)}-{self.calls // 200}", f"c{self.calls}")
            await settle(1)

    async def _call(self, rng: random.Random, key: str, call_id: str) -> None:
        records = rng.choice(self.stores).records
        keyed = KeyedCall("shop", "stripe", "PostRefunds", key, key, "f", call_id, 20.0, 3600.0, 86400.0)
        decision = await records.begin(keyed, records.now())
        if isinstance(decision, Replay) and decision.record.body != self.effects.get(key):
            self.wrong.append(f"{key} was answered with what was not done")
        if not isinstance(decision, Begin | Resume):
            return
        if key in self.running:
            self.wrong.append(f"{call_id} and {self.running[key]} run {key} at once")
        self.running[key] = call_id
        await settle(rng.randrange(5))
        outcome = rng.choice((Outcome.DONE, Outcome.DONE, Outcome.NOT_APPLIED, Outcome.UNKNOWN))
        if outcome is Outcome.DONE and isinstance(decision, Begin) and key in self.effects:
            self.wrong.append(f"{key} was begun anew")
        if outcome is Outcome.DONE:
            self.effects.setdefault(key, call_id.encode())
        del self.running[key]
        await records.finish(call_id, outcome, now=records.now(), status=200, body=self.effects.get(key, b""))


@pytest.mark.slow
async def test_whatever_answers_are_lost_no_key_is_run_by_two_or_begun_anew_after_it_was_done(url: str) -> None:
    seed = random.Random().getrandbits(32)
    rng, port = random.Random(seed), shared_server().port
    async with CutWire(port).relaying() as one, CutWire(port).relaying() as other:
        urls = [shared_server().url(schema_of(url), port=wire.port) for wire in (one, other)]
        async with proxy_at(urls[0]) as first, proxy_at(urls[1]) as second:
            vendor = Vendor([first, second], seed)
            apps = asyncio.gather(*(vendor.app(number) for number in range(8)))
            for _ in range(20):
                goal = vendor.calls + rng.randrange(40)
                await until(lambda goal=goal: vendor.calls >= goal)  # type: ignore[misc]  # as above
                wire = rng.choice((one, other))
                wire.lose_next_answer = rng.random() < 0.7
                if not wire.lose_next_answer:
                    wire.cut()
                for store in vendor.stores:
                    await healed(store)
            vendor.stopping = True
            await apps
            for store in vendor.stores:
                await store.keep_clock(probing=False)
                assert store.records._late.unsettled == (), f"seed {seed}"
    assert vendor.wrong == [], f"seed {seed}"
    assert vendor.effects


@pytest.mark.slow
async def test_a_server_that_is_not_there_yet_stops_the_start_and_one_that_goes_refuses_keyed_writes_at_once(
    mortal: PostgresServer,
) -> None:
    url = mortal.url()
    mortal.stop()
    with pytest.raises(StoreError, match="onnection refused") as why:
        async with proxy_at(url):
            pass
    assert why.value.trouble == "away"
    mortal.start()
    async with proxy_at(url) as store:
        mortal.stop()
        for _ in range(3):
            with pytest.raises(StoreError):
                await store.records.find_call("c1")
        assert store.health.trouble
        mortal.start()
        await healed(store)
        assert await store.records.find_call("c1") is None


def guarded(server: PostgresServer) -> None:
    rules = server.data / "pg_hba.conf"
    line = "host all guarded 127.0.0.1/32 scram-sha-256\n"
    if not rules.read_text().startswith(line):
        rules.write_text(line + rules.read_text())
        rules.chmod(0o644)
        server.execute("SELECT pg_reload_conf()")
        server.execute("CREATE ROLE guarded LOGIN SUPERUSER PASSWORD 'canary/pass word'")


async def test_a_password_opens_the_store_and_is_never_shown(url: str, caplog: pytest.LogCaptureFixture) -> None:
    server = shared_server()
    guarded(server)
    caplog.set_level(logging.DEBUG)
    right = server.url(schema_of(url), user="guarded:canary%2Fpass%20word")
    async with proxy_at(right) as store:
        assert await store.records.find_call("c1") is None
        shown = [repr(store), repr(store._connections), repr(store._connections._pool), repr(store._address)]
    for wrong in (
        right.replace("word@", "canary@"),
        right.replace(f":{server.port}", ":1"),
        right.replace("127.0.0.1", "nowhere.invalid"),
        right.replace("/postgres?", "/canary?").replace("canary?", "no-database?"),
        right.replace("?options", "?sslmode=require&options"),
    ):
        with pytest.raises(StoreError) as why:
            async with proxy_at(wrong):
                pass
        assert why.value.trouble == "away", str(why.value)
        shown += [str(why.value), repr(why.value)]
    for text in (*shown, caplog.text):
        assert "canary" not in text


async def test_a_password_may_come_from_libpqs_own_places(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    server = shared_server()
    guarded(server)
    monkeypatch.setenv("PGPASSWORD", "canary/pass word")
    async with proxy_at(server.url(schema_of(url), user="guarded")) as store:
        assert await store.records.find_call("c1") is None


async def test_a_url_that_is_none_is_refused_before_anything_is_connected() -> None:
    with pytest.raises(StoreError, match="this is no URL"):
        PostgresStore(RealWorld(), "postgresql://db/x?nothing=1")


async def test_a_store_that_failed_to_open_is_closed_and_asked_for_nothing(url: str) -> None:
    store = PostgresStore(RealWorld(), shared_server().url(schema_of(url), port=1))
    with pytest.raises(StoreError):
        await store.open(NOW)
    with pytest.raises(StoreError, match="it is not open"):
        await store.records.find_call("c1")
    await store.close()
