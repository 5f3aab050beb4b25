"""Carries the benchmark out: starts every program once, then measures them in turn, round after round.

The proxies sit on one core, the load and the upstream on another, and all of them are up all the time, so each round
meets the machine in one state. Every call must have been answered 200 and have reached the upstream exactly once;
otherwise there is no figure, only RunError.
"""

import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tidegate.loadtests.bench import envoy
from tidegate.loadtests.bench.figures import (
    BARE_ASYNCIO,
    BARE_AT_RATE,
    BARE_POST,
    BARE_UVLOOP,
    ENVOY_AT_RATE,
    POST_CONNECTIONS,
    RATE,
    TIDEGATE_AT_RATE,
    TIDEGATE_GET,
    TIDEGATE_POST,
    TIDEGATE_PUSHED,
    TIDEGATE_TOKENED,
    TIDEGATE_TRACED,
    TIDEGATE_TUNNEL,
    TIDEGATE_UNKEYED,
    MeasuredBlock,
    Row,
    rows_of,
)
from tidegate.loadtests.bench.processor_time import Clock, clock_of, settle
from tidegate.loadtests.bench.proxy_configuration import (
    CA_FOLDER,
    GET_PATH,
    HOST,
    POST_PATH,
    SECRET_VARIABLE,
    TOKENED,
    UNKEYED_PATH,
    VENDOR,
    log_path,
    write_config,
)
from tidegate.loadtests.programs import Program, RunError, answers, fetch, free_port, tidegate

BLOCK_WITHIN_S = 90.0
CA_WITHIN_S = 30.0
WARM_UP_SHARE = 0.25

Say = Callable[[str], None]
"""A message to the person at the terminal: what happens now."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of one row: a program with its clock, called on `port` with `path`; keyed POSTs or GETs."""

    name: str
    program: str
    clock: Clock
    port: int
    path: str
    keyed: bool = False
    unkeyed_at: int = 0
    """POSTs without a key over so many connections; 0 for the other kinds."""
    tunnelled: bool = False
    """The calls go through CONNECT and TLS to the vendor's own server."""
    rate: int = 0
    """Calls a second, at planned moments; 0 for one after the other."""


@dataclass(frozen=True, slots=True)
class Bench:
    """The place of the programs: a folder that is theirs, and a core each for the load and the proxies."""

    home: Path
    load_core: int
    proxy_core: int
    upstream_port: int

    def counts(self) -> Mapping[str, int]:
        """Counts of what has reached the upstream: calls, and exports of spans."""
        status, body = fetch(self.upstream_port, "/_counts")
        if status != 200:
            raise RunError(f"the upstream's counts answered {status}")
        counts: dict[str, int] = json.loads(body)
        return counts

    def block(self, subject: Subject, calls: int) -> MeasuredBlock:
        """Make `calls` calls to one subject and see what it used. Raises RunError where one was not as it must be."""
        reached, used = self.counts()["calls"], subject.clock()
        answered = self._load(subject, calls)
        settle(subject.clock)
        used = subject.clock() - used
        reached = self.counts()["calls"] - reached
        if answered["broken"] or answered["ok"] != calls or answered["calls"] != calls or reached != calls:
            raise RunError(
                f"{subject.name}: of {calls} calls {answered['calls']} were answered, {answered['ok']} with 200, and "
                f"{reached} reached the upstream; no figure follows from that {answered['broken']}".rstrip()
            )
        p50_us, p99_us = (float(str(answered.get(name, 0.0))) for name in ("p50_us", "p99_us"))
        return MeasuredBlock(calls, used, float(str(answered["seconds"])), p50_us, p99_us)

    def _load(self, subject: Subject, calls: int) -> dict[str, object]:
        where = ("--port", subject.port, "--path", subject.path, "--calls", calls)
        command = module("load_generator", *where)
        if subject.keyed:
            command += ["--keyed", f"bench-{time.time_ns():x}"]
        if subject.unkeyed_at:
            command += ["--unkeyed", "--connections", str(subject.unkeyed_at)]
        if subject.tunnelled:
            command += ["--tunnel", HOST, "--ca", str(self.home / CA_FOLDER / "ca.pem")]
        if subject.rate:
            command = module("scheduled_load", *where, "--rate", subject.rate)
        with Program("client", command, self.home, core=self.load_core) as client:
            client.finish(BLOCK_WITHIN_S)
            answers_seen: dict[str, object] = json.loads(client.log.read_text(encoding="utf-8"))
        return answers_seen


