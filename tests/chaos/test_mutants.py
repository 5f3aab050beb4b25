"""Every planted bug still fits what it replaces: `make chaos-mutants`, which hunts them, takes long and runs seldom."""

import pytest

from tests.chaos.mutants import MUTANTS, Plant, planted


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_it_can_be_planted(mutant: Plant) -> None:
    with planted(mutant):
        pass
