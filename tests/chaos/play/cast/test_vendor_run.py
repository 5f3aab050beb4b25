"""A written scenario about somebody's own vendors is played both ways, and judged by their plans and journals."""

from pathlib import Path

import pytest

from tests.chaos.hunt import named
from tests.chaos.kiosk import kiosk_cast, scenario
from tests.chaos.mutants import planted
from tidegate.chaos.play import trial
from tidegate.chaos.play.cast.preparation import rehearsed
from tidegate.chaos.play.cast.usual_load import with_usual_load
from tidegate.chaos.play.cast.vendor_run import play_vendors

LOST = [{"kind": "reset_after", "probability": "30%"}, {"kind": "latency", "delay": "50ms"}]
SALES = [{"rate": "2/s", "mix": {"leaveNote": 2, "listTickets": 1}}]


def test_the_naive_app_does_twice_what_tidegate_does_once(tmp_path: Path) -> None:
    cast = rehearsed(kiosk_cast(tmp_path))
    run = play_vendors(cast, scenario(load=SALES, faults=LOST), 1)
    assert (run.broken, run.untried) == ((), ())
    assert run.naive["kiosk"].doubled > 0
    assert run.tidegate["kiosk"].doubled == run.tidegate["kiosk"].lost == 0
    assert run.naive["kiosk"].asked == run.tidegate["kiosk"].asked == 60


def test_two_vendors_are_played_together_and_a_fault_may_be_of_one(tmp_path: Path) -> None:
    cast = rehearsed(kiosk_cast(tmp_path, "east", "west"))
    given = scenario(load=[{"rate": "1/s"}], faults=[{"kind": "error", "vendor": "west", "effect": "none"}])
    run = play_vendors(cast, with_usual_load(given, cast), 1)
    assert run.untried == ()
    assert run.tidegate["east"].done == run.tidegate["east"].asked == 30
    assert run.tidegate["west"].done == 0


def test_a_check_that_does_not_hold_is_a_broken_promise(tmp_path: Path) -> None:
    cast = rehearsed(kiosk_cast(tmp_path))
    given = scenario(load=SALES, checks=[{"operations": ["listTickets"], "p99": "1ms"}, {"done": "90%"}])
    (sentence,) = play_vendors(cast, given, 1).broken
    assert sentence.startswith("check 1 (listTickets): p99 is ")


def test_what_a_vendor_refuses_when_all_is_calm_makes_a_run_inconclusive(tmp_path: Path) -> None:
    given = scenario(
        load=[{"rate": "1/s", "mix": {"wrong": 1, "listTickets": 1}}],
        requests={"wrong": {"operation": "sellTicket", "body": {"seats": 99}}},
    )
    run = play_vendors(rehearsed(kiosk_cast(tmp_path, given=given.requests)), given, 1)
    assert run.broken == ()
    (sentence,) = run.untried
    assert sentence.startswith("kiosk wrong: 4")
    assert "under `requests`" in sentence


def test_a_planted_bug_is_found(tmp_path: Path) -> None:
    cast = rehearsed(kiosk_cast(tmp_path))
    with planted(named("a_sent_post_is_resent_without_a_plan")):
        broken = play_vendors(cast, scenario(load=SALES, faults=LOST), 1).broken
    assert any(sentence.startswith("doubled: ") for sentence in broken)


def test_a_world_that_does_not_end_is_a_broken_promise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "END_S", -50.0)
    (sentence,) = play_vendors(kiosk_cast(tmp_path), scenario(load=SALES), 1).broken
    assert sentence.startswith("stuck: ")
