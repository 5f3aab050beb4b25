"""`tidegate load burst`, `soak` and `orders`: what they print, and their exit codes."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.chaos.judge.test_order_promises import GOOD
from tests.loadtests.soak.test_soak_verdict import FAILED
from tests.loadtests.soak.test_soak_verdict import verdict as soak_verdict
from tests.loadtests.test_burst_verdict import RECORDS, verdict
from tests.loadtests.test_load_charts import PLAYED
from tests.tidegate.report.page_reading import ReadPage
from tidegate.chaos.judge.order_promises import OrderFigures, judge
from tidegate.cli import main
from tidegate.cli.proof import load
from tidegate.configfile.units import Rate
from tidegate.loadtests.burst import BurstRun, Say
from tidegate.loadtests.load_order import LoadOrder
from tidegate.loadtests.programs import RunError
from tidegate.loadtests.soak.soak import SoakShape
from tidegate.loadtests.soak.soak_verdict import SoakVerdict


def played(monkeypatch: pytest.MonkeyPatch, *, held: bool) -> list[LoadOrder]:
    """Let every run be one whose verdict is known; gives what was asked for."""
    asked: list[LoadOrder] = []

    def run(order: LoadOrder, say: Say) -> BurstRun:
        say("starting")
        asked.append(order)
        found = verdict() if held else verdict(records=RECORDS[:3])
        return BurstRun(order.scenario.name, found, 12.5, PLAYED)

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
    (load,) = asked[0].scenario.load
    assert (load.rate, load.to, load.peak_for, asked[0].scenario.seconds) == (Rate(20, 1), Rate(200, 1), 3.0, 9.0)
    shown = capsys.readouterr().out
    assert "not doubled" in shown
    assert "Held." in shown


def test_the_name_of_a_scenario_is_shown_as_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played(monkeypatch, held=True)
    (tmp_path / "odd.yaml").write_text('name: "a [/b]\\n::error::"\nseconds: 4\nload: [{rate: 5/s}]\n')
    assert left("--scenario", str(tmp_path / "odd.yaml")) == 0
    assert "a [/b]\\n::error::" in capsys.readouterr().out


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
    page = tmp_path / "load.html"
    assert left("--junit", str(tmp_path / "load.xml"), "--rate", "7", "--html", str(page)) == 0
    text = ReadPage(page.read_text(encoding="utf-8")).text
    assert "tidegate load burst --rate 7" in text
    assert "ferries: quota in use" in text
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
    (["--rate", "1e-320"], "one call a day at least"),
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


def test_a_worker_takes_its_calls_from_a_master(monkeypatch: pytest.MonkeyPatch) -> None:
    masters: list[tuple[str, int]] = []
    monkeypatch.setattr(load, "run_worker", lambda host, port: masters.append((host, port)))
    assert left("--worker", "--master-host", "10.0.0.1", "--master-port", "5600") == 0
    assert masters == [("10.0.0.1", 5600)]


def test_a_worker_without_a_master_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RunError("no master listens at x:1")

    monkeypatch.setattr(load, "run_worker", fail)
    assert left("--worker") == 2
    assert "no master listens" in capsys.readouterr().err


def test_locusts_own_options_and_files_are_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = played(monkeypatch, held=True)
    own = tmp_path / "mine.py"
    own.write_text("")
    assert left("--csv", "run", "--locustfile", str(own), "--seconds", "2", "--", "--users", "7") == 0
    assert (asked[0].locust.csv, asked[0].locust.more) == (Path("run"), ["--users", "7"])
    assert (asked[0].locustfile, asked[0].scenario.load[0].shape) == (own, "constant")
    assert left("--master", "--expect-workers", "3") == 0
    assert (asked[1].locust.workers, asked[1].locust.more) == (3, ["--master-bind-port", "5557"])
    assert left("--master", "--locustfile", str(own), "--seconds", "2") == 2


def soaked(monkeypatch: pytest.MonkeyPatch, result: SoakVerdict | RunError) -> list[tuple[list[str], SoakShape, bool]]:
    """Let every soak have a verdict that is known; gives what was asked for."""
    asked: list[tuple[list[str], SoakShape, bool]] = []

    def run(order: LoadOrder, shape: SoakShape, say: Say, *, drawn: bool) -> SoakVerdict:
        say("starting")
        asked.append(([one.name for one in order.vendors], shape, drawn))
        if isinstance(result, RunError):
            raise result
        return result

    monkeypatch.setattr(load, "run_soak", run)
    return asked


def soak(*arguments: str) -> int:
    with pytest.raises(SystemExit) as exit_:
        main(["load", "soak", *arguments])
    return int(exit_.value.code or 0)


def test_a_soak_that_held_leaves_with_0(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked = soaked(monkeypatch, soak_verdict())
    assert soak("github", "--calls", "50", "--at-once", "4") == 0
    assert asked == [(["github"], SoakShape(50, 4), False)]
    assert "Held." in capsys.readouterr().out


def test_a_soak_of_an_empty_name_is_not_one_of_another_vendor(capsys: pytest.CaptureFixture[str]) -> None:
    assert soak("") == 2
    assert "there is no vendor" in capsys.readouterr().err


def test_a_soak_of_several_vendors_plays_what_a_scenario_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = soaked(monkeypatch, soak_verdict())
    story = tmp_path / "story.yaml"
    story.write_text("name: day\nload: [{rate: 1/s}]\n")
    assert soak("github", "--vendor", "stripe", "--calls", "5", "--at-once", "1", "--scenario", str(story)) == 0
    assert asked == [(["github", "stripe"], SoakShape(5, 1), True)]


def test_a_soak_that_broke_leaves_with_1_in_words_in_json_and_in_junit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    soaked(monkeypatch, soak_verdict(straight=FAILED))
    assert soak("github") == 1
    assert "failed: GET /a: 503" in capsys.readouterr().out
    assert soak("github", "--json", "--junit", str(tmp_path / "soak.xml"), "--html", str(tmp_path / "soak.html")) == 1
    assert "GET /a: 503" in ReadPage((tmp_path / "soak.html").read_text(encoding="utf-8")).text
    document = json.loads(capsys.readouterr().out)
    assert (document["held"], document["promises"]["answered"]["held"], document["calls"]) == (False, False, 20_000)
    suite = ET.parse(tmp_path / "soak.xml").getroot()
    assert len(list(suite.iter("failure"))) == 1


def test_a_soak_that_could_not_be_carried_out_leaves_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    soaked(monkeypatch, RunError("no proxy"))
    assert soak("github") == 2
    assert "no proxy" in capsys.readouterr().err


def test_a_run_in_which_no_call_was_made_is_inconclusive(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(
        load, "run_burst", lambda order, _: BurstRun("burst", verdict(records=[], journal=[]), 12.5, PLAYED)
    )
    assert left("--json", "--junit", str(tmp_path / "load.xml")) == 2
    told = json.loads(capsys.readouterr().out)
    assert (told["held"], told["inconclusive"]) == (False, ["none of 10 planned calls was made"])
    (suite,) = ET.parse(tmp_path / "load.xml").getroot()
    assert suite.get("errors") == suite.get("tests")
    assert left() == 2
    assert "inconclusive: none of 10 planned calls was made" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("figures", "code"),
    [(judge(GOOD), 0), (replace(judge(GOOD), lost=1), 1), (replace(judge(GOOD), met_outage=0), 2)],
)
def test_the_order_flow_under_load_is_judged(
    figures: OrderFigures, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[float, float]] = []

    def play(seconds: float, rate: float, *_: object) -> OrderFigures:
        asked.append((seconds, rate))
        return figures

    monkeypatch.setattr(load, "played_live", play)
    with pytest.raises(SystemExit) as left_with:
        main(["load", "orders", "--times", "12", "--minutes", "2", "--json"])
    assert (left_with.value.code, asked) == (code, [(120.0, 1.0)])
    assert json.loads(capsys.readouterr().out)["lost"] == figures.lost
