"""Our own store in trouble: a call that cannot be recorded is not sent, names the store, and is nobody else's fault."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.town import Answer, Step, Stream, Town, play
from tidegate.proxy.store.sqlite.sqlite_records import SqliteRecords
from tidegate.proxy.store.store_error import StoreError

OK: Step = (200, {"Content-Type": "application/json"}, b'{"id": 1}')


def spoil(town: Town, *, on: bool = True) -> None:
    """Let the store's file take nothing more, or let it again."""
    connection: sqlite3.Connection = town.proxy.parts.store._of._of._writer._connection  # type: ignore[attr-defined]  # SQLite's own
    connection.execute(f"PRAGMA query_only={int(on)}")


async def pay(town: Town, key: str = "k1") -> Answer:
    return await town.ask("POST", "/things/things", headers={"Idempotency-Key": key}, data=b"a=1")


def test_a_keyed_write_that_cannot_be_recorded_is_not_sent_and_names_the_store(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, int, int, int, str]:
        spoil(town)
        refused = [await pay(town, f"k{number}") for number in range(30)]
        asked = len(town.vendor.received)
        read = await town.ask("GET", "/things/things/1")
        unkeyed = await town.ask("POST", "/things/things", data=b"a=1")
        assert {answer.status for answer in refused} == {503}
        breakers = town.proxy.state()["things"].breakers
        return refused[-1], asked, read.status, unkeyed.status, str(breakers["default"]["state"])

    refused, asked, read, unkeyed, breaker = play(tmp_path, [OK], story)
    assert (refused.problem, refused.headers["Retry-After"], asked) == ("store-unavailable", "5", 0)
    assert "proxy_internal_error" in refused.headers["Proxy-Status"]
    assert "store.db" not in refused.body.decode(), "where it lies is not the app's to know"
    assert (read, unkeyed, breaker) == (200, 200, "closed")


def test_the_store_shows_its_trouble_until_a_write_has_worked(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[str, str, int, str, str]:
        spoil(town)
        await pay(town)
        trouble, shown = town.proxy.store_trouble, town.proxy.telemetry.metrics.render().decode()
        spoil(town, on=False)
        again = await pay(town)
        await town.proxy.parts.store.keep_clock(probing=True)
        return trouble, shown, again.status, town.proxy.store_trouble, town.proxy.telemetry.metrics.render().decode()

    trouble, shown, status, after, later = play(tmp_path, [OK], story)
    assert "attempt to write a readonly database" in trouble
    assert "tidegate_store_ready 0.0" in shown
    assert 'tidegate_store_errors_total{trouble="read-only"} 1.0' in shown
    assert (status, after) == (200, "")
    assert "tidegate_store_ready 1.0" in later


def test_an_answer_that_cannot_be_recorded_is_the_vendors_all_the_same_and_the_key_stays_taken(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, str, int, int]:
        paying = asyncio.ensure_future(pay(town))
        await town.world.sleep(0.5)
        spoil(town)
        first = await paying
        spoil(town, on=False)
        second = await pay(town)
        await town.world.sleep(7200)
        third = await pay(town)
        return (
            first,
            second.problem,
            third.status,
            len({seen.headers["Idempotency-Key"] for seen in town.vendor.received}),
        )

    answers = Stream([b'{"id": 1}'], every_s=1.0, headers={"Content-Type": "application/json"})
    first, second, third, keys = play(tmp_path, [answers, OK], story)
    assert (first.status, first.body, first.problem) == (200, b'{"id": 1}', "")
    assert (second, third, keys) == ("idempotency-conflict", 200, 1)


def test_a_store_that_is_slower_than_the_call_lets_go_of_it_at_its_time_and_of_its_key_later(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, float, int, int]:
        town.world.disk.commit_s, began = 9.0, town.world.now()
        headers = {"Idempotency-Key": "k1", "Tidegate-Timeout": "2s"}
        slow = await town.ask("POST", "/things/things", headers=headers, data=b"a=1")
        took_s, asked = town.world.now() - began, len(town.vendor.received)
        town.world.disk.commit_s = 0.001
        await town.world.sleep(20)
        return slow, took_s, asked, (await pay(town)).status

    slow, took_s, asked, again = play(tmp_path, [OK], story)
    assert (slow.status, slow.problem, slow.headers["Retry-After"], asked) == (503, "store-unavailable", "5", 0)
    assert took_s == pytest.approx(2.0, abs=0.1)
    assert again == 200, "the key is free: nothing was sent under it"


def test_an_unknown_outcome_that_cannot_be_noted_is_told_all_the_same(tmp_path: Path) -> None:
    async def story(town: Town) -> str:
        spoil(town)
        return (await town.ask("POST", "/things/shots", data=b"a=1")).problem

    assert play(tmp_path, ["reset"], story) == "outcome-unknown"


def test_a_call_cannot_be_looked_up_while_the_store_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise StoreError("store.db: this store cannot be used: disk I/O error", "disk")

    async def story(town: Town) -> Answer:
        monkeypatch.setattr(SqliteRecords, "find_call", broken)
        return await town.ask("GET", "/_tidegate/calls/0123456789abcdef01234567")

    answer = play(tmp_path, [], story)
    assert (answer.status, answer.problem, answer.headers["Retry-After"]) == (503, "store-unavailable", "5")


@pytest.mark.parametrize("jump_s", [2 * 86_400.0, -2 * 86_400.0, 100 * 86_400.0])
def test_a_wall_clock_that_is_put_right_sends_nothing_twice(tmp_path: Path, jump_s: float) -> None:
    async def story(town: Town) -> tuple[list[str], str, int]:
        await pay(town)
        paying = asyncio.ensure_future(pay(town, "k2"))
        await town.world.sleep(0.5)
        town.machine.skew_s += jump_s
        conflict = (await pay(town, "k2")).problem
        await paying
        await town.proxy.records.sweep(town.proxy.records.now())
        replayed = [(await pay(town, key)).headers["Idempotency-Replayed"] for key in ("k1", "k2")]
        town.crash()
        await town.restart()
        town.machine.skew_s -= jump_s
        replayed += [(await pay(town, key)).headers["Idempotency-Replayed"] for key in ("k1", "k2")]
        return replayed, conflict, len(town.vendor.received)

    slow = Stream([b"{}"], every_s=1.0, headers={"Content-Type": "application/json"})
    assert play(tmp_path, [OK, slow], story) == (["true"] * 4, "idempotency-conflict", 2)
