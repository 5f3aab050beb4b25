"""The benchmark as a whole: its checks can fail, and a short run gives every row."""

import contextlib
import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest

from tidegate.loadtests.bench import benchmark, proxy_configuration
from tidegate.loadtests.bench.benchmark import Bench, Subject, _check_stages, _tidegates, module, run_bench
from tidegate.loadtests.bench.figures import (
    BARE_ASYNCIO,
    BARE_AT_RATE,
    BARE_POST,
    BARE_UVLOOP,
    POST_CONNECTIONS,
    TIDEGATE_AT_RATE,
    TIDEGATE_GET,
    TIDEGATE_POST,
    TIDEGATE_TOKENED,
    TIDEGATE_TRACED,
    TIDEGATE_TUNNEL,
    TIDEGATE_UNKEYED,
)
from tidegate.loadtests.programs import RunError

GOOD = {"calls": 100, "ok": 100, "seconds": 0.5, "broken": ""}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """One whose load and upstream are made up: every call is answered 200 and reaches the upstream once."""
    made = Bench(tmp_path, load_core=0, proxy_core=0, upstream_port=1)
    said(monkeypatch, GOOD, reached=100)
    return made


def said(monkeypatch: pytest.MonkeyPatch, answered: dict[str, object], reached: int) -> None:
    counts = chain([{"calls": 7}], repeat({"calls": 7 + reached}))
    monkeypatch.setattr(Bench, "_load", lambda self, subject, calls: answered)
    monkeypatch.setattr(Bench, "counts", lambda self: next(counts))


def subject() -> Subject:
    """Its process used 3 ms before the calls, 9 ms after them, and stands still in between."""
    used: Iterator[int] = chain(repeat(3_000_000, 1), repeat(9_000_000))
    return Subject("a row", "tidegate", lambda: next(used), 1, "/")


def test_a_block_costs_what_the_process_used_while_it_ran(bench: Bench) -> None:
    block = bench.block(subject(), 100)
    assert (block.calls, block.processor_ns, block.seconds) == (100, 6_000_000, 0.5)


@pytest.mark.parametrize(
    ("answered", "reached", "message"),
    [
        ({**GOOD, "ok": 99}, 100, "99 with 200"),
        ({**GOOD, "calls": 99, "ok": 99}, 100, "99 were answered"),
        (GOOD, 99, "99 reached the upstream"),
        (GOOD, 101, "101 reached the upstream"),
        ({**GOOD, "broken": "ConnectionResetError()"}, 100, "no figure follows from that ConnectionResetError"),
    ],
)
def test_one_call_that_was_not_as_it_must_be_spoils_the_run(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, answered: dict[str, object], reached: int, message: str
) -> None:
    said(monkeypatch, answered, reached)
    with pytest.raises(RunError, match=f"a row: of 100 calls .*{message}"):
        bench.block(subject(), 100)


@pytest.mark.parametrize("lines", [0, 9])
def test_a_proxy_that_left_log_lines_out_gives_no_figure(bench: Bench, lines: int) -> None:
    proxy_configuration.log_path(bench.home, "tidegate").write_text('{"call": "a"}\n' * lines)
    with pytest.raises(RunError, match=f"tidegate wrote {lines} log lines for 10 calls"):
        _check_stages(bench, [subject()], made=10, tracing=False)


def test_a_traced_row_without_spans_gives_no_figure(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bench, "counts", lambda self: {"calls": 10, "exports": 0})
    proxy_configuration.log_path(bench.home, "tidegate").write_text('{"call": "a"}\n' * 10)
    _check_stages(bench, [subject()], made=10, tracing=False)
    with pytest.raises(RunError, match="no span reached the collector"):
        _check_stages(bench, [subject()], made=10, tracing=True)


def test_a_pushed_row_without_metrics_gives_no_figure(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bench, "counts", lambda self: {"calls": 10, "exports": 1, "metric_exports": 0})
    proxy_configuration.log_path(bench.home, "pushed").write_text('{"call": "a"}\n' * 10)
    with pytest.raises(RunError, match="no metrics reached the collector"):
        _check_stages(bench, [dataclasses.replace(subject(), program="pushed")], made=10, tracing=True)


@pytest.mark.parametrize("pushing", [True, False])
def test_metrics_are_sent_in_a_row_of_their_own_where_that_is_asked_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, pushing: bool
) -> None:
    monkeypatch.setattr(benchmark, "_tidegate", lambda *_, **__: (lambda: 0, 1))
    with contextlib.ExitStack() as stack:
        programs = [each.program for each in _tidegates(stack, bench, tracing=True, pushing=pushing)]
    assert programs[4:] == ["traced", "pushed"][: 1 + pushing]


@pytest.mark.slow
def test_a_short_run_measures_every_row_and_says_how_far_it_is() -> None:
    said: list[str] = []
    rows = run_bench(1, 200, said.append, tracing=True)
    assert [row.name for row in rows] == [
        *(TIDEGATE_GET, TIDEGATE_POST, TIDEGATE_TUNNEL, TIDEGATE_TOKENED, TIDEGATE_TRACED, BARE_UVLOOP, BARE_ASYNCIO),
        *(f"{name}_{n}" for n in POST_CONNECTIONS for name in (TIDEGATE_UNKEYED, BARE_POST)),
        TIDEGATE_AT_RATE,
        BARE_AT_RATE,
    ]
    assert all(0 < row.p50_us <= row.p99_us for row in rows)
    assert all(row.calls == 200 and row.us_per_call > 0 for row in rows)
    assert said == ["starting the upstream, the forwarders and the proxy", "warming up", "round 1 of 1"]


@pytest.mark.parametrize("name", ["load_generator", "scheduled_load", "forwarder", "counting_vendor"])
def test_each_program_runs_and_names_its_options(name: str) -> None:
    assert module(name)[0] == sys.executable
    shown = subprocess.run([*module(name), "--help"], capture_output=True, text=True, check=True, timeout=60)
    assert "--port" in shown.stdout
