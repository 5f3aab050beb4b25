"""TG008: personal data goes where it may."""

from pathlib import Path

import pytest

from tests.tidegate.plans import LIMIT, Change, broken

PERSONAL = (LIMIT, LIMIT + "  personal_data: [/email, /name]\n")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([PERSONAL], [("TG008", "facts.region")]),
        ([PERSONAL, ("facts:\n", "facts:\n  region: eu\n")], [("TG008", "policy.data.may_leave")]),
        (
            [
                PERSONAL,
                ("facts:\n", "facts:\n  region: eu\n"),
                ("policy:\n", "policy:\n  data: {may_leave: [/email]}\n"),
            ],
            [("TG008", "policy.data.may_leave")],
        ),
        (
            [
                PERSONAL,
                ("facts:\n", "facts:\n  region: eu\n"),
                ("policy:\n", "policy:\n  data: {may_leave: [/email, /name]}\n"),
            ],
            [],
        ),
    ],
)
def test_personal_data_has_a_region_and_may_go_there(
    tmp_path: Path, changes: list[Change], expected: list[tuple[str, str]]
) -> None:
    assert broken(tmp_path, *changes) == expected
