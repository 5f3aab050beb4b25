"""The registry of kinds of faults, as it was before the test."""

from collections.abc import Iterator

import pytest

from tidegate.scenario.fault import Fault


@pytest.fixture
def kinds() -> Iterator[dict[str, type[Fault]]]:
    """Every kind that is defined; what a test adds is taken out again."""
    before = dict(Fault.kinds)
    yield Fault.kinds
    Fault.kinds.clear()
    Fault.kinds.update(before)
