"""`tidegate demo` from beginning to end, on real sockets; and its verdict, of figures that are given."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.tidegate.report.page_reading import ReadPage
from tidegate.chaos.judge.invariants import USEFUL_SHARE, RunFigures
from tidegate.chaos.judge.invariants import broken as broken_promises
from tidegate.chaos.play import run
from tidegate.chaos.play.live import written_story
from tidegate.chaos.play.run import PlayedRun
from tidegate.cli import main
from tidegate.cli.proof import demo
from tidegate.scenario.scenario import Scenario
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor

PROGRAM = [sys.executable, "-c", "from tidegate.cli import main; main()", "demo"]
SECONDS = 15.0
STORY = Scenario.model_validate(written_story(SECONDS))

HELD = RunFigures(
    asked=100, feasible=100, done=95, lost=0, doubled=0, contradicted=0, unknown=0, over_quota=0, attempts=120, leaked=0
)

NAIVE = replace(HELD, doubled=9)


@pytest.mark.slow
def test_the_demo_prints_one_document_and_holds() -> None:
    """Virtual time is the same on every machine, so the full-length part must keep every promise.

    The live part must keep those of safety. How much gets done there is a matter of real time, on a machine that may
    stand still; so the same story is judged in virtual time below, and half of it must do here.
    """
    done = subprocess.run(
        [*PROGRAM, "--seconds", f"{SECONDS:g}", "--json"], capture_output=True, text=True, check=False, timeout=115
    )
    document = json.loads(done.stdout)
    broken = [line for line in done.stderr.splitlines() if line.startswith("broken: ")]
    assert [line for line in broken if not line.startswith("broken: live: useful: ")] == [], done.stderr
    assert (done.returncode, document["held"]) == (1 if broken else 0, not broken)
    assert document["tidegate"]["done"] >= USEFUL_SHARE * document["tidegate"]["feasible"] > 0
    assert document["live"]["done"] > document["live"]["feasible"] / 2
    figures = {"asked", "feasible", "done", "lost", "doubled", "over_quota", "attempts"}
    for name in ("naive", "tidegate", "live"):
        assert set(document[name]) == figures
    for name in ("tidegate", "live"):
        assert [document[name][field] for field in ("lost", "doubled", "over_quota")] == [0, 0, 0]
    assert document["naive"]["doubled"] + document["naive"]["over_quota"] > 0
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("live", "code", "broken"),
    [
        (HELD, 0, []),
        (replace(HELD, done=94), 1, ["broken: live: useful: 94 done is less than 95% of 100 feasible"]),
        (replace(HELD, doubled=1), 1, ["broken: live: doubled: 1 intents were paid more than once"]),
    ],
)
def test_a_promise_that_broke_live_is_exit_code_1(
    live: RunFigures,
    code: int,
    broken: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = tmp_path / "demo.html"
    monkeypatch.setattr(demo, "_live", lambda *_: PlayedRun(live, [], []))
    monkeypatch.setattr(demo, "_full_length", lambda *_: tuple(PlayedRun(one, [], []) for one in (NAIVE, HELD)))
    with pytest.raises(SystemExit) as left:
        main(["demo", "--json", "--html", str(page)])
    text = ReadPage(page.read_text(encoding="utf-8")).text
    assert "tidegate demo --seed 1" in text
    assert [sentence.removeprefix("broken: ") in text for sentence in broken] == [True] * len(broken)
    written = capsys.readouterr()
    assert (left.value.code, json.loads(written.out)["held"]) == (code, not broken)
    assert [line for line in written.err.splitlines() if line.startswith("broken: ")] == broken


@pytest.mark.slow
def test_the_live_story_keeps_every_promise_where_time_is_virtual() -> None:
    figures = run.play(STORY, 1, run.through_tidegate).figures
    assert broken_promises(figures) == []
    assert figures.feasible == figures.asked


@pytest.mark.slow
def test_a_proxy_that_gets_little_done_breaks_the_live_story() -> None:
    """Its breaker stays open for as long as the apps have patience."""
    loaded = load_vendor(find_vendor("stripe"))
    policy = loaded.vendor.policy
    stubborn = policy.breaker.model_copy(update={"open": 600.0, "open_max": 600.0})
    vendor = loaded.vendor.model_copy(update={"policy": policy.model_copy(update={"breaker": stubborn})})
    with patch.object(run, "load_vendor", return_value=replace(loaded, vendor=vendor)):
        figures = run.play(STORY, 1, run.through_tidegate).figures
    assert [sentence.partition(":")[0] for sentence in broken_promises(figures)] == ["useful"]


@pytest.mark.slow
@pytest.mark.parametrize("seconds", ["1", "soon"])
def test_a_length_that_makes_no_story_is_exit_code_2(seconds: str) -> None:
    done = subprocess.run([*PROGRAM, "--seconds", seconds], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_page_that_cannot_be_written_is_told_before_anything_is_played(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(demo, "_live", lambda *_: pytest.fail("it was played"))
    with pytest.raises(SystemExit) as left:
        main(["demo", "--html", str(tmp_path / "nowhere" / "demo.html")])
    assert left.value.code == 2
    assert "nowhere/demo.html: this file cannot be written: No such file or directory" in capsys.readouterr().err
