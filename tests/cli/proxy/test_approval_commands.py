"""Tests of tidegate.cli.proxy.approval_commands, against a running proxy."""

import asyncio
import dataclasses
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.proxy.post_office import SECRET, document, said
from tests.proxy.desk.letters import accept, letter
from tests.proxy.store.places import Place
from tidegate.cli.proxy.approval_commands import request_lines
from tidegate.loadtests.programs import Program, answers, free_port, tidegate
from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore
from tidegate.world.world import RealWorld

TOKEN = "admin-token-of-ada"


async def _fill(store_file: Path) -> None:
    async with Place(lambda: SqliteStore(RealWorld(), str(store_file))).opened(RealWorld().wall()) as store:
        held = [
            dataclasses.replace(
                letter(n, deadline=1e6), state="parked", body=json.dumps({"amount": n, "note": SECRET}).encode()
            )
            for n in range(4)
        ]
        await accept(store.deliveries, *held)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A proxy with four writes that wait for approval, and an admin port that wants a token."""
    folder = tmp_path_factory.mktemp("approvals")
    asyncio.run(_fill(folder / "store.db"))
    admin, nowhere = free_port(), f"http://127.0.0.1:{free_port()}"
    (folder / "tidegate.yaml").write_text(
        f"listen: 127.0.0.1:0\nadmin: 127.0.0.1:{admin}\nstore: store.db\n"
        "admin_tokens: [{name: ada, token: 'file:ada.token'}]\n"
        f'use: {{stripe: {{base_url: "{nowhere}", private_addresses: allow}}}}\n'
    )
    (folder / "ada.token").write_text(TOKEN)
    environ = {**os.environ, "STRIPE_API_KEY": SECRET}
    with Program("proxy", tidegate("serve"), folder, environ=environ) as program:
        program.wait_until(answers(admin, "/readyz"))
        yield folder


@pytest.fixture(autouse=True)
def _there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    monkeypatch.delenv("TIDEGATE_ADMIN", raising=False)
    monkeypatch.delenv("TIDEGATE_ADMIN_TOKEN", raising=False)


def test_what_would_be_sent_is_shown_without_secrets_before_it_is_let_go(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = said(capsys, "outbox", "approve", "d0", "--yes", "--note", "asked bob", "--by", "somebody else")
    assert '"amount":0' in err
    assert "POST" in err
    assert "d0 is " in out
    shown = document(capsys, "outbox", "show", "d0")
    assert shown["state"] in ("queued", "leased", "sending", "waiting", "unknown")
    [line] = shown["audit"]
    assert (line["action"], line["by"], line["note"]) == ("approve", "ada", "asked bob"), "the token says who it was"


def test_what_is_refused_is_dead_and_cannot_be_sent_again(capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "outbox", "refuse", "d1", "--yes")
    shown = document(capsys, "outbox", "show", "d1")
    assert (shown["state"], shown["reason"], shown["may"]) == ("dead", "refused", ["cancel"])
    _, err = said(capsys, "dead", "replay", "d1", "--yes", code=1)
    assert "can be: cancel" in err
    assert document(capsys, "dead", "replay", "--reason", "refused", "--yes")["replayed"] == 0


def test_a_dry_run_decides_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = said(capsys, "outbox", "approve", "d2", "--dry-run")
    assert "would be sent for the first time" in out
    shown = document(capsys, "outbox", "show", "d2")
    assert shown["awaits_approval"] is True
    assert shown["may"] == ["approve", "cancel", "refuse"]


def test_what_waits_for_no_approval_is_neither_approved_nor_refused(capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "outbox", "cancel", "d3", "--yes")
    for action in ("approve", "refuse"):
        _, err = said(capsys, "outbox", action, "d3", "--yes", code=1)
        assert f"{action} is for what is parked" in err


def test_without_a_token_nobody_is_let_in_and_the_refusal_is_recorded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDEGATE_ADMIN_TOKEN", "wrong")
    _, err = said(capsys, "outbox", "list", code=2)
    assert "TIDEGATE_ADMIN_TOKEN" in err
    monkeypatch.setenv("TIDEGATE_ADMIN_TOKEN", TOKEN)
    rows = document(capsys, "audit", "list", "--what", "admin.refused")["rows"]
    assert rows[0]["target"] == "address:127.0.0.1"
    assert TOKEN not in json.dumps(rows)


def test_lines_that_could_steer_a_terminal_are_escaped() -> None:
    request = {"method": "POST", "destination": "/x\x1b[2J", "headers": {"A": "b\r"}, "body": "\x07"}
    shown = {"app": "a", "vendor": "v", "operation": "o", "accepted": "now", "request": request}
    assert all(line.isprintable() for line in request_lines(shown))
