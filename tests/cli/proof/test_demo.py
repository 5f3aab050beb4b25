"""`tidegate demo` from beginning to end, on real sockets."""

import json
import subprocess
import sys

import pytest

PROGRAM = [sys.executable, "-c", "from tidegate.cli import main; main()", "demo"]


@pytest.mark.slow
def test_the_demo_prints_one_document_and_holds() -> None:
    """How much gets done live is a matter of real time, on a machine that may stand still: the half must do here."""
    done = subprocess.run(
        [*PROGRAM, "--seconds", "15", "--json"], capture_output=True, text=True, check=False, timeout=115
    )
    told = json.loads(done.stdout)
    broken = [line for line in done.stderr.splitlines() if line.startswith("broken: ")]
    assert all(line.startswith("broken: live: useful: ") for line in broken), done.stderr
    assert (done.returncode, told["held"]) == (1 if broken else 0, not broken)
    assert told["live"]["done"] > told["live"]["feasible"] / 2
    figures = {"asked", "feasible", "done", "lost", "doubled", "over_quota", "attempts"}
    for name in ("naive", "tidegate", "live"):
        assert set(told[name]) == figures
    for name in ("tidegate", "live"):
        assert [told[name][field] for field in ("lost", "doubled", "over_quota")] == [0, 0, 0]
    assert told["naive"]["doubled"] + told["naive"]["over_quota"] > 0
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("seconds", ["1", "soon"])
def test_a_length_that_makes_no_story_is_exit_code_2(seconds: str) -> None:
    done = subprocess.run([*PROGRAM, "--seconds", seconds], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
