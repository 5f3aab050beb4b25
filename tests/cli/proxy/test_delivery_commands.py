"""Tests of tidegate.cli.proxy.delivery_commands: it asks once, and does what it is told."""

import io

import pytest

from tests.cli.proxy.post_office import PostOffice, document, said


class Terminal(io.StringIO):
    """Somebody who can be asked."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_a_no_changes_nothing(
    office: PostOffice, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    for words in (("cancel", "d1"), ("replay", "d1"), ("replay", "--vendor", "stripe"), ("resolve", "d1", "--redo")):
        monkeypatch.setattr("sys.stdin", Terminal(answer))
        out, err = said(capsys, "dead", *words, code=1)
        assert err.endswith("tidegate: nothing was done\n")
        assert out == ""
    shown = document(capsys, "dead", "show", "d1")
    assert (shown["state"], shown["audit"]) == ("dead", [])


def test_a_yes_does_it_after_saying_what_it_is(
    office: PostOffice, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    out, err = said(capsys, "dead", "replay", "d2")
    assert "d2 is dead, and would be sent again under its key; what became of it is asked first" in err
    assert out == "d2 is unknown\n"
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    out, err = said(capsys, "dead", "replay", "--reason", "expired")
    assert err.startswith("would replay 2")
    assert out.startswith("replayed 2")


@pytest.mark.parametrize("option", ["--vendor", "--app", "--order-key", "--since"])
def test_a_filter_that_is_empty_does_not_stand_for_all(
    office: PostOffice, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    for words in (("replay", "--yes"), ("list",)):
        _, err = said(capsys, "dead", *words, option, "", code=2)
        assert f"{option} is empty, and would find all" in err
    assert document(capsys, "dead", "show", "d1")["audit"] == []


def test_the_admin_port_can_be_said_and_its_absence_is_told(
    office: PostOffice,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert document(capsys, "outbox", "list", "--admin", office.url, "--limit", "1")["deliveries"]
    monkeypatch.setenv("TIDEGATE_ADMIN", office.url)
    assert document(capsys, "outbox", "list", "--limit", "1")["deliveries"]
    _, err = said(capsys, "outbox", "list", "--admin", "http://127.0.0.1:1", code=2)
    assert "no proxy answers on http://127.0.0.1:1" in err
    assert "start one with `tidegate serve`" in err
