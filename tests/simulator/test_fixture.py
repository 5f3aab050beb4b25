"""The simulator for tests: plain calls, any HTTP client, and everything that the control API can do."""

import asyncio
import json
import queue
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.error import HTTPError

import pytest
import stripe

from tidegate.cassette.cassette_file import Recorder
from tidegate.cassette.recorded_exchange import Message, RecordedExchange
from tidegate.problems import UsageError
from tidegate.redaction.redactor import Redactor
from tidegate.simulator import Simulator


def ask(simulator: Simulator, method: str, path: str, form: str = "", **headers: str) -> tuple[int, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(
        simulator.url + path,
        method=method,
        data=form.encode() or None,
        headers={"Authorization": "Bearer sk_test_any", **named},
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_it_plays_a_vendor_by_its_name() -> None:
    with Simulator("stripe") as stripe:
        status, made = ask(stripe, "POST", "/v1/customers", "name=Ada")
        assert (status, made["name"]) == (200, "Ada")
        assert ask(stripe, "GET", f"/v1/customers/{made['id']}")[1] == made
        assert [entry["operation"] for entry in stripe.journal()] == ["PostCustomers", "GetCustomersCustomer"]
        assert stripe.objects("customer") == [made]
        assert {thing["object"] for thing in stripe.objects()} == {"customer", "event"}


def test_it_plays_a_document_alone(root: Path) -> None:
    with Simulator(spec=root / "adapters" / "stripe" / "openapi.json") as vendor:
        made = ask(vendor, "POST", "/v1/customers", "name=Ada")[1]
        assert ask(vendor, "GET", f"/v1/customers/{made['id']}")[1]["name"] == "Ada"


def test_it_tells_objects_that_lie_within_others() -> None:
    with Simulator("github") as github:
        ask(github, "POST", "/repos/a/b/issues", '{"title": "One"}', Content_Type="application/json")
        assert [issue["title"] for issue in github.objects("issue")] == ["One"]


def test_the_same_seed_gives_the_same_answers() -> None:
    def first(seed: int) -> Any:
        with Simulator("stripe", seed=seed) as stripe:
            return ask(stripe, "POST", "/v1/customers", "name=Ada")[1]["id"]

    assert first(3) == first(3) != first(4)


def test_faults_are_armed_and_dropped() -> None:
    with Simulator("stripe") as stripe:
        stripe.arm({"from": "0s"}, kind="error", status=503)
        assert ask(stripe, "GET", "/v1/customers")[0] == 503
        stripe.disarm()
        assert ask(stripe, "GET", "/v1/customers")[0] == 200
        with pytest.raises(ValueError, match="unknown kind"):
            stripe.arm(kind="frob")


def test_states_snapshots_and_a_new_beginning() -> None:
    with Simulator("stripe") as stripe:
        made = stripe.given("a customer exists", name="Ada")
        taken = stripe.snapshot()
        stripe.reset()
        assert ask(stripe, "GET", f"/v1/customers/{made['id']}")[0] == 404
        stripe.restore(taken)
        assert ask(stripe, "GET", f"/v1/customers/{made['id']}")[1]["name"] == "Ada"


def test_a_day_passes_at_once() -> None:
    with Simulator("stripe") as stripe:
        first = ask(stripe, "POST", "/v1/customers", "name=Ada", Idempotency_Key="k1")[1]
        assert ask(stripe, "POST", "/v1/customers", "name=Ada", Idempotency_Key="k1")[1] == first
        stripe.advance("25h")
        assert ask(stripe, "POST", "/v1/customers", "name=Ada", Idempotency_Key="k1")[1]["id"] != first["id"]


def test_it_can_begin_again_until_its_clock_is_moved_or_it_is_closed() -> None:
    vendor = Simulator("stripe")
    can = [vendor.can_begin_again]
    with vendor:
        url = vendor.url
        assert vendor.start().url == url, "one that listens already goes on"
        can.append(vendor.can_begin_again)
        vendor.advance("1s")
        can.append(vendor.can_begin_again)
    can.append(vendor.start().can_begin_again)
    vendor.close()
    can.append(vendor.can_begin_again)
    assert can == [False, True, False, True, False]


def test_a_delay_passes_by_itself() -> None:
    with Simulator("stripe") as stripe:
        stripe.arm(kind="latency", delay="10ms")
        assert ask(stripe, "POST", "/v1/customers", "name=Ada", Idempotency_Key="k1")[0] == 200
        assert ask(stripe, "POST", "/v1/customers", "name=Ada", Idempotency_Key="k1")[0] == 200


def test_only_its_secret_opens_it() -> None:
    with Simulator("stripe", secret="sk_test_right") as stripe:
        assert ask(stripe, "GET", "/v1/customers")[0] == 401
        assert ask(stripe, "GET", "/v1/customers", Authorization="Bearer sk_test_right")[0] == 200


def test_a_cassette_answers_what_is_on_it(tmp_path: Path) -> None:
    tape = tmp_path / "tape.jsonl"
    with Recorder(tape, "stripe", Redactor(()), 0.0) as recorder:
        recorded = Message({"content-type": "application/json"}, b'{"from": "the tape"}')
        for path in ("/v1/customers/cus_1", "/v1/undocumented"):
            recorder.write(RecordedExchange("GET", path, Message(), 200, recorded))
    with Simulator("stripe", cassette=tape) as stripe:
        assert ask(stripe, "GET", "/v1/customers/cus_1") == (200, {"from": "the tape"})
        assert ask(stripe, "GET", "/v1/customers/cus_2")[0] == 404
        assert ask(stripe, "GET", "/v1/undocumented") == (200, {"from": "the tape"})
        assert ask(stripe, "GET", "/v1/nowhere")[0] == 404
        assert [entry["played"] for entry in stripe.journal()] == [True, False, True, False]


async def test_it_runs_beside_a_loop() -> None:
    with Simulator("stripe") as stripe:
        assert (await asyncio.to_thread(ask, stripe, "GET", "/v1/customers"))[0] == 200


def test_what_cannot_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        Simulator("no-such-vendor")
    with pytest.raises(UsageError):
        Simulator("stripe", spec=tmp_path / "none.json")
    with pytest.raises(UsageError, match="name a vendor"):
        Simulator()
    with pytest.raises(UsageError, match="not running"):
        _ = Simulator("stripe").url


def test_a_port_in_use_is_said_and_leaves_nothing_running() -> None:
    with Simulator("stripe") as first, pytest.raises(OSError, match="in use"):
        Simulator("stripe", port=int(first.url.rpartition(":")[2])).start()


class Hook(BaseHTTPRequestHandler):
    """Takes one webhook and keeps it."""

    received: ClassVar[queue.Queue[tuple[str, bytes]]] = queue.Queue()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()
        self.received.put((self.headers["Stripe-Signature"], body))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


def test_it_sends_webhooks_that_the_vendors_sdk_takes_for_genuine() -> None:
    with HTTPServer(("127.0.0.1", 0), Hook) as receiver, Simulator("stripe") as stripe_vendor:
        threading.Thread(target=receiver.handle_request).start()
        registration = {
            "url": f"http://127.0.0.1:{receiver.server_port}/hook",
            "events": ["customer.*"],
            "secret": "whsec_1",
        }
        post = urllib.request.Request(stripe_vendor.control_url + "/webhooks", json.dumps(registration).encode())
        with urllib.request.urlopen(post) as answer:
            assert answer.status == 200
        made = ask(stripe_vendor, "POST", "/v1/customers", "name=Ada")[1]
        signature, body = Hook.received.get(timeout=60)
    event = stripe.Webhook.construct_event(body, signature, "whsec_1")
    assert (event.type, event.data.object["id"]) == ("customer.created", made["id"])
