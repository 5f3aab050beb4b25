"""A burst through the real proxy and simulator, and how it reads what they say."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tidegate.loadtests import burst
from tidegate.loadtests.burst import read_journal, run_burst
from tidegate.loadtests.burst_verdict import MADE, Effect, JournalRequest
from tidegate.loadtests.programs import RunError
from tidegate.loadtests.schedule import LoadShape
from tidegate.problems import UsageError

Say = Callable[[int], dict[str, Any]]


class Control(HTTPServer):
    """A control API that says what the test wants."""

    def __init__(self, say: Say) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.say = say


class Handler(BaseHTTPRequestHandler):
    """Answers GET /journal?since=N."""

    server: Control

    def do_GET(self) -> None:
        said = self.server.say(int(parse_qs(urlsplit(self.path).query)["since"][0]))
        body = json.dumps(said).encode()
        self.send_response(said.get("status", 200))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as http.server has it
        pass


@pytest.fixture
def control() -> Iterator[Callable[[Say], int]]:
    """Start a control API; gives its port."""
    started: list[tuple[Control, threading.Thread]] = []

    def start(say: Say) -> int:
        server = Control(say)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        started.append((server, thread))
        return server.server_port

    yield start
    for server, thread in started:
        server.shutdown()
        thread.join()
        server.server_close()


def entry(n: int) -> dict[str, Any]:
    effects = [{"kind": MADE, "id": "pi_1", "intent": f"a-{n}"}]
    return {"n": n, "at": n / 2, "wall": 100.0, "operation": "PostPaymentIntents", "status": 200, "effects": effects}


def test_a_journal_of_several_pages_is_read_to_its_end(control: Callable[[Say], int]) -> None:
    def say(since: int) -> dict[str, Any]:
        return {"entries": [entry(since + 1)], "forgotten": 0, "more": since < 2}

    assert read_journal(control(say)) == [
        JournalRequest(n / 2, "PostPaymentIntents", 200, (Effect(MADE, f"a-{n}"),), wall_s=100.0) for n in (1, 2, 3)
    ]


def test_an_empty_journal_is_no_error(control: Callable[[Say], int]) -> None:
    assert read_journal(control(lambda _: {"entries": [], "forgotten": 0, "more": False})) == []


def test_a_journal_that_forgot_something_is_not_judged(control: Callable[[Say], int]) -> None:
    with pytest.raises(RunError, match="forgot 3 requests; make the load smaller"):
        read_journal(control(lambda _: {"entries": [entry(4)], "forgotten": 3, "more": False}))


def test_a_journal_that_cannot_be_had_is_told(control: Callable[[Say], int]) -> None:
    with pytest.raises(RunError, match="journal answered 500"):
        read_journal(control(lambda _: {"status": 500}))


def test_without_locust_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(burst, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"tidegate\[harness\]"):
        run_burst(LoadShape(10, 6), print)


@pytest.mark.slow
@pytest.mark.skipif(find_spec("locust") is None, reason="locust is not installed")
def test_a_small_burst_is_held_and_every_payment_is_accounted_for() -> None:
    shape = LoadShape(rate_per_s=6, seconds=3, burst_s=1)
    ran = run_burst(shape, lambda _: None)
    figures = ran.verdict.figures
    assert ran.verdict.held, ran.verdict.document()
    assert figures.offered == figures.achieved == 72
    assert figures.done + figures.refused == figures.offered
    assert figures.effects == sum(number % 5 != 4 for number in range(72)) - figures.refused
