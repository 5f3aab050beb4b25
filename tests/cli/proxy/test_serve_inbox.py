"""The inbox of a proxy in a process of its own: killed while webhooks come, started again, and reloaded."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from standardwebhooks import Webhook

from tests.proxy.durable.inbox_town import APP_SECRET, ENVIRON, stripe_event, stripe_signed
from tidegate.loadtests.programs import Program, answers, free_port, tidegate
from tidegate.world.world import RealWorld

EVENTS = 60
KILLED_AT = (15, 35)


class App(ThreadingHTTPServer):
    """An app on a thread: what it got, by event, with the webhook-ids that it came under."""

    def __init__(self) -> None:
        self.got: dict[str, set[str]] = {}
        super().__init__(("127.0.0.1", 0), Taking)


class Taking(BaseHTTPRequestHandler):
    """Takes a webhook."""

    server: App

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        event = Webhook(APP_SECRET).verify(body, dict(self.headers))
        self.server.got.setdefault(event["id"], set()).add(self.headers["webhook-id"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is written to standard error."""


@pytest.fixture
def app() -> Iterator[App]:
    with App() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Inbox:
    """A proxy with an inbox, in a process of its own."""

    def __init__(self, home: Path, app: App) -> None:
        self.home, self.app = home, app
        self.ports = {name: free_port() for name in ("gateway", "admin", "inbox")}
        self.write("stripe: {vendor: stripe, apps: [shop]}")
        self.start()

    def write(self, sources: str) -> None:
        """Its tidegate.yaml, with these sources."""
        ports, url = self.ports, f"http://127.0.0.1:{self.app.server_port}/"
        (self.home / "tidegate.yaml").write_text(
            f"listen: 127.0.0.1:{ports['gateway']}\nadmin: 127.0.0.1:{ports['admin']}\nstore: store.db\n"
            "use: {stripe: {secret: 'env:KEY'}}\n"
            f"inbox: {{listen: '127.0.0.1:{ports['inbox']}', sources: {{{sources}}}}}\n"
            f"apps: {{shop: {{webhooks: {{url: '{url}', secrets: ['env:SHOP_HOOKS']}}}}}}\n"
        )

    def start(self) -> None:
        """A new process."""
        self.program = Program("proxy", tidegate("serve"), self.home)
        self.program.__enter__()
        self.program.wait_until(answers(self.ports["admin"], "/readyz"))

    def kill(self) -> None:
        """End it as the machine does."""
        os.kill(self.program.pid, signal.SIGKILL)
        self.program.stop()

    def sent(self, source: str, name: str) -> int:
        """The status of the answer to a webhook of Stripe's; 0 where there is none."""
        body = stripe_event(name)
        header, _, value = stripe_signed(body, RealWorld().wall()).partition(": ")
        try:
            url = f"http://127.0.0.1:{self.ports['inbox']}/{source}"
            return requests.post(url, body, headers={header: value}, timeout=10).status_code
        except requests.ConnectionError:
            return 0

    def is_taken(self, source: str, name: str) -> bool:
        """Whether a webhook is taken now."""
        return self.sent(source, name) == 200


@pytest.fixture
def inbox(tmp_path: Path, app: App, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    inbox = Inbox(tmp_path, app)
    yield inbox
    inbox.program.stop()


@pytest.mark.slow
def test_what_was_acknowledged_outlives_kills(inbox: Inbox, app: App) -> None:
    names = [f"evt_{n}" for n in range(EVENTS)]
    for n, name in enumerate(names):
        if n in KILLED_AT:
            inbox.kill()
            assert inbox.sent("stripe", name) == 0
            inbox.start()
        inbox.program.wait_until(partial(inbox.is_taken, "stripe", name))
    inbox.program.wait_until(lambda: set(app.got) == set(names))
    assert all(len(under) == 1 for under in app.got.values())


@pytest.mark.slow
def test_a_new_source_needs_no_restart_and_the_log_holds_no_secret(inbox: Inbox, app: App) -> None:
    assert inbox.sent("pay", "evt_1") == 404
    secrets = "secrets: ['env:STRIPE_WEBHOOK_SECRET']"
    inbox.write(f"stripe: {{vendor: stripe, apps: [shop]}}, pay: {{vendor: stripe, apps: [shop], {secrets}}}")
    os.kill(inbox.program.pid, signal.SIGHUP)
    inbox.program.wait_until(partial(inbox.is_taken, "pay", "evt_1"))
    inbox.program.wait_until(lambda: "evt_1" in app.got)
    os.kill(inbox.program.pid, signal.SIGTERM)
    inbox.program.finish(20)
    said = inbox.program.log.read_text()
    assert f"tidegate: webhooks on http://127.0.0.1:{inbox.ports['inbox']}/<source>" in said
    notes = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    outcomes = {note["outcome"] for note in notes if note.get("note") == "webhook"}
    assert outcomes <= {"accepted", "repeated", "unknown-source"}
    assert not [secret for secret in ENVIRON.values() if secret in said]
