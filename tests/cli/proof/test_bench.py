"""`tidegate bench`: what it prints, and its exit codes. What it measures is tested beside loadtests/bench."""

import json
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.tidegate.report.page_reading import ReadPage
from tidegate.cli import main
from tidegate.cli.proof import bench
from tidegate.loadtests.bench.benchmark import Say
from tidegate.loadtests.bench.figures import (
    BARE_ASYNCIO,
    BARE_UVLOOP,
    TIDEGATE_GET,
    TIDEGATE_POST,
    TIDEGATE_TRACED,
    Row,
)
from tidegate.loadtests.programs import RunError

COSTS = {TIDEGATE_GET: 55.0, TIDEGATE_TRACED: 60.0, TIDEGATE_POST: 200.0, BARE_ASYNCIO: 110.0, BARE_UVLOOP: 100.0}


def played(monkeypatch: pytest.MonkeyPatch, *, busy: float = 0.97) -> list[tuple[int, int, bool, bool]]:
    """Let every run give the same rows; gives what was asked for."""
    asked: list[tuple[int, int, bool, bool]] = []

    def run(rounds: int, calls: int, say: Say, *, tracing: bool, pushing: bool) -> list[Row]:
        say("warming up")
        asked.append((rounds, calls, tracing, pushing))
        return [Row(name, rounds * calls, cost, (cost - 1, cost + 1), busy, 9000) for name, cost in COSTS.items()]

    monkeypatch.setattr(bench, "run_bench", run)
    monkeypatch.setattr(bench, "real_time", lambda: nullcontext("ordinary"))
    return asked


def left(*arguments: str) -> int:
    """The exit code."""
    with pytest.raises(SystemExit) as exit_:
        main(["bench", *arguments])
    return int(exit_.value.code or 0)


def test_json_is_one_document_and_a_page_is_written_beside_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    asked, page = played(monkeypatch), tmp_path / "bench.html"
    assert left("--rounds", "7", "--calls", "100", "--tracing", "--json", "--html", str(page)) == 0
    text = ReadPage(page.read_text(encoding="utf-8")).text
    assert "tidegate bench --rounds 7 --calls 100 --tracing" in text
    assert asked == [(7, 100, True, False)]
    assert json.loads(capsys.readouterr().out) == {
        "calls": 3500,
        "us_per_call": COSTS,
        "latency_us": {name: {"p50": 0.0, "p99": 0.0} for name in COSTS},
        "headline": TIDEGATE_TRACED,
        "ratio_to_bare_uvloop": 0.6,
        "priority": "ordinary",
    }


def test_at_least_five_rounds_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = played(monkeypatch)
    assert left() == 0
    assert asked[0][0] >= 5


@pytest.mark.parametrize(
    ("given", "tracing", "pushing"), [([], True, False), (["--no-tracing"], False, False), (["--pushing"], True, True)]
)
def test_calls_are_traced_unless_it_is_asked_not_to_and_metrics_sent_where_it_is(
    monkeypatch: pytest.MonkeyPatch, given: list[str], tracing: bool, pushing: bool
) -> None:
    asked = played(monkeypatch)
    assert left(*given) == 0
    assert asked[0][2:] == (tracing, pushing)


def test_the_table_has_every_row_and_the_ratio(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played(monkeypatch)
    assert left() == 0
    shown = capsys.readouterr()
    assert all(name in shown.out for name in COSTS)
    assert "0.60 times" in shown.out
    assert "ordinary priority" in shown.out
    assert shown.err == ""


def test_a_core_that_was_not_kept_busy_makes_the_figure_loose_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played(monkeypatch, busy=0.4)
    assert left("--json") == 0
    shown = capsys.readouterr()
    assert "tidegate_get_traced used only 40% of its core" in shown.err
    assert json.loads(shown.out)["ratio_to_bare_uvloop"] == 0.6


@pytest.mark.parametrize("arguments", [["--rounds", "0"], ["--calls", "0"], ["--calls", "many"]])
def test_wrong_numbers_leave_with_2(arguments: list[str]) -> None:
    assert left(*arguments) == 2


def test_a_run_without_a_figure_leaves_with_2_and_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> list[Row]:
        raise RunError("tidegate_get: of 10 calls 10 were answered, 9 with 200")

    monkeypatch.setattr(bench, "run_bench", fail)
    assert left("--json") == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "9 with 200" in shown.err
