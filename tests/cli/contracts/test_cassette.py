"""`tidegate cassette har` and `flows` make cassettes without what must not be kept, and others keep them young."""

import json
from pathlib import Path

import pytest

from tests.cli.contracts.test_record import EXCHANGE
from tests.contracts.recording.wire import Line, standing_in
from tests.simulator.test_fixture import ask
from tests.tidegate.cassette.recordings import archive, entry, exchange_of, recorded
from tidegate.cassette.cassette_file import read
from tidegate.cassette.recorded_exchange import Message, RecordedExchange
from tidegate.cli import main
from tidegate.simulator import Simulator

THE_KEY = "sk_live_of_somebody"
KEY_VALUE = "sk_test_asked_again"
KEY = ("--token-env", "STRIPE_TEST_KEY", "--header", "Accept-Language: en")


def saved(tmp_path: Path) -> Path:
    headers = [{"name": "Authorization", "value": f"Bearer {THE_KEY}"}]
    request = {"method": "GET", "headers": headers, "postData": {"text": ""}}
    answer = {"content": {"text": json.dumps({"id": "cus_1", "key": THE_KEY})}, "status": 200}
    asked = entry("https://api.stripe.com/v1/customers/cus_1", request=request, response=answer)
    return archive(tmp_path, asked, entry("https://elsewhere.example/"))


def leave(*arguments: str, command: str = "har") -> object:
    with pytest.raises(SystemExit) as left:
        main(["cassette", command, *arguments])
    return left.value.code


def test_an_archive_becomes_a_cassette_that_plays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tape = tmp_path / "tape.jsonl"
    monkeypatch.setenv("THE_KEY", THE_KEY)
    assert leave(str(saved(tmp_path)), "-o", str(tape), "--vendor", "stripe", "--secret", "THE_KEY") == 0
    assert "1 exchanges written" in capsys.readouterr().out
    assert THE_KEY not in tape.read_text()
    with Simulator("stripe", cassette=tape) as stripe:
        assert ask(stripe, "GET", "/v1/customers/cus_1") == (200, {"id": "cus_1", "key": "[redacted]"})


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--vendor", "stripe", "--secret", "NOT_SET_ANYWHERE"), "NOT_SET_ANYWHERE is not set"),
        (("--vendor", "stripe", "--base-url", "https://nowhere.example"), "none of its 2 requests went to"),
        (("--vendor", "no-such-vendor"), "no-such-vendor"),
    ],
)
def test_what_cannot_be_done_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], says: str
) -> None:
    tape = tmp_path / "tape.jsonl"
    assert leave(str(saved(tmp_path)), "-o", str(tape), *options) == 2
    assert says in capsys.readouterr().err
    assert not tape.exists()


def test_a_flow_file_becomes_a_cassette(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    elsewhere: Line = {**EXCHANGE, "url": "https://elsewhere.test/"}
    lines: list[Line] = [{"port": 0}, EXCHANGE, elsewhere, {"left_out": "GET /b: it broke off"}]
    standing_in(tmp_path, lines).rename(tmp_path / "bin" / "mitmdump")
    monkeypatch.setenv("TIDEGATE_WIRE", str(tmp_path))
    (tmp_path / "saved.flows").touch()
    tape, saved = tmp_path / "tape.jsonl", str(tmp_path / "saved.flows")
    assert leave(saved, "-o", str(tape), "--vendor", "stripe", command="flows") == 0
    said = capsys.readouterr()
    assert said.out == f"1 exchanges written to {tape}; 1 requests to others left out\n"
    assert "left out: GET /b" in said.err
    nowhere = ("--vendor", "stripe", "--base-url", "https://nowhere.example")
    assert leave(saved, "-o", str(tmp_path / "none.jsonl"), *nowhere, command="flows") == 2
    assert "none of its 2 requests went to https://nowhere.example" in capsys.readouterr().err
    assert not (tmp_path / "none.jsonl").exists()


def test_a_stale_cassette_fails_where_that_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = str(recorded(tmp_path, exchange_of(), recorded_s=0.0))
    assert leave(old, command="age") == 0
    assert "stripe, 1 exchanges, 2" in capsys.readouterr().out
    assert leave(old, "--max-age", "30d", "--junit", str(tmp_path / "junit.xml"), command="age") == 1
    assert "at most 30 days are allowed" in capsys.readouterr().err
    assert "at most 30 days" in (tmp_path / "junit.xml").read_text()
    assert leave(old, "--max-age", "36500d", "--json", command="age") == 0
    (shown,) = json.loads(capsys.readouterr().out)["cassettes"]
    assert (shown["path"], shown["vendor"], shown["exchanges"]) == (old, "stripe", 1)
    assert leave(old, "--max-age", "soon", command="age") == 2


def test_a_cassette_is_asked_again_and_written_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_TEST_KEY", KEY_VALUE)
    request, answer = Message({"host": "x"}), Message({"content-type": "application/json"}, b'{"old": 1}')
    old = recorded(tmp_path, RecordedExchange("GET", "/v1/customers", request, 200, answer), exchange_of())
    new = tmp_path / "new.jsonl"
    with Simulator("stripe") as stripe:
        assert leave(str(old), "--url", stripe.url, "-o", str(new), *KEY, command="refresh") == 1
        said = capsys.readouterr().out
        assert "GET /v1/customers: $.old: integer is now gone\n" in said
        assert "POST /v1/things: not asked again: it would be carried out" in said
        assert said.endswith("1 of 2 exchanges asked again, 1 changed\n")
        (read_again, kept) = read(new)
        assert json.loads(read_again.answer.body)["object"] == "list"
        assert kept == tuple(read(old))[1]
        assert leave(str(new), "--url", stripe.url, "--json", *KEY, command="refresh") == 0
        shown = json.loads(capsys.readouterr().out)["exchanges"]
        assert [(one["asked"], one["changed"]) for one in shown] == [(True, []), (False, [])]
    assert KEY_VALUE not in new.read_text()


def test_a_cassette_on_which_nothing_can_be_asked_again_proves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave(str(recorded(tmp_path, exchange_of())), command="refresh") == 2
    assert "0 of 1 exchanges asked again" in capsys.readouterr().out


@pytest.mark.parametrize("url", ["", "sandbox", "https://[::1"])
def test_an_address_that_is_none_never_means_the_vendors_own(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave(str(recorded(tmp_path, exchange_of())), "--writes", "--url", url, command="refresh") == 2
    assert f"{url!r} is no address of a vendor" in capsys.readouterr().err
