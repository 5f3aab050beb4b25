"""Tests of tidegate.cli.proxy.outbox, against a real `tidegate serve`."""

from pathlib import Path

import pytest

from tests.cli.proxy.post_office import PostOffice, document, said


def test_a_parked_write_is_decided_about(
    office: PostOffice, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert [one["id"] for one in document(capsys, "outbox", "list", "--state", "parked")["deliveries"]] == [
        "d31",
        "d30",
    ]
    assert said(capsys, "outbox", "resolve", "d30", "--confirm", "-y")[0] == "d30 is done\n"
    body = tmp_path / "body.json"
    body.write_text('{"n": 31}')
    assert said(capsys, "outbox", "resolve", "d31", "--redo", "--body", str(body), "-y")[0] == "d31 is queued\n"
    shown = document(capsys, "outbox", "show", "d31", "--body")
    assert shown["request"]["body"] == '{"n":31}'
    assert "→ sha-256" in shown["audit"][0]["note"]


def test_a_list_goes_on_where_it_ended(office: PostOffice, capsys: pytest.CaptureFixture[str]) -> None:
    first = document(capsys, "outbox", "list", "--limit", "2", "--state", "dead")
    out, _ = said(capsys, "outbox", "list", "--limit", "2", "--state", "dead", "--after", first["next"])
    ids = [line.split()[0] for line in out.splitlines()[1:3]]
    assert ids == ["d11", "d10"]
    assert "… more; go on with --after " in out


def test_what_stands_in_the_inbox_is_not_shown_here(office: PostOffice, capsys: pytest.CaptureFixture[str]) -> None:
    _, err = said(capsys, "outbox", "show", "d41", code=1)
    assert "it stands in the inbox: `tidegate inbox …`" in err
    _, err = said(capsys, "outbox", "cancel", "d41", "--yes", code=1)
    assert "it stands in the inbox" in err


def test_one_that_waits_is_given_up(office: PostOffice, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "outbox", "cancel", "d40", "--yes")[0] == "d40 is cancelled\n"
