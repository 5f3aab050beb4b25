"""TG005: somebody is woken, and finds a runbook."""

from pathlib import Path

import pytest

from tests.tidegate.plans import Change, broken


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([("owner: shop-team\n", "")], [("TG005", "owner")]),
        ([("  alerts: {errors: 5%, slow_p99: 5s, runbook: shop}\n", "")], [("TG005", "policy.alerts")]),
        ([("runbook: shop", "runbook: ' '")], [("TG005", "policy.alerts.runbook")]),
    ],
)
def test_alerts_runbook_and_owner_are_named(
    tmp_path: Path, changes: list[Change], expected: list[tuple[str, str]]
) -> None:
    assert broken(tmp_path, *changes) == expected
