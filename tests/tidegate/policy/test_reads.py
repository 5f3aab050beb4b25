"""What a vendor file may say about reads."""

import pytest
from pydantic import ValidationError

from tidegate.policy.policy import OperationSettings
from tidegate.policy.reads import Cache, Hedge, Static


def test_a_cache_is_private_and_guesses_nothing_unless_it_is_told_to() -> None:
    assert Cache() == Cache.model_validate({"shared": "app", "heuristic": "0%", "despite": (), "by": ()})
    assert Cache().fresh is None
    assert Cache().stale_if_error is None


@pytest.mark.parametrize(("written", "read"), [("p95", "p95"), ("200ms", 0.2), ("2s", 2.0)])
def test_a_hedge_waits_for_a_time_or_for_the_tail(written: str, read: object) -> None:
    hedge = Hedge.model_validate({"after": written})
    assert hedge.after == read
    assert hedge.model_dump(mode="json") == {"after": written}


def test_any_other_word_is_refused_with_a_cure() -> None:
    with pytest.raises(ValidationError, match="write a number with its unit"):
        Hedge.model_validate({"after": "p99"})


def test_a_static_answer_is_text_or_a_block() -> None:
    assert Static.model_validate({"body": {"a": 1}}).body == {"a": 1}
    assert Static.model_validate({"body": "a"}).content_type == "application/json"
    with pytest.raises(ValidationError):
        Static.model_validate({"status": 600})


@pytest.mark.parametrize("written", [{}, {"fail": "why", "static": {}}])
def test_away_means_one_thing(written: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="either fail"):
        OperationSettings.model_validate({"unavailable": written})
