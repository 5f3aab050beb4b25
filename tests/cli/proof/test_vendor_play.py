"""`tidegate chaos run --vendor` as a person calls it: what is played, and what is refused with its cure."""

import json
from pathlib import Path

import pytest

from tests.chaos.kiosk import kiosk, scenario
from tidegate.chaos.judge.vacuity import unplayable_faults
from tidegate.cli import main
from tidegate.cli.proof.vendor_play import USUAL, find_for_vendors, judged_vendors
from tidegate.problems import UsageError
from tidegate.scenario.scenario import Scenario

SHORT = """\
name: short
seconds: 20
vendor: kiosk/vendor.yaml
load: [{rate: 2/s, mix: {leaveNote: 1, group: 1}}]
requests: {group: {operation: sellTicket, body: {seats: 9}, draw: true}}
faults: [{kind: reset_after, probability: 20%}]
checks: [{done: 50%}, {operations: [sellTicket], longest: 30s}]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    kiosk(tmp_path)
    written = tmp_path / "short.yaml"
    written.write_text(SHORT, encoding="utf-8")
    return written


def called(*arguments: str) -> int:
    try:
        main(["chaos", "run", *arguments])
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def test_a_file_names_its_vendor_requests_and_checks(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(str(file), "--json") == 0
    document = json.loads(capsys.readouterr().out)
    (played,) = document["scenarios"]
    assert document["held"] is True
    assert played["vendors"]["kiosk"]["tidegate"]["asked"] == 40
    assert played["vendors"]["kiosk"]["tidegate"]["doubled"] == 0


def test_a_check_that_fails_is_exit_code_1_and_the_run_can_be_repeated(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor = str(file.parent / "kiosk")
    file.write_text(SHORT.replace("done: 50%", "p50: 1ms"), encoding="utf-8")
    assert called(str(file), "--vendor", vendor) == 1
    out = capsys.readouterr().out.replace("\n", " ")
    assert "broken: check 1: p50 is" in out
    assert f"--vendor {vendor} --seed 1" in out.replace("  ", " ")


def test_checks_without_a_vendor_are_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(SHORT.replace("vendor: kiosk/vendor.yaml\n", ""), encoding="utf-8")
    assert called(str(file)) == 2
    assert "name it with --vendor" in capsys.readouterr().err


def test_a_fault_that_cannot_happen_is_inconclusive_and_nothing_is_played(file: Path) -> None:
    vendor = str(file.parent / "kiosk")
    given = scenario(faults=[{"kind": "error", "operations": ["sellTickets"]}, {"kind": "outage", "vendor": "kisk"}])
    result = judged_vendors(given, [vendor], None, quiet=True)
    assert result.run is None
    assert result.untried == [
        "fault 2 (outage): no vendor of this run is called kisk; did you mean kiosk?",
        "fault 1 (error): no operation is called sellTickets; did you mean sellTicket?",
    ]


def test_the_vendors_of_a_run_are_named_where_none_is_near() -> None:
    given = Scenario.model_validate({"name": "x", "faults": [{"kind": "outage", "vendor": "nobody"}]})
    (sentence,) = unplayable_faults(given, {}, ["kiosk", "slack"])
    assert sentence.endswith("is called nobody; they are kiosk, slack")


def test_a_scenario_for_any_vendor_is_found_by_name_or_file(file: Path) -> None:
    assert find_for_vendors(USUAL).name == USUAL
    assert find_for_vendors(str(file)).name == "short"
    with pytest.raises(UsageError, match="no scenario for any vendor is called 'first-light'; known are rough-day"):
        find_for_vendors("first-light")
