"""The load generator against a server that freezes: the open model must show it. Locust runs as a process."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest

from tidegate.loadtests.burst import offer
from tidegate.loadtests.burst_verdict import peak_per_s, percentile
from tidegate.loadtests.schedule import PAYMENT, READ, LoadShape, plan

# Looked for, never imported: locust patches the standard library of whoever imports it.
pytestmark = pytest.mark.skipif(find_spec("locust") is None, reason="locust is not installed")

FROZEN_S = 1.5
SHAPE = LoadShape(rate_per_s=10, seconds=4, burst_s=1)
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
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
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


@pytest.mark.timeout(120)
def test_a_frozen_server_is_seen_in_the_p99_and_does_not_slow_the_load_down(server: Freezing, tmp_path: Path) -> None:
    planned = plan(SHAPE, "freeze")
    records = offer(SHAPE, "freeze", f"http://127.0.0.1:{server.server_port}", tmp_path, 20.0)

    assert sorted(record.number for record in records) == [call.number for call in planned]
    assert percentile([record.waited_s for record in records], 0.99) > FROZEN_S * 0.8
    # A closed model would have stood still with the server: here most of the burst starts while it is frozen.
    assert peak_per_s([record.started_s for record in records]) > SHAPE.rate_per_s * SHAPE.factor * 0.6
    waiting = [record for record in records if record.waited_s > FROZEN_S / 3]
    assert len(waiting) > 40

    by_intent = {record.intent: record for record in records}
    posts = [(key, body) for method, key, body in server.requests if method == "POST"]
    assert len(posts) == sum(call.kind == PAYMENT for call in planned)
    assert all(f"order_id%5D={key}" in body and by_intent[key].status == 200 for key, body in posts)
    reads = [record for record in records if record.kind == READ]
    assert {(read.status, read.retry_after, read.problem, read.error) for read in reads} == {
        (429, "7", "rate-limited", None)
    }


@pytest.mark.timeout(120)
def test_calls_that_get_no_answer_are_recorded_as_such(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        records = offer(
            LoadShape(rate_per_s=5, seconds=1, burst_s=0),
            "none",
            f"http://127.0.0.1:{closed.getsockname()[1]}",
            tmp_path,
            5.0,
        )
    assert len(records) == 6
    assert {record.status for record in records} == {0}
    assert all(record.error and "refused" in record.error for record in records)
