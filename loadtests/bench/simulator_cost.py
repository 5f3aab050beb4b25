"""The simulator's cost: start, memory and processor time of a read and a create, beside a constant and beside others.

A constant answer of the same size from a bare aiohttp handler is the floor of what our stack can do. Prism and Steady
are measured where `peers` (a folder with their node_modules) is given, each on the documents that it can serve. They
are stateless: their read gives what nobody made.

    python -m tidegate.loadtests.bench.simulator_cost --specs ../shared/specs --peers loadtests/bench/peers
"""

import argparse
import http.client
import json
import os
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tidegate.loadtests.bench.benchmark import BLOCK_WITHIN_S, module
from tidegate.loadtests.bench.processor_time import clock_of_all, resident_bytes, settle
from tidegate.loadtests.programs import Program, RunError, free_port, tidegate

START_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Case:
    """A document, and what is asked of it. `{id}` in `read` stands for the id in the answer to `create`."""

    document: str
    read: str
    create: str
    form: str
    authorization: str = "Bearer bench"


CASES = (
    Case("stripe/spec3.json", "/v1/customers/{id}", "/v1/customers", "name=Ada&email=ada%40example.com"),
    Case(
        "twilio/twilio_messaging_v1.json",
        "/v1/Services/{id}",
        "/v1/Services",
        "FriendlyName=bench",
        "Basic QUM6YmVuY2g=",
    ),
)


@dataclass(frozen=True, slots=True)
class SimulatorFigures:
    """One program on one document. Times of the processor are medians, in microseconds a call."""

    program: str
    document: str
    start_s: float
    resident_mb: float
    read_us: float
    create_us: float
    reads_per_s: float
    creates_per_s: float


@dataclass(frozen=True, slots=True)
class _Player:
    """A program that plays a vendor: how it is called on a port."""

    name: str
    command: tuple[str, ...]


def measure(specs: Path, peers: Path | None, calls: int, rounds: int) -> Iterator[SimulatorFigures]:
    """Every program on every document, one after the other. Raises RunError."""
    with TemporaryDirectory(prefix="tidegate-bench-") as folder:
        for case in CASES:
            home = Path(folder)
            size = yield from _measure_all(home, case, specs, peers, calls, rounds)
            yield _constant(home, case, size, calls, rounds)


def _measure_all(
    home: Path, case: Case, specs: Path, peers: Path | None, calls: int, rounds: int
) -> Generator[SimulatorFigures, None, int]:
    size = 0
    for player in _players(case, specs, peers):
        port = free_port()
        command = [part.replace("{port}", str(port)) for part in player.command]
        with _started(player.name, command, home, port, case) as (program, start_s, read_path, body):
            size = size or len(body)
            yield _figures(player.name, program, start_s, port, case, read_path, home, calls, rounds)
    return size


def _players(case: Case, specs: Path, peers: Path | None) -> list[_Player]:
    document = str((specs / case.document).resolve())
    options = ("--spec", document, "--port", "{port}", "--control-port", "0")
    players = [_Player("tidegate", tuple(tidegate("simulate", *options)))]
    if peers is not None:
        node = str((peers / "node_modules" / ".bin").resolve())
        players.append(_Player("steady", (f"{node}/steady", "-q", "--host", "127.0.0.1", "-p", "{port}", document)))
        if "stripe" not in case.document:  # measured: not up after 300 s
            players.append(_Player("prism", (f"{node}/prism", "mock", "-v", "silent", "-p", "{port}", document)))
    return players


@contextmanager
def _started(
    name: str, command: Sequence[str], home: Path, port: int, case: Case
) -> Iterator[tuple[Program, float, str, bytes]]:
    """The program, the seconds to its first answer, the path of a thing to read, and the thing."""
    began = time.monotonic()
    with Program(name, command, home, core=_cores()[1]) as program:
        program.wait_until(lambda: _request(port, "POST", case.create, case)[0] // 100 == 2, START_WITHIN_S)
        start_s = time.monotonic() - began
        made = _request(port, "POST", case.create, case)[1]
        created = json.loads(made)
        path = case.read.replace("{id}", str(created.get("id") or created.get("sid")))
        status, body = _request(port, "GET", path, case)
        if status != 200:
            raise RunError(f"{name} answered {status} to GET {path}: {body[:200]!r}")
        yield program, start_s, path, body


def _figures(
    name: str, program: Program, start_s: float, port: int, case: Case, path: str, home: Path, calls: int, rounds: int
) -> SimulatorFigures:
    resident = resident_bytes(program.pid)
    reads = [_block(program, port, path, case, home, calls) for _ in range(rounds)]
    creates = [_block(program, port, case.create, case, home, calls) for _ in range(rounds)]
    return SimulatorFigures(
        program=name,
        document=case.document,
        start_s=round(start_s, 2),
        resident_mb=round(resident / 1e6, 1),
        read_us=round(median(cost for cost, _ in reads), 1),
        create_us=round(median(cost for cost, _ in creates), 1),
        reads_per_s=round(median(rate for _, rate in reads)),
        creates_per_s=round(median(rate for _, rate in creates)),
    )


def _constant(home: Path, case: Case, size: int, calls: int, rounds: int) -> SimulatorFigures:
    """A bare aiohttp handler that says so many bytes."""
    port, began = free_port(), time.monotonic()
    command = module("constant_server", "--port", port, "--bytes", size)
    with Program("constant", command, home, core=_cores()[1]) as program:
        program.wait_until(lambda: _request(port, "GET", "/", case)[0] == 200)
        return _figures("constant", program, time.monotonic() - began, port, case, "/", home, calls, rounds)


def _block(program: Program, port: int, path: str, case: Case, home: Path, calls: int) -> tuple[float, float]:
    """Processor microseconds a call, and calls a second. Raises RunError where one was not answered 200."""
    clock = clock_of_all(program.pid)
    used = clock()
    creates = path == case.create
    command = module("load_generator", "--port", port, "--path", path, "--calls", calls)
    command += ["--authorization", case.authorization, *(["--form", case.form] if creates else [])]
    with Program("client", command, home, core=_cores()[0]) as client:
        client.finish(BLOCK_WITHIN_S)
        answered = json.loads(client.log.read_text(encoding="utf-8"))
    settle(clock)
    good = answered["calls"] if creates else answered["ok"]  # a create may be a 201
    if answered["broken"] or good != calls:
        raise RunError(f"{program.name}: of {calls} calls to {path} {good} were answered as they must {answered}")
    return (clock() - used) / 1000 / calls, calls / answered["seconds"]


def _request(port: int, method: str, path: str, case: Case) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30.0)
    try:
        headers = {"Authorization": case.authorization, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, path, body=case.form if method == "POST" else None, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def _cores() -> tuple[int, int]:
    """One for the load, one for the program."""
    cores = sorted(os.sched_getaffinity(0))
    return cores[0], cores[-1]


def main() -> None:
    """Run as a program: a line of JSON for each program and document."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--specs", type=Path, default=Path(os.environ.get("TIDEGATE_SPECS", "../shared/specs")))
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--calls", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    try:
        for figures in measure(given.specs, given.peers, given.calls, given.rounds):
            print(json.dumps(asdict(figures)), flush=True)
    except RunError as error:
        print(f"tidegate: error: {error}", file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
