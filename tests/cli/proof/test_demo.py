"""`tidegate demo` from beginning to end, on real sockets; and its verdict, of figures that are given."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from tidegate.chaos.judge.invariants import RunFigures
from tidegate.cli import main
from tidegate.cli.proof import demo

PROGRAM = [sys.executable, "-c", "from tidegate.cli import main; main()", "demo"]

HELD = RunFigures(
    asked=100, feasible=100, done=95, lost=0, doubled=0, contradicted=0, unknown=0, over_quota=0, attempts=120, leaked=0
)


@pytest.mark.slow
def test_the_demo_prints_one_document_and_loses_and_doubles_nothing() -> None:
    """How much gets done live is a matter of real time, on a machine that may stand still: the half must do here."""
    done = subprocess.run(
        [*PROGRAM, "--seconds", "15", "--json"], capture_output=True, text=True, check=False, timeout=115
    )
    document = json.loads(done.stdout)
    assert (done.returncode == 0) is document["held"], done.stderr
    assert document["live"]["done"] > document["live"]["feasible"] / 2
    assert document["tidegate"]["done"] >= 0.95 * document["tidegate"]["feasible"]
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
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(demo, "_live", lambda *_: live)
    monkeypatch.setattr(demo, "_full_length", lambda *_: (replace(HELD, doubled=9), HELD))
    with pytest.raises(SystemExit) as left:
        main(["demo", "--json"])
    written = capsys.readouterr()
    assert (left.value.code, json.loads(written.out)["held"]) == (code, not broken)
    assert [line for line in written.err.splitlines() if line.startswith("broken: ")] == broken


@pytest.mark.slow
@pytest.mark.parametrize("seconds", ["1", "soon"])
def test_a_length_that_makes_no_story_is_exit_code_2(seconds: str) -> None:
    done = subprocess.run([*PROGRAM, "--seconds", seconds], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
