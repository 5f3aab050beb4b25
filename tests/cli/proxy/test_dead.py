"""Tests of tidegate.cli.proxy.dead, against a real `tidegate serve`."""

import asyncio
import base64
import http.server
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import standardwebhooks

from tests.cli.proxy.post_office import SECRET, PostOffice, document, said
from tests.proxy.desk.letters import accept, dead, letter, settle_all
from tests.proxy.store.places import Place
from tidegate.loadtests.programs import Program, answers, fetch, free_port, tidegate
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore
from tidegate.world.world import RealWorld


def test_a_dead_letter_is_found_shown_sent_again_and_given_up(
    office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    """One story, as a person lives it: each step changes what the next one finds."""
    out, _ = said(capsys, "dead", "list", "--reason", "expired")
    assert [line.split()[:2] for line in out.splitlines()[1:]] == [["d21", "dead/expired"], ["d20", "dead/expired"]]
    out, _ = said(capsys, "dead", "show", "d5", "--body")
    assert "it said no" in out
    assert '{"n":0}' in out
    assert "PostRefunds" in out
    out, _ = said(capsys, "dead", "replay", "d5", "--dry-run")
    assert out == "d5 is dead, and would be sent again under its key\n"
    out, _ = said(capsys, "dead", "replay", "d5", "--yes", "--by", "ada", "--note", "vendor is back")
    assert out == "d5 is unknown\n"
    (line,) = document(capsys, "dead", "show", "d5")["audit"]
    assert (line["by"], line["note"]) == ("ada", "vendor is back")
    _, err = said(capsys, "dead", "replay", "d5", "--yes", code=1)
    assert "and replay is for what is dead" in err
    assert said(capsys, "dead", "cancel", "d20", "-y")[0] == "d20 is cancelled\n"
    out, _ = said(capsys, "dead", "resolve", "d7", "--redo", "--yes")
    assert out == "d7 is queued\n"
    assert document(capsys, "dead", "show", "d7")["key"].startswith("redo-")


def test_many_are_sent_again_at_the_pace_of_their_operation(
    office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    would, _ = said(capsys, "dead", "replay", "--operation", "PostCharges", "--dry-run")
    assert would.startswith("would replay 6; the last may go in ")
    assert "outbox stripe PostCharges: 6 in " in would
    assert "6 were sent once: what became of them is asked first" in would
    done = document(capsys, "dead", "replay", "--operation", "PostCharges", "--yes", "--share", "1%")
    assert (done["matched"], done["replayed"]) == (6, 6)
    assert said(capsys, "dead", "list", "--operation", "PostCharges")[1] == "none\n"


def test_a_secret_is_in_no_output(office: PostOffice, capsys: pytest.CaptureFixture[str]) -> None:
    """`said` looks for it each time."""
    for words in (("dead", "list"), ("dead", "show", "d3"), ("dead", "show", "d3", "--body")):
        said(capsys, *words)
        assert "d3" in json.dumps(document(capsys, *words))
    shown = document(capsys, "dead", "show", "d3", "--body")["request"]
    assert shown["headers"]["authorization"] == "[redacted]"
    assert json.loads(shown["body"]) == {"note": "[redacted]", "amount": 3}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("list", "--vendor", "stirpe"), 2, "there is no vendor stirpe; did you mean stripe?"),
        (("list", "--reason", "rejcted"), 2, "there is no reason rejcted; did you mean rejected?"),
        (("list", "--state", "parked"), 2, "these are dead all"),
        (("list", "--after", "x"), 2, "after is no cursor"),
        (("list", "--since", "soon"), 2, "since is no time"),
        (("show", "nobody"), 1, "there is no delivery nobody"),
        (("show", "../state"), 2, "this is no id of a delivery"),
        (("replay",), 2, "say which: an id, or --vendor"),
        (("replay", "d1", "--vendor", "stripe"), 2, "not both"),
        (("replay", "d1"), 2, "Nobody can be asked here: add --yes"),
        (("replay", "--vendor", "stripe", "--share", "lots", "--yes"), 2, "'lots' is not a share"),
        (("resolve", "d1"), 2, "say what became of it"),
        (("resolve", "d1", "--confirm", "--redo"), 2, "say what became of it"),
        (("resolve", "d1", "--confirm", "--key", "k"), 2, "--body and --key belong to --redo"),
        (("resolve", "d1", "--confirm", "--yes"), 1, "it is dead, and confirm is for what is parked, unknown"),
        (("cancel", "d1", "--yes", "--by", ""), 2, "by says who does it"),
        (("resolve", "d1", "--redo", "--body", "none.json"), 2, "none.json"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_exit_code(
    office: PostOffice, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, says: str
) -> None:
    out, err = said(capsys, "dead", *words, code=code)
    assert says in err
    assert out == ""


CUSTOMER = {
    "operation": "PostCustomers", "destination": "/v1/customers", "body": b"name=Ada",
    "headers": b'[["Content-Type", "application/x-www-form-urlencoded"]]', "keep_s": 86_400.0,
}  # fmt: skip
SIGNING = b"a signing secret of thirty bytes"


class Receiver(http.server.ThreadingHTTPServer):
    """Who is told of dead letters. It keeps each post, and refuses the first."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), self.make_handler())

    def make_handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        posts = self.posts

        class Post(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                posts.append((dict(self.headers), body))
                self.send_response(503 if len(posts) == 1 else 204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Post

    def events(self) -> set[tuple[str, str]]:
        """What was told, each verified by another library."""
        verifier = standardwebhooks.Webhook(base64.b64encode(SIGNING).decode())
        documents = [verifier.verify(body, headers) for headers, body in list(self.posts)]
        return {(document["type"], document["data"]["id"]) for document in documents}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


async def _die(store_file: Path) -> None:
    async with Place(lambda: SqliteStore(RealWorld(), str(store_file))).opened(RealWorld().wall()) as store:
        await accept(store.deliveries, letter(1, **CUSTOMER))
        await settle_all(store.deliveries, dead("quota"), sent=False)
        await accept(store.deliveries, letter(2, **CUSTOMER))
        await settle_all(store.deliveries, Settlement("parked", detail="nobody can tell"))


def customers(control: int) -> list[str]:
    """What the simulator was asked to make."""
    entries = json.loads(fetch(control, "/journal")[1])["entries"]
    return [entry["path"] for entry in entries if entry["method"] == "POST"]


def configure(folder: Path, *, admin: int, stripe: int, receiver: int) -> None:
    (folder / "tidegate.yaml").write_text(
        f"listen: 127.0.0.1:0\nadmin: 127.0.0.1:{admin}\nstore: store.db\n"
        f'use: {{stripe: {{base_url: "http://127.0.0.1:{stripe}", private_addresses: allow}}}}\n'
        f'events: {{url: "http://127.0.0.1:{receiver}/in", secrets: ["env:EVENTS_SECRET"]}}\n'
    )


def test_what_is_sent_again_is_carried_out_once_and_who_is_on_call_hears_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    monkeypatch.chdir(tmp_path)
    asyncio.run(_die(tmp_path / "store.db"))
    port, control, admin = free_port(), free_port(), free_port()
    configure(tmp_path, admin=admin, stripe=port, receiver=receiver.server_port)
    signing = "whsec_" + base64.b64encode(SIGNING).decode()
    environ = dict(os.environ) | {"STRIPE_API_KEY": SECRET, "EVENTS_SECRET": signing}
    simulate = tidegate("simulate", "stripe", "--port", str(port), "--control-port", str(control))

    with (
        Program("simulator", simulate, tmp_path, environ=environ) as simulator,
        Program("proxy", tidegate("serve"), tmp_path, environ=environ) as proxy,
    ):
        simulator.wait_until(answers(control, "/clock"))
        proxy.wait_until(answers(admin, "/readyz"))
        assert customers(control) == [], "what is dead is not sent by itself"
        assert said(capsys, "dead", "replay", "d1", "--yes")[0] == "d1 is queued\n"
        proxy.wait_until(lambda: document(capsys, "outbox", "show", "d1")["state"] == "done")
        assert customers(control) == ["/v1/customers"]
        said(capsys, "outbox", "resolve", "d2", "--redo", "--yes", "--by", "ada")
        proxy.wait_until(lambda: document(capsys, "outbox", "show", "d2")["state"] == "done")
        assert customers(control) == ["/v1/customers"] * 2
        told = {("delivery.dead", "d1"), ("delivery.parked", "d2")}
        proxy.wait_until(lambda: receiver.events() == told)
        metrics = fetch(admin, "/metrics")[1].decode()
        assert fetch(admin, "/readyz")[0] == 200
        log = proxy.log.read_text()
    labels = 'app="shop",box="outbox",reason="quota",state="dead",vendor="stripe"'
    assert f"tidegate_delivery_alarms_total{{{labels}}} 1.0" in metrics
    assert '"note":"a delivery is dead","delivery":"d1"' in log
    assert signing not in log
