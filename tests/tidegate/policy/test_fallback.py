"""The fallback of an operation."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.tidegate.plans import planned
from tidegate.policy.fallback import Static, describe
from tidegate.policy.policy import OperationSettings


def test_a_static_answer_is_text_or_a_block() -> None:
    assert Static.model_validate({"body": {"a": 1}}).body == {"a": 1}
    assert Static.model_validate({"body": "a"}).content_type == "application/json"
    with pytest.raises(ValidationError):
        Static.model_validate({"status": 600})


@pytest.mark.parametrize(
    "written",
    [
        {"status": 204, "body": {"a": 1}},
        {"status": 205, "body": "a"},
        {"content_type": ""},
        {"content_type": "json"},
        {"content_type": "text/plain\r\nX: y"},
        {"content_type": "text/plain\n"},
    ],
)
def test_an_answer_that_cannot_be_written_is_refused(written: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Static.model_validate(written)


def test_a_media_type_may_have_parameters() -> None:
    assert Static.model_validate({"content_type": 'text/csv; charset="utf-8"; header=present'}).body == ""


@pytest.mark.parametrize("written", [{}, {"fail": "why", "static": {}}])
def test_away_means_one_thing(written: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="either fail"):
        OperationSettings.model_validate({"unavailable": written})


@pytest.mark.parametrize(
    ("entry", "kind", "words"),
    [
        ("attempts: 1", "fail", "none"),
        ("unavailable: {fail: no way}", "fail: no way", "none"),
        ("unavailable: cache", "cache", "a stale answer of the cache"),
        ("unavailable: {static: {status: 204}}", "static", "a static answer, 204"),
    ],
)
def test_what_the_app_gets(tmp_path: Path, entry: str, kind: str, words: str) -> None:
    plan = planned(tmp_path, entry=entry)
    assert (plan.unavailable, describe(plan)) == (kind, words)


def test_a_write_has_no_static_answer(tmp_path: Path) -> None:
    plan = planned(tmp_path, entry="unavailable: {static: {status: 204}}", operation="PutOrder")
    assert (plan.static, plan.origins["static"]) == (None, "method")
