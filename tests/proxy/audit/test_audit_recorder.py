"""Tests of tidegate.proxy.audit.audit_recorder, on the virtual disk."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import pytest

from tidegate.chaos.world.disk import Disk
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.audit import audit_recorder
from tidegate.proxy.audit.audit_recorder import AuditRecorder
from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore
from tidegate.proxy.store.store_error import StoreError
from tidegate.testing import run

T = TypeVar("T")


class Office:
    """A recorder on an open store, with what it noted."""

    def __init__(self, world: VirtualWorld) -> None:
        machine = world.machine("proxy")
        self.store = SqliteStore(machine, "store.db")
        self.notes: list[Mapping[str, Any]] = []
        self.recorder = AuditRecorder(
            machine, self.store, lambda _, facts: self.notes.append(facts), lambda text: text.replace("sk_live", "***")
        )

    async def rows(self) -> list[dict[str, Any]]:
        return [json.loads(row.line) for row in await self.store.audit.rows()]


def play(story: Callable[[Office], Awaitable[T]]) -> T:
    """Run a story with an office of its own."""

    async def main() -> T:
        world = VirtualWorld(0, disk=Disk(commit_s=0.01))
        office = Office(world)
        await office.store.open(world.wall())
        try:
            return await story(office)
        finally:
            await office.recorder.close()
            await office.store.close()
            world.disk.close()

    return run(main)


def test_what_is_recorded_is_written_in_the_background_and_noted_with_its_digest() -> None:
    async def story(office: Office) -> None:
        office.recorder.record("breaker.forced", who="ada", target="breaker:stripe/default", reason="calm", to="open")
        assert await office.rows() == []
        assert await office.recorder.flush(5.0)
        [row] = await office.rows()
        assert (row["what"], row["who"], row["facts"]) == ("breaker.forced", "ada", {"to": "open"})
        head = await office.store.audit.head()
        assert office.notes == [
            {"what": "breaker.forced", "who": "ada", "target": "breaker:stripe/default", "n": 1, "digest": head.digest}
        ]

    play(story)


def test_no_secret_stands_in_a_row() -> None:
    async def story(office: Office) -> None:
        office.recorder.record("reload.refused", who="sk_live", reason="not sk_live", why="sk_live!")
        await office.recorder.flush(5.0)
        assert "sk_live" not in json.dumps(await office.rows())

    play(story)


def test_a_fingerprint_tells_two_values_apart_and_is_no_bare_hash() -> None:
    async def story(office: Office) -> None:
        fingerprint = office.recorder.fingerprint("a")
        assert fingerprint == office.recorder.fingerprint("a") != office.recorder.fingerprint("b")
        office.store.audit.key = b"another store's"
        assert office.recorder.fingerprint("a") != fingerprint
        office.store.audit.key = b""
        assert office.recorder.fingerprint("a") == "", "without a key there is none"

    play(story)


def test_a_kind_that_nobody_knows_is_refused_where_it_is_recorded() -> None:
    async def story(office: Office) -> None:
        with pytest.raises(ValueError, match="add it to AUDITED"):
            office.recorder.record("breaker.froced")

    play(story)


def test_while_the_store_is_away_rows_wait_and_what_goes_beyond_the_bound_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit_recorder, "WAITING_MAX", 3)

    async def story(office: Office) -> None:
        append, away = office.store.audit.append, True

        async def sometimes(*given: Any) -> Any:
            if away:
                raise StoreError("away", "away")
            return await append(*given)

        monkeypatch.setattr(office.store.audit, "append", sometimes)
        for number in range(5):
            office.recorder.record("breaker.forced", who=f"p{number}")
        assert not await office.recorder.flush(10.0)
        away = False
        assert await office.recorder.flush(10.0)
        rows = await office.rows()
        assert [row["who"] for row in rows] == ["p0", "p1", "p2", "tidegate"]
        assert rows[-1]["facts"] == {"rows": 2}

    play(story)


def test_what_waits_is_written_before_the_end() -> None:
    async def story(office: Office) -> Office:
        for number in range(250):
            office.recorder.record("breaker.forced", who=f"p{number}")
        return office

    assert len(play(story).notes) == 250
