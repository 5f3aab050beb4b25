"""TG006: a credential grows old, and may do little."""

from pathlib import Path

import pytest

from tests.tidegate.plans import Change, broken


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([("    rotate_every: 90d\n", "")], [("TG006", "facts.auth.rotate_every")]),
        ([("    scopes: may read and write orders\n", "")], [("TG006", "facts.auth.scopes")]),
    ],
)
def test_rotation_and_scopes_are_named(tmp_path: Path, changes: list[Change], expected: list[tuple[str, str]]) -> None:
    assert broken(tmp_path, *changes) == expected
