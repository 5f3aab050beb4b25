"""`tidegate record`: says where it listens, and writes what passed."""

from pathlib import Path
from typing import Any

import pytest

from tests.contracts.recording.wire import Line, standing_in
from tidegate.cassette.cassette_file import read
from tidegate.cli import main

MESSAGE: dict[str, Any] = {"headers": [["Authorization", "Bearer rk_of_somebody"]], "body": ""}
EXCHANGE: Line = {
    "method": "GET", "path": "/v1/charges", "url": "https://api.stripe.com/v1/charges", "request": MESSAGE,
    "status": 200, "answer": {"headers": [], "body": "cmtfb2Zfc29tZWJvZHk="}, "began_s": 5.0, "took_s": 0.1,
}  # fmt: skip


def leave(*arguments: str) -> object:
    with pytest.raises(SystemExit) as left:
        main(["record", *arguments])
    return left.value.code


@pytest.fixture
def wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that stands in for mitmdump, where the command looks for it."""
    (tmp_path / "bin").mkdir()
    lines: list[Line] = [{"port": 9300}, EXCHANGE, {"left_out": "GET /v1/b: it broke off"}]
    program = standing_in(tmp_path, lines).rename(tmp_path / "bin" / "mitmdump")
    monkeypatch.setenv("TIDEGATE_WIRE", str(tmp_path))
    return program


@pytest.mark.usefixtures("wire")
def test_what_passed_is_on_the_cassette(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tape = tmp_path / "tape.jsonl"
    assert leave("stripe", "-o", str(tape), "--port", "0") == 0
    said = capsys.readouterr()
    assert "https://api.stripe.com is recorded on http://127.0.0.1:9300; stop with Ctrl-C" in said.err
    assert "left out: GET /v1/b: it broke off" in said.err
    assert said.out == f"1 exchanges written to {tape}; look at it before you share it\n"
    (exchange,) = read(tape)
    assert (exchange.path, exchange.answer.body) == ("/v1/charges", b"[redacted]")


@pytest.mark.usefixtures("wire")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("no-such-vendor",), "there is no vendor no-such-vendor"),
        (("stripe", "--url", "nowhere"), "no address of a vendor"),
        (("stripe", "--ca", "/nowhere"), "--ca /nowhere: there is no such file"),
        (("stripe", "--secret", "NOT_SET_ANYWHERE"), "NOT_SET_ANYWHERE is not set"),
        (("stripe", "-o", "/"), "there already"),
    ],
)
def test_what_cannot_be_recorded_is_said(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    assert leave(*arguments) == 2
    assert says in capsys.readouterr().err


def test_without_mitmproxy_it_is_said_where_it_comes_from(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TIDEGATE_WIRE", "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")
    assert leave("stripe") == 2
    assert "`make setup` builds it" in capsys.readouterr().err
