"""Documents that nobody would write are checked and served: some of those that tests.fuzz.documents draws."""

import pytest

from tests.fuzz.documents import survived

BATCHES = 8
EACH = 10


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_drawn_document_is_survived(batch: int) -> None:
    failures = {seed: survived(seed) for seed in (f"short:{batch}:{place}" for place in range(EACH))}
    assert {seed: told for seed, told in failures.items() if told} == {}


def test_the_same_seed_draws_the_same_document() -> None:
    assert survived("one") == survived("one") == []
