"""TG009: what is critical has a fallback."""

from pathlib import Path

import pytest

from tests.tidegate.plans import POST, Change, broken

HIGH = ("owner: shop-team", "owner: shop-team\ncriticality: high")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([HIGH], [("TG009", "operations")]),
        ([(POST, f"{POST}\n  GetOrder: {{critical: true}}")], [("TG009", "operations")]),
        ([HIGH, (POST, f'{POST}\n  "*": {{unavailable: {{fail: no other way}}}}')], []),
        (
            [HIGH, (POST, f"{POST}\n  P*: {{unavailable: {{fail: why}}}}\n  DeleteOrder: {{critical: false}}")],
            [("TG010", "operations.DeleteOrder")],
        ),
    ],
)
def test_a_critical_operation_names_its_fallback(
    tmp_path: Path, changes: list[Change], expected: list[tuple[str, str]]
) -> None:
    assert broken(tmp_path, *changes) == expected
