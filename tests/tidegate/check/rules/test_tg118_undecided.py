"""TG118: each thing that is left for a person to decide is a notice."""

from pathlib import Path

from tests.tidegate.plans import findings


def test_what_is_undecided_is_named_line_by_line(tmp_path: Path) -> None:
    open_matters = 'owner: shop-team\nundecided: ["who pays", "when"]'
    found = findings(tmp_path, ("owner: shop-team", open_matters))
    assert [(one.code, one.severity, one.message) for one in found] == [
        ("TG118", "notice", "to be decided: who pays"),
        ("TG118", "notice", "to be decided: when"),
    ]


def test_a_file_without_them_is_not_told_of(tmp_path: Path) -> None:
    assert findings(tmp_path) == []
