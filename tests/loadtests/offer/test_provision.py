"""What a load needs is made by real requests before it begins, and its calls carry the names of it."""

import json
import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.tidegate.drawing.ferries import ferries, vendor_file
from tidegate.drawing.name_stock import NameStock
from tidegate.drawing.planned_load import PlannedRequest
from tidegate.drawing.request_drawer import RequestDrawer
from tidegate.drawing.supplies import Supplies
from tidegate.loadtests.offer.offered_call import LoadTarget
from tidegate.loadtests.offer.provision import VendorLoad, offered, patient
from tidegate.loadtests.programs import RunError
from tidegate.vendor.vendor_file import load_vendor


class Harbour(ThreadingHTTPServer):
    """Makes a harbour with each POST, and throttles the first."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 201


class Handler(BaseHTTPRequestHandler):
    """Answers as the server says."""

    server: Harbour

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers.items()), body))
        number = len(self.server.seen)
        answer = json.dumps({"id": f"har/{number}"}).encode()
        self.send_response(429 if number == 1 else self.server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("Retry-After", "7")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as http.server has it
        pass


@pytest.fixture
def harbour() -> Iterator[Harbour]:
    with Harbour() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def parts(tmp_path: Path, *calls: str) -> tuple[VendorLoad, NameStock]:
    document = ferries()
    drawer = RequestDrawer(document)
    supplies = Supplies(document, drawer, {})
    load = VendorLoad(load_vendor(vendor_file(tmp_path)), drawer, supplies, {})
    return load, NameStock(supplies, calls, random.Random(1), "run")


def test_what_a_call_needs_is_made_and_a_throttled_request_is_made_again(harbour: Harbour, tmp_path: Path) -> None:
    load, stock = parts(tmp_path, "showHarbour")
    target = LoadTarget(f"http://127.0.0.1:{harbour.server_port}/ferries", {"Authorization": "Bearer app"})
    waits: list[str | None] = []
    load.provision(stock, target, waits.append)
    assert waits == ["7"]
    path, headers, body = harbour.seen[1]
    assert (path, headers["Authorization"], headers["Idempotency-Key"]) == (
        "/ferries/harbours", "Bearer app", headers["Call-Tag"],
    )  # fmt: skip
    assert "name" in json.loads(body)
    (call,) = offered(
        [PlannedRequest(0, 1.5, "ferries", "showHarbour", "showHarbour", "run-0")],
        {"ferries": load}, {"ferries": stock}, {"ferries": target},
    )  # fmt: skip
    assert (call.at_s, call.method, call.tag, call.body) == (1.5, "GET", "run-0", "")
    assert call.url.startswith(f"{target.base_url}/harbours/har%2F")
    assert call.headers == {"Authorization": "Bearer app", "Call-Tag": "run-0"}


def test_a_vendor_that_supplies_nothing_or_does_not_answer_is_said(harbour: Harbour, tmp_path: Path) -> None:
    load, stock = parts(tmp_path, "showHarbour")
    harbour.status = 422
    target = LoadTarget(f"http://127.0.0.1:{harbour.server_port}", {})
    with pytest.raises(RunError, match=r"openHarbour supplied no name .* status 422.*under `requests`"):
        load.provision(stock, target, lambda _: None)
    harbour.server_close()
    with pytest.raises(RunError, match="POST /harbours got no answer"):
        parts(tmp_path, "showHarbour")[0].provision(parts(tmp_path, "showHarbour")[1], target, lambda _: None)


@pytest.mark.parametrize(("retry_after", "wait_s"), [("7", 7.0), ("999", 30.0), (None, 1.0), ("soon", 1.0)])
def test_patience_has_a_bound(monkeypatch: pytest.MonkeyPatch, retry_after: str | None, wait_s: float) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    patient(retry_after)
    assert waits == [wait_s]
