"""Users of one's own are judged by our verdict: at a proxy that lies, what they were told is not in the journal."""

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.loadtests.test_burst import broken, order
from tests.test_docs import ROOT, blocks
from tidegate.loadtests.burst import run_burst
from tidegate.loadtests.offer.locust_run import LocustOptions
from tidegate.loadtests.offer.offered_call import LoadTarget
from tidegate.loadtests.schedule import LoadShape
from tidegate.simulator import Simulator
from tidegate.vendor.search_path import shipped_vendors

needs_locust = pytest.mark.skipif(find_spec("locust") is None, reason="locust is not installed")


class Liar(ThreadingHTTPServer):
    """A proxy with a bug: it says that a write was done that it never passed on."""

    def __init__(self, vendor: str) -> None:
        super().__init__(("127.0.0.1", 0), LiarHandler)
        self.vendor = vendor


class LiarHandler(BaseHTTPRequestHandler):
    """Passes reads on."""

    server: Liar
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path, headers = self.path.removeprefix("/stripe"), {"Call-Tag": self.headers["Call-Tag"]}
        asked = urllib.request.Request(self.server.vendor + path, headers={**headers, "Authorization": "Bearer k"})
        status, body = 502, b""
        with suppress(urllib.error.HTTPError), urllib.request.urlopen(asked) as answer:
            status, body = answer.status, answer.read()
        self._answer(status, body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(201, b'{"id": "cus_1"}')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as http.server has it
        pass


@pytest.fixture
def liar() -> Iterator[tuple[str, Simulator]]:
    """The buggy proxy's place for Stripe, and the simulator behind it."""
    with Simulator("stripe") as vendor, Liar(vendor.url) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/stripe", vendor
        server.shutdown()
        thread.join()


@pytest.mark.slow
@needs_locust
def test_users_of_ones_own_find_a_proxy_that_lies_at_an_address_that_is_given(
    tmp_path: Path, liar: tuple[str, Simulator]
) -> None:
    url, vendor = liar
    own = tmp_path / "mine.py"
    [program] = blocks(ROOT / "docs" / "load.md", "python")
    own.write_text(program)
    asked = replace(
        order(LoadShape(1, 1, burst_s=0), shipped_vendors()["stripe"]),
        targets={"stripe": LoadTarget(url, {"Authorization": "Bearer app"})},
        journals={"stripe": vendor.control_url},
        locustfile=own,
        locust=LocustOptions(more=["--users", "2", "--spawn-rate", "10"]),
    )
    ran = run_burst(asked, lambda _: None)
    assert broken(ran.verdict)[:1] == ["not lost"], ran.verdict.document()
    figures = ran.verdict.figures
    assert figures.lost > 0
    assert figures.effects == 0
    assert figures.vendor_requests == figures.achieved - figures.lost
