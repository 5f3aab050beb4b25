"""Tests of tidegate.proxy.telemetry.recent_calls."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.proxy.examples import attempt, finished, plan
from tests.proxy.store.places import NOW, at
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.store.records import KeyedCall, Records
from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore
from tidegate.proxy.telemetry.recent_calls import ADVICE, TURNED_AWAY_MAX, RecentCalls, TurnedAway, lookup
from tidegate.world.world import RealWorld

KEYED = KeyedCall("shop", "stripe", "PostRefunds", "k", "k", "f", "c1", 20.0, 3600.0, 86400.0)


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[Records]:
    made = SqliteStore(RealWorld(), str(tmp_path / "store.db"))
    await made.open(NOW)
    yield made.records
    await made.close()


async def test_a_recent_call_is_told_with_its_attempts(records: Records) -> None:
    recent = RecentCalls()
    recent.add(finished(attempts=[attempt(status=503, verdict=Verdict.FAILED), attempt(2)]))
    assert await lookup("c1", "shop", recent, records) == {
        "call": "c1",
        "vendor": "stripe",
        "operation": "PostRefunds",
        "outcome": "done",
        "status": 200,
        "began": "2023-11-14T22:13:20.000Z",
        "ended": "2023-11-14T22:13:20.500Z",
        "attempts": [
            {"n": 1, "verdict": "failed", "status": 503, "took_ms": 250.0},
            {"n": 2, "verdict": "success", "status": 200, "took_ms": 250.0},
        ],
    }


async def test_an_app_sees_no_other_apps_calls(records: Records) -> None:
    recent = RecentCalls()
    recent.add(finished())
    await records.begin(KEYED, at())
    assert await lookup("c1", "backoffice", recent, records) is None
    await records.finish("c1", Outcome.NOT_APPLIED, now=at())
    assert await lookup("c1", "backoffice", recent, records) is None


async def test_a_running_call_is_told_from_its_record(records: Records) -> None:
    await records.begin(KEYED, at())
    found = await lookup("c1", "shop", RecentCalls(), records)
    assert found is not None
    assert (found["outcome"], found["advice"]) == ("running", ADVICE["running"])
    assert "ended" not in found


async def test_what_was_unknown_and_is_settled_since_is_told_as_settled(records: Records) -> None:
    recent = RecentCalls()
    recent.add(finished(outcome=Outcome.UNKNOWN, status=504, problem=PROBLEMS["outcome-unknown"], key="k"))
    await records.begin(KEYED, at())
    await records.finish("c1", Outcome.UNKNOWN, now=at())
    found = await lookup("c1", "shop", recent, records)
    assert found is not None
    assert (found["outcome"], found["advice"]) == ("unknown", ADVICE["unknown keyed"])
    await records.begin(KeyedCall("shop", "stripe", "PostRefunds", "k", "k", "f", "c2", 20.0, 3600.0, 86400.0), at())
    await records.finish("c2", Outcome.DONE, now=at(), status=200)
    found = await lookup("c1", "shop", recent, records)
    assert found is not None
    assert (found["outcome"], found["status"]) == ("done", 200)
    assert "advice" not in found


async def test_an_unknown_write_without_a_key_is_told_to_be_looked_up(records: Records) -> None:
    await records.note_unknown("c9", "shop", "stripe", "PostRefunds", began_wall=NOW, now=at())
    found = await lookup("c9", "shop", RecentCalls(), records)
    assert found is not None
    assert found["advice"] == ADVICE["unknown"]


async def test_a_refused_write_is_safe_to_send_again_and_a_read_needs_no_advice(records: Records) -> None:
    recent = RecentCalls()
    refusal = {"outcome": Outcome.NOT_APPLIED, "problem": PROBLEMS["overloaded"], "status": 503, "attempts": []}
    recent.add(finished(**refusal))
    recent.add(finished(**refusal, call_id="c2", plan=plan(idempotency="safe")))
    write, read = await lookup("c1", "shop", recent, records), await lookup("c2", "shop", recent, records)
    assert write is not None
    assert read is not None
    assert (write["advice"], write["problem"]) == (ADVICE["not applied"], "overloaded")
    assert "advice" not in read


async def test_what_nobody_knows_is_none(records: Records) -> None:
    assert await lookup("c0", "shop", RecentCalls(), records) is None


def test_the_memory_of_recent_calls_is_bounded_and_brought_up_to_date_first() -> None:
    recent = RecentCalls(2)
    recent.before_find = lambda: recent.add(finished(call_id="c3"))
    recent.add(finished(call_id="c1"))
    recent.add(finished(call_id="c2"))
    found = recent.find("c3")
    assert found is not None
    assert recent.find("c1") is None


def test_what_did_not_go_smoothly_outlives_the_calls_after_it() -> None:
    recent = RecentCalls(2)
    recent.add(finished(call_id="failed", verdict=Verdict.FAILED))
    recent.add(finished(call_id="retried", attempts=[attempt(1), attempt(2)]))
    for number in range(4):
        recent.add(finished(call_id=f"c{number}"))
    assert [call.call_id for call in recent.newest()] == ["c3", "c2", "retried", "failed"]
    assert recent.find("failed") is not None
    for number in range(3):
        recent.add(finished(call_id=f"f{number}", verdict=Verdict.FAILED))
        recent.add(finished(call_id=f"s{number}"))
    assert [call.call_id for call in recent.newest()] == ["s2", "f2", "f1"]


def test_so_many_requests_that_never_became_calls_are_remembered_and_no_more() -> None:
    recent = RecentCalls()
    for number in range(TURNED_AWAY_MAX + 1):
        recent.add_turned_away(TurnedAway(f"r{number}", 1.0, "", "", "GET", PROBLEMS["app-unauthorized"], ""))
    assert len(recent.turned_away) == TURNED_AWAY_MAX
    assert "r0" not in recent.turned_away
