"""The load generator against a server that freezes: the open model must show it. Locust runs as a process."""

import random
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tidegate.loadtests.burst_verdict import peak_per_s
from tidegate.loadtests.offer.locust_run import offer
from tidegate.loadtests.offer.offered_call import OfferedCall
from tidegate.scenario.arrivals import arrival_times
from tidegate.scenario.check import quantile
from tidegate.scenario.load import Load

# Looked for, never imported: locust patches the standard library of whoever imports it.
pytestmark = pytest.mark.skipif(find_spec("locust") is None, reason="locust is not installed")

FROZEN_S = 1.5
RATE_PER_S, PEAK_PER_S = 10, 100
FREEZE_AT = 30
"""The request that freezes the server: early in the burst."""


class Freezing(ThreadingHTTPServer):
    """Answers everything, but stops for FROZEN_S at one request: nothing at all is answered meanwhile."""

    request_queue_size = 200
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.frozen = threading.Lock()
        self.requests: list[tuple[str, str, str]] = []


class Handler(BaseHTTPRequestHandler):
    """Notes what was asked, and waits while the server is frozen."""

    protocol_version = "HTTP/1.1"
    server: Freezing

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("latin-1")
        with self.server.frozen:
            self.server.requests.append((self.command, self.headers.get("Idempotency-Key", ""), body))
            if len(self.server.requests) == FREEZE_AT:
                threading.Event().wait(FROZEN_S)
        self.send_response(429 if self.command == "GET" else 200)
        self.send_header("Content-Length", "2")
        self.send_header("Retry-After", "7")
        self.send_header("Tidegate-Problem", "rate-limited")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as http.server has it
        pass


@pytest.fixture
def server() -> Iterator[Freezing]:
    with Freezing() as freezing:
        thread = threading.Thread(target=freezing.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield freezing
        freezing.shutdown()
        thread.join()


def calls(url: str, load: dict[str, Any], seconds: float) -> list[OfferedCall]:
    """Every fifth is a read."""
    moments = arrival_times(Load.model_validate(load), seconds, random.Random(1))
    return [
        OfferedCall(
            n, at_s, "ferries", "list" if n % 5 == 4 else "book", "x", f"a-{n}", "GET" if n % 5 == 4 else "POST",
            f"{url}/bookings", {"Idempotency-Key": f"a-{n}"}, "" if n % 5 == 4 else f"ü-{n}",
        )
        for n, at_s in enumerate(moments)
    ]  # fmt: skip


@pytest.mark.timeout(120)
def test_a_frozen_server_is_seen_in_the_p99_and_does_not_slow_the_load_down(server: Freezing, tmp_path: Path) -> None:
    spike = {"shape": "spike", "rate": f"{RATE_PER_S}/s", "to": f"{PEAK_PER_S}/s", "peak_for": "1s"}
    planned = calls(f"http://127.0.0.1:{server.server_port}", spike, 4)
    records = offer(planned, tmp_path, 20.0)

    assert [record.number for record in records] == [call.number for call in planned]
    assert quantile([record.waited_s for record in records], 0.99) > FROZEN_S * 0.8
    # A closed model would have stood still with the server: here most of the burst starts while it is frozen.
    assert peak_per_s([record.started_s for record in records]) > PEAK_PER_S * 0.6
    waiting = [record for record in records if record.waited_s > FROZEN_S / 3]
    assert len(waiting) > 40

    posts = {key: body for method, key, body in server.requests if method == "POST"}
    assert posts == {call.tag: call.body for call in planned if call.method == "POST"}
    reads = [record for record in records if record.name == "list"]
    assert {(read.status, read.retry_after, read.problem, read.error) for read in reads} == {
        (429, "7", "rate-limited", None)
    }


class Breaking(BaseHTTPRequestHandler):
    """Says that more comes than does."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"{")

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as http.server has it
        pass


@pytest.fixture
def breaking() -> Iterator[int]:
    """The port of a server whose answers break off."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Breaking) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.timeout(120)
def test_calls_that_get_no_whole_answer_are_recorded_as_such(breaking: int, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = calls(f"http://127.0.0.1:{closed.getsockname()[1]}", {"rate": "6/s"}, 1)
        half = [
            replace(one, number=one.number + 6) for one in calls(f"http://127.0.0.1:{breaking}", {"rate": "4/s"}, 1)
        ]
        records = offer([*nobody, *half], tmp_path, 5.0)
    assert len(records) == 10
    assert {record.status for record in records} == {0}
    assert all(record.error for record in records)
    assert all("refused" in str(record.error) for record in records[:6])