def run_bench(rounds: int, calls: int, say: Say, *, tracing: bool = True, pushing: bool = False) -> list[Row]:
    """Measure `calls` calls a row in each of `rounds` rounds, after a warm-up. Raises RunError."""
    with TemporaryDirectory(prefix="tidegate-bench-") as folder, ExitStack() as stack:
        say("starting the upstream, the forwarders and the proxy")
        bench = _bench(stack, Path(folder))
        subjects = [
            *_tidegates(stack, bench, tracing=tracing, pushing=pushing),
            _forwarder(stack, bench, BARE_UVLOOP, "uvloop"),  # beside the row that it is compared with
            _forwarder(stack, bench, BARE_ASYNCIO, "asyncio"),
        ]
        subjects += [*_posts(subjects), *_at_rate(subjects), *_envoys(stack, bench)]
        blocks: dict[str, list[MeasuredBlock]] = {subject.name: [] for subject in subjects}
        for number in range(rounds + 1):
            say(f"round {number} of {rounds}" if number else "warming up")
            for subject in subjects:
                block = bench.block(subject, calls if number else max(1, int(calls * WARM_UP_SHARE)))
                if number:
                    blocks[subject.name].append(block)
        _check_stages(bench, subjects, made=rounds * calls + max(1, int(calls * WARM_UP_SHARE)), tracing=tracing)
        return rows_of(blocks)


def _posts(subjects: list[Subject]) -> list[Subject]:
    """POSTs without a key through the first of the proxies and the bare forwarder."""
    bare, ours = subjects[-2], subjects[0]
    return [
        replace(
            beside,
            name=f"{name}_{connections}",
            path=UNKEYED_PATH if beside is bare else f"/{VENDOR}{UNKEYED_PATH}",
            unkeyed_at=connections,
        )
        for connections in POST_CONNECTIONS
        for name, beside in ((TIDEGATE_UNKEYED, ours), (BARE_POST, bare))
    ]


def _at_rate(subjects: list[Subject]) -> list[Subject]:
    """The GETs of the same two at a rate."""
    bare, ours = subjects[-2], subjects[0]
    return [replace(ours, name=TIDEGATE_AT_RATE, rate=RATE), replace(bare, name=BARE_AT_RATE, rate=RATE)]


def _check_stages(bench: Bench, subjects: list[Subject], *, made: int, tracing: bool) -> None:
    """Raise RunError where a proxy left out work that its figure is said to include: a log line a call, or spans."""
    programs = {subject.program for subject in subjects}
    for program in programs & {"tidegate", "traced", "pushed"}:
        expected = made * sum(subject.program == program for subject in subjects)
        log = log_path(bench.home, program)
        lines = log.read_bytes().count(b'"call"') if log.exists() else 0
        if lines < expected:
            raise RunError(f"{program} wrote {lines} log lines for {expected} calls; its figure would be too low")
    if tracing and not bench.counts()["exports"]:
        raise RunError("no span reached the collector, so the traced row would show nothing")
    if "pushed" in programs and not bench.counts()["metric_exports"]:
        raise RunError("no metrics reached the collector, so the pushed row would show nothing")


def module(name: str, *arguments: object) -> list[str]:
    """The command line of one of the benchmark's own programs."""
    return [sys.executable, "-m", f"tidegate.loadtests.bench.{name}", *map(str, arguments)]


