"""A finding reads as place, field, what is wrong, and code."""

from tidegate.configfile.finding import FORM_CODES, Finding, VendorFileError, in_order, written_path
from tidegate.problems import UsageError


def test_a_finding_is_one_line_with_its_place_and_code() -> None:
    finding = Finding("TG001", "error", "a.yaml", 3, 7, "policy.budget", "too short")
    assert str(finding) == "a.yaml:3:7: policy.budget: too short [TG001]"


def test_a_warning_says_that_it_is_one() -> None:
    assert str(Finding("TG010", "warning", "a.yaml", 1, 1, "", "old")) == "a.yaml:1:1: warning: old [TG010]"


def test_a_key_that_holds_a_line_break_begins_no_line() -> None:
    finding = Finding("TG103", "error", "a\x1b[2J.yaml", 1, 1, "x\n::error::y", "there is no field")
    assert str(finding) == "a\\x1b[2J.yaml:1:1: x\\n::error::y: there is no field [TG103]"


def test_a_path_is_written_as_one_would_say_it() -> None:
    assert written_path(("facts", "limits", 0, "rate")) == "facts.limits[0].rate"
    assert written_path(()) == ""


def test_findings_stand_in_the_order_of_the_file_each_once() -> None:
    late, early = (Finding("TG001", "error", "a.yaml", line, 1, "", "x") for line in (9, 2))
    assert in_order([late, early, late]) == [early, late]


def test_a_vendor_file_error_is_wrong_usage_and_tells_everything() -> None:
    findings = [Finding("TG001", "error", "a.yaml", line, 1, "", "x") for line in (1, 2)]
    error = VendorFileError(findings)
    assert isinstance(error, UsageError)
    assert str(error).splitlines() == [str(finding) for finding in findings]


def test_every_form_has_a_name() -> None:
    assert all(code > "TG100" for code in FORM_CODES)
