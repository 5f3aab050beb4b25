"""Tests of tidegate.cli.proxy.serve: its refusals in this process, its life and death in processes of its own."""

import io
import os
import signal
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import orjson
import pytest
import requests

from tidegate.cli import main
from tidegate.cli.proxy.serve import load_vendors, say
from tidegate.loadtests.programs import Program, answers, free_port, tidegate
from tidegate.proxy.config import load_config
from tidegate.vendor.search_path import find_vendors

SECRET = "sk_test_serve_canary"
PAY = {"amount": "1200", "currency": "eur", "payment_method": "pm_card_visa", "confirm": "true"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STRIPE_API_KEY", SECRET)
    (tmp_path / "tidegate.yaml").write_text("listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\n")
    return tmp_path


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit code and what was said."""
    with pytest.raises(SystemExit) as left:
        main(["serve", *arguments])
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    return int(left.value.code or 0), said.err


def own_vendor(folder: Path, *changes: tuple[str, str]) -> None:
    text = find_vendors([])["stripe"].read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "adapters" / "stripe").mkdir(parents=True)
    (folder / "adapters" / "stripe" / "vendor.yaml").write_text(text)


def test_a_missing_file_is_one_clear_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = refusal(capsys, "-c", "nothing.yaml")
    assert (code, said) == (2, "tidegate: error: nothing.yaml: cannot be read: No such file or directory\n")


def test_mistakes_of_the_file_are_told_with_their_places(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "tidegate.yaml").write_text("drain: 30\nuse: {stripe: {secret: sk_live_canary}}\n")
    code, said = refusal(capsys)
    assert code == 2
    assert "tidegate.yaml:1:1: drain: 30 is not a duration" in said
    assert "tidegate.yaml:2:16: use.stripe.secret: this is a literal secret" in said
    assert "canary" not in said


def test_a_vendor_that_is_not_there(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "tidegate.yaml").write_text("use: {strype: }\n")
    code, said = refusal(capsys)
    assert (code, said) == (
        2, "tidegate: error: use.strype: there is no vendor file of this name; did you mean stripe?\n"
    )  # fmt: skip


def test_a_missing_secret_is_named(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STRIPE_API_KEY")
    (home / "tidegate.yaml").write_text("use: {stripe: }\n")
    code, said = refusal(capsys)
    assert (code, said.splitlines()[-1]) == (
        2, "tidegate: error: env:STRIPE_API_KEY: the environment variable STRIPE_API_KEY is not set"
    )  # fmt: skip


def test_vendors_that_nobody_named_are_left_out_silently_where_their_secret_is_missing(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    served = load_vendors(load_config(None))
    assert "stripe" in served
    assert "openai" not in served
    assert "openai" not in capsys.readouterr().err, "nobody asked for what ships with Tidegate"
    monkeypatch.delenv("STRIPE_API_KEY")
    code, said = refusal(capsys)
    assert code == 2
    assert "STRIPE_API_KEY is not set" in said


def test_a_missing_document_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own_vendor(home)
    code, said = refusal(capsys)
    assert code == 2
    assert "adapters/stripe/vendor.yaml:8:1: document: " in said
    assert "openapi.json" in said


def test_a_broken_vendor_file_is_wrong_usage_and_a_broken_rule_is_a_broken_promise(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = str(find_vendors([])["stripe"].parent / "openapi.json")
    own_vendor(home, ("openapi.json", document), ("    rotate_every: 90d\n", ""))
    code, said = refusal(capsys)
    assert code == 1
    assert "[TG006]" in said
    assert said.endswith("tidegate: 1 broken rule: the proxy does not start\n")
    file = home / "adapters" / "stripe" / "vendor.yaml"
    file.write_text(file.read_text().replace("budget: 20s", "budget: 20"))
    code, said = refusal(capsys)
    assert code == 2
    assert "20 is not a duration" in said


@pytest.mark.parametrize("key", ["listen", "admin"])
def test_a_port_in_use_is_one_clear_line(key: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        other = {"listen": "admin", "admin": "listen"}[key]
        (home / "tidegate.yaml").write_text(f"{key}: 127.0.0.1:{port}\n{other}: 127.0.0.1:0\n")
        code, said = refusal(capsys)
    assert code == 2
    assert f"error: {key}: cannot listen on 127.0.0.1:{port}: another program is listening there" in said


@pytest.mark.parametrize(
    ("store", "why"),
    [
        ("store.db", "store.db: this store cannot be used: file is not a database"),
        ("mysql://u:canary@db/x", "store: Tidegate has no store for mysql://"),
    ],
)
def test_a_store_that_cannot_be_used_is_one_clear_line(
    store: str, why: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "tidegate.yaml").write_text(f"listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\nstore: {store}\n")
    (home / "store.db").write_text("this is no database " * 100)
    code, said = refusal(capsys)
    assert (code, "canary" in said) == (2, False)
    assert why in said


def test_what_a_person_is_told_is_one_write_so_that_it_tears_no_log_line(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []

    class Unbuffered(io.StringIO):
        def write(self, text: str) -> int:
            written.append(text)
            return len(text)

    monkeypatch.setattr(sys, "stderr", Unbuffered())
    say("stopping; calls under way: 0")
    assert written == ["tidegate: stopping; calls under way: 0\n"]


class Tide:
    """A simulated vendor and a proxy in front of it, as processes."""

    def __init__(self, home: Path, running: ExitStack) -> None:
        self.home, self._running = home, running
        self.port, self.admin, self.vendor, self.control = (free_port() for _ in range(4))
        (home / "tidegate.yaml").write_text(
            f"listen: 127.0.0.1:{self.port}\nadmin: 127.0.0.1:{self.admin}\nstore: store.db\ndrain: 20s\n"
            f"use: {{stripe: {{base_url: 'http://127.0.0.1:{self.vendor}', private_addresses: allow}}}}\n"
        )
        ports = ("--port", str(self.vendor), "--control-port", str(self.control))
        self.simulator = running.enter_context(Program("simulator", tidegate("simulate", "stripe", *ports), home))
        self.proxy = self.start()
        self.simulator.wait_until(answers(self.control, "/clock"))

    def start(self) -> Program:
        proxy = self._running.enter_context(Program("proxy", tidegate("serve"), self.home))
        proxy.wait_until(answers(self.admin, "/readyz"))
        return proxy

    def pay(self, key: str) -> requests.Response:
        url = f"http://127.0.0.1:{self.port}/stripe/v1/payment_intents"
        return requests.post(url, PAY, headers={"Authorization": "Bearer app", "Idempotency-Key": key}, timeout=30)

    def tell(self, path: str, **said: object) -> None:
        requests.post(f"http://127.0.0.1:{self.control}/{path}", data=orjson.dumps(said), timeout=10).raise_for_status()

    def arm(self, **fault: str | int) -> None:
        self.tell("faults", faults=[fault])

    def journal(self) -> list[dict[str, object]]:
        found = requests.get(f"http://127.0.0.1:{self.control}/journal", timeout=10).json()["entries"]
        return [entry for entry in found if entry["method"] == "POST"]

    def payments(self) -> list[str]:
        url = f"http://127.0.0.1:{self.port}/stripe/v1/payment_intents"
        listed = requests.get(url, headers={"Authorization": "Bearer app"}, timeout=30).json()
        return [each["id"] for each in listed["data"]]

    def wait_for_request(self) -> None:
        self.simulator.wait_until(lambda: bool(self.journal()))


@pytest.fixture
def tide(home: Path) -> Iterator[Tide]:
    with ExitStack() as running:
        yield Tide(home, running)


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "hang", "effect": "none"},
        {"kind": "hang", "effect": "done"},
        {"kind": "latency", "delay": "1m"},
    ],
    ids=["nothing was done", "it was done", "it is still being done"],
)
def test_a_proxy_killed_in_the_middle_of_a_payment_pays_once_and_answers_after_its_restart(
    fault: dict[str, str], tide: Tide
) -> None:
    tide.arm(**fault, first_n=1)
    with ThreadPoolExecutor(1) as app:
        first = app.submit(tide.pay, "order-1")
        tide.wait_for_request()
        os.kill(tide.proxy.pid, signal.SIGKILL)
        with pytest.raises(requests.ConnectionError):
            first.result(30)
    tide.proxy.stop()
    tide.proxy = tide.start()
    tide.tell("clock", advance="1m")
    answer = tide.pay("order-1")
    assert answer.status_code == 200
    payment = answer.json()
    assert payment["status"] == "succeeded"
    sent = tide.journal()
    assert len(sent) >= 2
    assert {entry["key"] for entry in sent} == {"order-1"}
    assert tide.payments() == [payment["id"]]
    again = tide.pay("order-1")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == payment
    assert len(tide.journal()) == len(sent), "the vendor was not asked again"
    assert SECRET not in tide.proxy.log.read_text()


@pytest.mark.slow
def test_a_stop_lets_calls_finish_refuses_new_ones_and_ends_well(tide: Tide) -> None:
    tide.arm(kind="latency", delay="1m", first_n=1)
    with ThreadPoolExecutor(1) as app:
        first = app.submit(tide.pay, "order-1")
        tide.wait_for_request()
        os.kill(tide.proxy.pid, signal.SIGTERM)
        tide.proxy.wait_until(lambda: not answers(tide.admin, "/readyz")())
        refused = tide.pay("order-2")
        assert (refused.status_code, refused.headers["Tidegate-Problem"]) == (503, "overloaded")
        tide.tell("clock", advance="1m")
        assert first.result(30).status_code == 200
    tide.proxy.finish(20)
    said = tide.proxy.log.read_text()
    assert f"tidegate: listening on http://127.0.0.1:{tide.port}/<vendor> for stripe" in said
    assert "warning: personal data of stripe is stored" in said.rpartition("tidegate: stopping; calls under way: 1")[0]
    lines = map(orjson.loads, (line for line in said.splitlines() if line.startswith("{")))
    assert {line.get("what") or line.get("status") for line in lines} == {200, 503, "proxy.started", "proxy.drained"}


@pytest.mark.slow
def test_no_canary_in_any_slot_gets_into_the_log_or_the_admin_pages(tide: Tide) -> None:
    base = f"http://127.0.0.1:{tide.port}"
    slots = {"Authorization": "Bearer canary-token", "Cookie": "a=canary-cookie", "X-Other": "canary-header"}
    key = {"Idempotency-Key": "canary-key"}
    assert tide.pay("canary-key").status_code == 200
    for path in (
        "/stripe/v1/customers",
        "/stripe/v1/canary-path",
        "/canary-vendor/v1",
        "/stripe/v1/%2e%2e/canary-dots",
    ):
        requests.post(f"{base}{path}?q=canary-query", {"email": "canary-body"}, headers=slots | key, timeout=30)
        requests.get(f"{base}{path}?q=canary-query", headers=slots, timeout=30)
    requests.get(f"{base}/_tidegate/calls/canary-call", headers=slots, timeout=30)
    pages = [requests.get(f"http://127.0.0.1:{tide.admin}/{page}", timeout=10).text for page in ("metrics", "state")]
    tide.proxy.stop()
    log = tide.proxy.log.read_text()
    assert len([line for line in log.splitlines() if line.startswith("{") and '"note":"audit"' not in line]) == 10
    for text in (log, *pages):
        assert "canary" not in text
        assert SECRET not in text
    kept = b"".join(file.read_bytes() for file in tide.home.glob("store.db*"))
    assert b"canary-key" in kept, "it is what the record is found by"
    assert SECRET.encode() not in kept
    assert b"canary-token" not in kept
