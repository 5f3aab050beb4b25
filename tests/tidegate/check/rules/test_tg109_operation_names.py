"""TG109: a name that means nothing is found."""

from pathlib import Path

import pytest

from tests.tidegate.plans import POST, Change, broken, findings


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([(POST, f"{POST}\n  GetOrdr: {{attempts: 1}}")], [("TG109", "operations.GetOrdr")]),
        ([(POST, f"{POST}\n  Patch*: {{attempts: 1}}")], [("TG109", "operations.Patch*")]),
        (
            [("burst: 20}", "burst: 20, scope: operations, of: [Get*, GetOrdr]}")],
            [("TG109", "facts.limits[0].of[1]")],
        ),
    ],
)
def test_every_name_means_an_operation(tmp_path: Path, changes: list[Change], expected: list[tuple[str, str]]) -> None:
    assert broken(tmp_path, *changes) == expected


def test_a_slip_of_the_pen_is_told_with_the_nearest_operation(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, (POST, f"{POST}\n  GetOrdrs: {{attempts: 1}}"))
    assert finding.message == "GetOrdrs is no operation of the document; did you mean GetOrders?"
