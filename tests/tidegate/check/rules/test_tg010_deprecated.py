"""TG010: an operation that is about to go is a warning."""

from pathlib import Path

from tests.tidegate.plans import POST, findings


def test_a_deprecated_operation_is_a_warning_once_it_is_used(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, (POST, f"{POST}\n  DeleteOrder: {{attempts: 1}}"))
    assert (finding.code, finding.severity, finding.line) == ("TG010", "warning", 22)


def test_one_that_no_entry_names_is_not_told(tmp_path: Path) -> None:
    assert findings(tmp_path) == []
