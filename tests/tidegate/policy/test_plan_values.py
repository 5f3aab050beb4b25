"""A plan value says where it stands in the vendor file, and it stands there."""

from dataclasses import fields
from typing import Any

import pytest
from pydantic import BaseModel

from tests.proxy.examples import plan
from tidegate.plan.plan import OperationPlan
from tidegate.policy.plan_values import REPORTS, PlanSource, sources_of, with_report
from tidegate.policy.policy import OperationSettings, Policy
from tidegate.policy.retry import RetryPlan

SOURCES = sources_of(OperationPlan)


def stands_in(block: type[BaseModel], loc: tuple[str | int, ...]) -> bool:
    """Whether a path leads to a key of a block, or of a block in it."""
    key, *rest = loc
    if key not in block.model_fields:
        return False
    inner = _blocks(block.model_fields[str(key)].annotation)
    return not rest or any(stands_in(part, tuple(rest)) for part in inner)


def _blocks(annotation: Any) -> list[type[BaseModel]]:
    parts = [annotation, *getattr(annotation, "__args__", ())]
    return [part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)]


@pytest.mark.parametrize("name", SOURCES)
def test_the_place_of_a_value_is_one_that_may_be_written(name: str) -> None:
    source = SOURCES[name]
    assert source.entry or source.policy
    assert not source.entry or stands_in(OperationSettings, source.entry)
    assert not source.policy or stands_in(Policy, source.policy)


@pytest.mark.parametrize("name", [name for name, source in SOURCES.items() if source.policy and source.read is None])
def test_a_plan_made_by_hand_has_the_defaults_of_the_policy(name: str) -> None:
    value: Any = Policy()
    for step in SOURCES[name].policy:
        value = getattr(value, str(step))
    (default,) = (field.default for field in fields(OperationPlan) if field.name == name)
    assert default == value


def test_a_block_s_values_are_known_apart_from_the_others() -> None:
    assert {"retry_attempts", "retry_budget", "keep_s"} <= set(sources_of(RetryPlan)) < set(SOURCES)
    assert sources_of(RetryPlan)["retry_attempts"] == PlanSource(
        ("attempts",), ("retry", "attempts"), read=None, for_reads=False, derive=None, words=None
    )


def test_a_plan_has_no_dictionary_of_its_own() -> None:
    assert not hasattr(plan(), "__dict__")


def test_report_mode_is_told_once_or_for_each_block() -> None:
    reporting = plan(reports=("breaker", "queue"))
    assert with_report(["a"], reporting, "breaker") == f"a; {REPORTS}"
    assert with_report(["a"], reporting, "limiter", "queue") == f"a; queue {REPORTS}"
    assert with_report(["a"], plan(), "breaker") == "a"
