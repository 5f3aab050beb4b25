"""The simulator's benchmark: a short run gives every row, and what is answered wrongly gives none."""

import json
from pathlib import Path

import pytest

from tidegate.loadtests.bench import simulator_cost
from tidegate.loadtests.bench.benchmark import module
from tidegate.loadtests.bench.simulator_cost import CASES, measure
from tidegate.loadtests.programs import Program, RunError, free_port


@pytest.mark.slow
def test_a_short_run_gives_a_row_for_each_program_and_document(specs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulator_cost, "CASES", CASES[:1])
    rows = list(measure(specs, None, calls=40, rounds=1))
    assert [(row.program, row.document) for row in rows] == [
        ("tidegate", "stripe/spec3.json"),
        ("constant", "stripe/spec3.json"),
    ]
    for row in rows:
        assert min(row.start_s, row.resident_mb, row.read_us, row.create_us, row.reads_per_s, row.creates_per_s) > 0


def test_wrong_answers_are_no_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    command = module("constant_server", "--port", port, "--bytes", 10)
    with Program("constant", command, tmp_path) as program:
        program.wait_until(lambda: simulator_cost._request(port, "GET", "/", CASES[0])[0] == 200)
        monkeypatch.setattr(json, "loads", lambda _: {"calls": 10, "ok": 9, "seconds": 1.0, "broken": ""})
        with pytest.raises(RunError, match="of 10 calls to / 9 were answered"):
            simulator_cost._block(program, port, "/", CASES[0], tmp_path, 10)


def test_nobody_there_is_no_answer() -> None:
    assert simulator_cost._request(free_port(), "GET", "/", CASES[0]) == (0, b"")
