"""`tidegate chaos` as a person and as a CI job call it."""

import json
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tidegate.cli.proof import chaos
from tidegate.problems import UsageError

PROGRAM = [sys.executable, "-c", "from tidegate.cli import main; main()", "chaos", "run"]
CALM = """\
name: calm
seconds: 20
load: [{rate: 4/s, mix: {payment: 3, read: 1}}]
faults: [{kind: latency, delay: 20ms}, {kind: reset_after, probability: 5%, operations: ["Post*"]}]
"""
HOPELESS = "name: hopeless\nseconds: 20\nload: [{rate: 4/s}]\nfaults: [{kind: error, status: 500, effect: begun}]\n"


def called(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments], capture_output=True, text=True, check=False, timeout=110, env={**os.environ, **environ}
    )


def called_as(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`tidegate chaos` with these arguments."""
    return subprocess.run([*PROGRAM[:-1], *arguments], capture_output=True, text=True, check=False, timeout=110)


@pytest.fixture
def calm(tmp_path: Path) -> str:
    file = tmp_path / "calm.yaml"
    file.write_text(CALM, encoding="utf-8")
    return str(file)


@pytest.mark.slow
def test_two_processes_with_other_hash_seeds_print_the_same_bytes(calm: str) -> None:
    first = called(calm, "--seed", "5", "--json", PYTHONHASHSEED="0")
    second = called(calm, "--seed", "5", "--json", PYTHONHASHSEED="4242")
    assert first.returncode == second.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    told = json.loads(first.stdout)
    assert told["held"] is True
    assert told["scenarios"][0]["seed"] == 5


@pytest.mark.slow
def test_a_broken_promise_is_exit_code_1_and_says_how_to_repeat_it(tmp_path: Path) -> None:
    file = tmp_path / "hopeless.yaml"
    file.write_text(HOPELESS, encoding="utf-8")
    done = called(str(file))
    assert done.returncode == 1, done.stderr
    assert "broken: useful:" in done.stdout
    assert "--seed 1" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_an_unknown_scenario_is_exit_code_2_and_names_the_known_ones() -> None:
    done = called("first-light", "no-such-thing")
    assert done.returncode == 2
    assert "known are first-light" in done.stderr
    assert "playing" not in done.stderr, "every scenario is found before one is played"
    assert "Traceback" not in done.stderr


VACUOUS = {
    "no load": "name: t\nseconds: 20\nfaults: [{kind: error}]\n",
    "a misspelt operation": "name: t\nseconds: 20\nload: [{rate: 1/s}]\nfaults: [{kind: error, operations: [Pots*]}]\n",
    "a fault after the end": "name: t\nseconds: 20\nload: [{rate: 1/s}]\nfaults: [{kind: outage, from: 1m}]\n",
    "a fault that hits nothing": "name: t\nseconds: 20\nload: [{rate: 1/s}]\nfaults: [{kind: error, skip: 999}]\n",
    "an unknown story": "name: t\nseconds: 20\nload: [{rate: 1/s, mix: {paymnt: 1}}]\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("text", VACUOUS.values(), ids=VACUOUS)
def test_a_run_in_which_something_did_not_happen_is_inconclusive(tmp_path: Path, text: str) -> None:
    file, junit = tmp_path / "it.yaml", tmp_path / "it.xml"
    file.write_text(text, encoding="utf-8")
    done = called(str(file), "--json", "--junit", str(junit))
    assert done.returncode == 2, done.stdout
    (scenario,) = json.loads(done.stdout)["scenarios"]
    assert scenario["inconclusive"]
    assert json.loads(done.stdout)["held"] is False
    assert 'errors="1"' in junit.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_promise_that_broke_is_broken_whatever_else_was_not_tried(tmp_path: Path) -> None:
    file, junit = tmp_path / "it.yaml", tmp_path / "it.xml"
    file.write_text(HOPELESS.replace("begun}]", "begun}, {kind: crash, skip: 9999}]"), encoding="utf-8")
    done = called(str(file), "--github", "--junit", str(junit))
    assert done.returncode == 1, done.stdout
    assert "::error title=hopeless::useful: " in done.stdout
    assert "::warning title=hopeless::fault 2 (crash) never happened" in done.stdout
    assert 'failures="1" errors="0"' in junit.read_text(encoding="utf-8")


@pytest.mark.slow
def test_ten_minutes_with_a_thousand_intents_hold_and_cost_seconds() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = called("first-light", "--json")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout
    (scenario,) = json.loads(done.stdout)["scenarios"]
    naive, tidegate = scenario["naive"], scenario["tidegate"]
    assert scenario["seconds"] == 600
    assert tidegate["asked"] >= 1000
    assert [tidegate[name] for name in ("lost", "doubled", "contradicted", "over_quota", "leaked")] == [0] * 5
    assert naive["doubled"] > 0
    assert naive["over_quota"] > 0
    runs = 2
    spent_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent_s / runs < 10 * slowness(), "processor time of one ten-minute run"


def slowness() -> float:
    """How much slower than usual this machine counts, or its processor does now that others share it; 1 at least."""
    began = time.process_time()
    for _ in range(5_000_000):
        pass
    return max((time.process_time() - began) / 0.2, 1.0)


@pytest.mark.slow
def test_a_search_that_holds_is_exit_code_0_and_tells_its_figures(tmp_path: Path) -> None:
    junit = tmp_path / "search.xml"
    done = called_as("search", "--seeds", "4", "--minutes", "1", "--json", "--junit", str(junit))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {"seeds", "violations", "virtual_hours", "cpu_s", "worst"} <= set(told)
    assert (told["seeds"], told["violations"], told["worst"]) == (4, 0, [])
    assert 'tests="4"' in junit.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_replay_shows_its_pieces_with_their_numbers() -> None:
    done = called_as("replay", "3", "--minutes", "1", "--keep", "0,2")
    assert done.returncode == 0, done.stderr
    assert re.findall(r"^ +(\d+) - \{", done.stdout, re.MULTILINE) == ["0", "2"]


@pytest.mark.parametrize("json", ["", "--json"])
def test_a_replay_in_which_nothing_was_asked_does_not_say_that_it_held(json: str) -> None:
    done = called_as("replay", "0", "--minutes", "0.5", "--keep", "1", *filter(None, [json]))
    assert done.returncode == 2, done.stderr
    assert "held" not in done.stdout
    assert "nothing was asked of the vendors" in done.stdout


@pytest.mark.parametrize("keep", ["1,x", "999", "", "-1"])
def test_pieces_that_do_not_exist_are_exit_code_2_and_say_which_do(keep: str) -> None:
    with pytest.raises(UsageError, match=r"write numbers from 0 to \d+ with commas between"):
        chaos.replay(3, 1.0, keep)


@pytest.mark.slow
def test_the_order_flow_is_played_for_each_seed_and_judged(tmp_path: Path) -> None:
    junit = tmp_path / "it.xml"
    done = called_as("orders", "--first", "2", "--no-outage", "--json", "--junit", str(junit))
    told = json.loads(done.stdout)
    assert (done.returncode, told["held"]) == (0, True), done.stderr
    [run] = told["orders"]
    assert (run["seed"], run["times"], run["lost"], run["dead"], run["met_outage"]) == (2, 1, 0, 0, 0)
    assert 'name="seed 2"' in junit.read_text(encoding="utf-8")
