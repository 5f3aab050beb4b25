"""`tidegate cassette har` makes a cassette that the simulator plays, without what must not be kept."""

import json
from pathlib import Path

import pytest

from tests.simulator.cassette.test_har import archive, entry
from tests.simulator.test_fixture import ask
from tidegate.cli import main
from tidegate.simulator import Simulator

KEY = "sk_live_of_somebody"


def saved(tmp_path: Path) -> Path:
    headers = [{"name": "Authorization", "value": f"Bearer {KEY}"}]
    request = {"method": "GET", "headers": headers, "postData": {"text": ""}}
    answer = {"content": {"text": json.dumps({"id": "cus_1", "key": KEY})}, "status": 200}
    asked = entry("https://api.stripe.com/v1/customers/cus_1", request=request, response=answer)
    return archive(tmp_path, asked, entry("https://elsewhere.example/"))


def leave(*arguments: str) -> object:
    with pytest.raises(SystemExit) as left:
        main(["cassette", "har", *arguments])
    return left.value.code


def test_an_archive_becomes_a_cassette_that_plays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tape = tmp_path / "tape.jsonl"
    monkeypatch.setenv("THE_KEY", KEY)
    assert leave(str(saved(tmp_path)), "-o", str(tape), "--vendor", "stripe", "--secret", "THE_KEY") == 0
    assert "1 exchanges written" in capsys.readouterr().out
    assert KEY not in tape.read_text()
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
