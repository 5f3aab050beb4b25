"""The report of a comparison."""

import pytest

from tidegate.contracts.drift.drift_report import DriftFinding, DriftReport, Grade, sorted_findings
from tidegate.verdict import exit_code

ERROR = DriftFinding("error", "response-optional-property-removed", "A response 200 /x", "x is gone",
                     ("p: a", "p: b", "p: c", "p: d"), {"pointer": "/x"})  # fmt: skip
WARNING = DriftFinding("warning", "endpoint-deprecated", "B", "it is deprecated", ("p: e",))
NOTICES = tuple(DriftFinding("notice", "endpoint-added", f"N{at}", "it is new") for at in range(30))


def report(*findings: DriftFinding, untried: tuple[str, ...] = ()) -> DriftReport:
    return DriftReport("old", "new", findings, 5, untried)


def test_lines_name_whom_it_breaks_and_shorten_notices() -> None:
    lines = [*report(ERROR, WARNING, *NOTICES).lines()]
    assert lines[0] == (
        "error: response-optional-property-removed: A response 200 /x: x is gone; "
        "breaks “p: a”, “p: b”, “p: c” and 1 more"
    )
    assert lines[-2:] == [
        "10 more notices; --all shows them",
        "32 changes: 1 error, 1 warning, 30 notices (graded by 5 interactions of pacts)",
    ]
    assert len([*report(ERROR, WARNING, *NOTICES).lines(whole=True)]) == 33


@pytest.mark.parametrize(
    ("findings", "fail_on", "code"),
    [
        ((), "notice", 0), ((WARNING,), "error", 0), ((WARNING,), "warning", 1), ((ERROR,), "error", 1),
        (NOTICES, "warning", 0), (NOTICES, "notice", 1),
    ],
)  # fmt: skip
def test_the_verdict_is_by_the_grade_from_which_it_fails(
    findings: tuple[DriftFinding, ...], fail_on: Grade, code: int
) -> None:
    assert exit_code(report(*findings).cases(fail_on)) == code
    assert report(*findings).document(fail_on)["held"] is (code == 0)


def test_what_was_not_tried_is_no_verdict() -> None:
    assert exit_code(report(untried=("nothing is used",)).cases("error")) == 2
    assert "inconclusive: nothing is used" in [*report(untried=("nothing is used",)).lines()]


def test_json_holds_everything() -> None:
    document = report(ERROR).document("error")
    assert document["counts"] == {"error": 1, "warning": 0, "notice": 0}
    assert document["changes"][0]["pointer"] == "/x"
    assert [one.grade for one in sorted_findings([NOTICES[0], ERROR, WARNING])] == ["error", "warning", "notice"]
