"""The hedge of a read."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.tidegate.plans import planned
from tidegate.policy.hedge import Hedge, describe


@pytest.mark.parametrize(("written", "read"), [("p95", "p95"), ("200ms", 0.2), ("2s", 2.0)])
def test_a_hedge_waits_for_a_time_or_for_the_tail(written: str, read: object) -> None:
    hedge = Hedge.model_validate({"after": written})
    assert hedge.after == read
    assert hedge.model_dump(mode="json") == {"after": written}


def test_any_other_word_is_refused_with_a_cure() -> None:
    with pytest.raises(ValidationError, match="write a number with its unit"):
        Hedge.model_validate({"after": "p99"})


@pytest.mark.parametrize("after", ["p95", "200ms"])
def test_it_is_described_as_it_was_written(tmp_path: Path, after: str) -> None:
    plan = planned(tmp_path, entry=f"hedge: {{after: {after}}}")
    assert describe(plan) == f"a second request after {after}, inside the retry budget"


def test_without_one_it_is_off(tmp_path: Path) -> None:
    assert describe(planned(tmp_path)) == "off"
