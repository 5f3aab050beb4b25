"""`tidegate load burst`: what it prints, and its exit codes."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.loadtests.test_burst_verdict import RECORDS, verdict
from tidegate.cli import main
from tidegate.cli.proof import load
from tidegate.loadtests.burst import BurstRun, Say
from tidegate.loadtests.programs import RunError
from tidegate.loadtests.schedule import LoadShape


def played(monkeypatch: pytest.MonkeyPatch, *, held: bool) -> list[LoadShape]:
    """Let every run be one whose verdict is known; gives the shapes that were asked for."""
    asked: list[LoadShape] = []

    def run(shape: LoadShape, say: Say) -> BurstRun:
        say("starting")
        asked.append(shape)
        return BurstRun(shape, verdict() if held else verdict(records=RECORDS[:3]), 12.5)

    monkeypatch.setattr(load, "run_burst", run)
    return asked


def left(*arguments: str) -> int:
    """The exit code."""
    with pytest.raises(SystemExit) as exit_:
        main(["load", "burst", *arguments])
    return int(exit_.value.code or 0)


def test_a_held_verdict_is_shown_and_leaves_with_0(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = played(monkeypatch, held=True)
    assert left("--rate", "20", "--seconds", "9") == 0
    assert asked == [LoadShape(20, 9)]
    shown = capsys.readouterr().out
    assert "not doubled" in shown
    assert "Held." in shown


def test_a_broken_promise_leaves_with_1_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played(monkeypatch, held=False)
    assert left() == 1
    shown = capsys.readouterr().out
    assert "NO" in shown
    assert "A promise broke." in shown


def test_json_is_one_document_and_the_exit_code_stays(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played(monkeypatch, held=False)
    assert left("--json") == 1
    document = json.loads(capsys.readouterr().out)
    assert document["held"] is False
    assert document["promises"]["offered"]["held"] is False
    assert document["figures"]["offered"] == 10


def test_the_junit_file_has_every_promise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    played(monkeypatch, held=True)
    assert left("--junit", str(tmp_path / "load.xml")) == 0
    assert len(list(ET.parse(tmp_path / "load.xml").iter("testcase"))) == len(verdict().promises)


def test_a_junit_file_that_cannot_be_written_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    played(monkeypatch, held=True)
    assert left("--junit", str(tmp_path / "no" / "load.xml")) == 2
    assert "cannot be written: No such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "said"), [
    (["--rate", "0"], "above 0"),
    (["--seconds", "2"], "choose --seconds above the burst"),
    (["--rate", "many"], "'--rate'"),
    (["--rate", "nan"], "numbers with an end"),
    (["--rate", "inf"], "numbers with an end"),
    (["--rate", "-inf"], "numbers with an end"),
    (["--seconds", "nan"], "numbers with an end"),
    (["--seconds", "inf"], "numbers with an end"),
    (["--rate", "1e308"], "at most 500,000 calls"),
    (["--rate", "1e9"], "at most 500,000 calls"),
    (["--seconds", "1e9"], "at most 500,000 calls"),
    (["--rate", "-1"], "above 0"),
    (["--rate", ""], "'--rate'"),
])  # fmt: skip
def test_wrong_numbers_leave_with_2_and_say_what_would_do(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert left(*arguments) == 2
    assert said in capsys.readouterr().err


def test_a_run_that_could_not_be_made_is_no_verdict_and_leaves_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> BurstRun:
        raise RunError("proxy ended with exit code 2")

    monkeypatch.setattr(load, "run_burst", fail)
    assert left() == 2
    assert capsys.readouterr().err == "tidegate: error: proxy ended with exit code 2\n"


def test_a_run_in_which_no_call_was_made_is_inconclusive(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(load, "run_burst", lambda shape, _: BurstRun(shape, verdict(records=[], journal=[]), 12.5))
    assert left("--json", "--junit", str(tmp_path / "load.xml")) == 2
    told = json.loads(capsys.readouterr().out)
    assert (told["held"], told["inconclusive"]) == (False, ["none of 10 planned calls was made"])
    (suite,) = ET.parse(tmp_path / "load.xml").getroot()
    assert suite.get("errors") == suite.get("tests")
    assert left() == 2
    assert "inconclusive: none of 10 planned calls was made" in capsys.readouterr().out