def _bench(stack: ExitStack, home: Path) -> Bench:
    cores = sorted(os.sched_getaffinity(0))
    bench = Bench(
        home, load_core=cores[0], proxy_core=cores[1] if len(cores) > 1 else cores[0], upstream_port=free_port()
    )
    upstream = Program("upstream", module("counting_vendor", "--port", bench.upstream_port), home, core=bench.load_core)
    stack.enter_context(upstream).wait_until(answers(bench.upstream_port, "/_counts"))
    return bench


def _forwarder(stack: ExitStack, bench: Bench, name: str, loop: str) -> Subject:
    port = free_port()
    command = module(
        "forwarder", "--port", port, "--upstream", f"http://127.0.0.1:{bench.upstream_port}", "--loop", loop
    )
    program = stack.enter_context(Program(name, command, bench.home, core=bench.proxy_core))
    program.wait_until(answers(port, GET_PATH))
    return Subject(name, name, clock_of(program.pid), port, GET_PATH)


def _envoys(stack: ExitStack, bench: Bench) -> list[Subject]:
    """Envoy, where this machine has it."""
    program = envoy.envoy()
    if program is None:
        return []
    port = free_port()
    command = envoy.command(program, bench.home, port=port, upstream=bench.upstream_port)
    running = stack.enter_context(Program("envoy", command, bench.home, core=bench.proxy_core))
    running.wait_until(answers(port, GET_PATH))
    return [Subject(ENVOY_AT_RATE, "envoy", clock_of(running.pid), port, GET_PATH, rate=RATE)]


def _tidegates(stack: ExitStack, bench: Bench, *, tracing: bool, pushing: bool) -> list[Subject]:
    clock, port = _tidegate(stack, bench, "tidegate")
    get, post = (
        f"/{VENDOR}{GET_PATH}",
        f"/{VENDOR}{POST_PATH}",
    )
    subjects = [
        Subject(TIDEGATE_GET, "tidegate", clock, port, get),
        Subject(TIDEGATE_POST, "tidegate", clock, port, post, keyed=True),
        Subject(TIDEGATE_TUNNEL, "tidegate", clock, port, GET_PATH, tunnelled=True),
        Subject(TIDEGATE_TOKENED, "tidegate", clock, port, f"/{TOKENED}{GET_PATH}"),
    ]
    if tracing:
        clock, port = _tidegate(stack, bench, "traced", otlp=bench.upstream_port)
        subjects.append(Subject(TIDEGATE_TRACED, "traced", clock, port, get))
    if pushing:
        clock, port = _tidegate(stack, bench, "pushed", otlp=bench.upstream_port)
        subjects.append(Subject(TIDEGATE_PUSHED, "pushed", clock, port, get))
    return subjects


def _tidegate(stack: ExitStack, bench: Bench, name: str, otlp: int | None = None) -> tuple[Clock, int]:
    port, admin = free_port(), free_port()
    config = write_config(
        bench.home, name, listen=port, admin=admin, upstream=bench.upstream_port, otlp=otlp, pushed=name == "pushed"
    )
    if not (bench.home / CA_FOLDER).exists():
        with Program("ca", tidegate("ca", "init", "-c", str(config)), bench.home) as made:
            made.finish(CA_WITHIN_S)
    environ = {key: value for key, value in os.environ.items() if not key.startswith("OTEL_")}
    # Spans are sent while the round that made them is still being measured, not five seconds later.
    environ |= {SECRET_VARIABLE: secrets.token_hex(16), "OTEL_BSP_SCHEDULE_DELAY": "250"}
    command = tidegate("serve", "-c", str(config))
    program = stack.enter_context(Program(name, command, bench.home, environ=environ, core=bench.proxy_core))
    program.wait_until(answers(admin, "/readyz"))
    return clock_of(program.pid), port
