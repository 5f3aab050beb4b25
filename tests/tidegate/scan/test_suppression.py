"""A comment is about its own line, or about the next where it stands alone."""

from dataclasses import replace

import pytest

from tidegate.scan.scan_finding import ScanFinding
from tidegate.scan.suppression import suppressions, unknown_names

FOUND = ScanFinding("a", 2, 1, "no-timeout", "")


@pytest.mark.parametrize(
    ("lines", "covered"),
    [
        (["", "f()  # tidegate: ignore"], True),
        (["", "f() // tidegate: ignore[no-timeout] because"], True),
        (["", "f() /* Tidegate:  ignore[TS03, catch-all] */"], True),
        (["  # tidegate: ignore[no-timeout]", "f()"], True),
        (["g()  # tidegate: ignore[no-timeout]", "f()"], False),
        (["", "f()  # tidegate: ignore[catch-all]"], False),
        (["", "f('tidegate: ignore')"], False),
        (["", "f()  # ignore"], False),
    ],
)
def test_what_a_comment_covers(lines: list[str], covered: bool) -> None:
    assert any(one.covers(FOUND) for one in suppressions(lines)) is covered


def test_a_name_of_no_rule_is_told() -> None:
    [one] = suppressions(["# tidegate: ignore[no-timout, TS01]"])
    assert unknown_names(one) == ["no-timout"]
    assert not one.covers(replace(FOUND, line=1))
