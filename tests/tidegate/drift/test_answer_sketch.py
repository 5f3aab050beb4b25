"""Sketches find what is planted, soon, and nothing else."""

import os
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any

import pytest

from tests.tidegate.drift.answers import LEFT_OUT, PLANTED, Change, ordinary_fields, payment
from tidegate.drift.answer_sketch import RECENT, AnswerSketch, orders

BEFORE, WITHIN = 500, 200
FIELDS = int(os.environ.get("TIDEGATE_DRIFT_FIELDS", "40"))
ANSWERS = int(os.environ.get("TIDEGATE_DRIFT_ANSWERS", "800"))
"""`TIDEGATE_DRIFT_FIELDS=1000 TIDEGATE_DRIFT_ANSWERS=10000` is the long form: some minutes, with --timeout=0."""


def always() -> bool:
    return True


@cache
def settled() -> tuple[AnswerSketch, Random]:
    """A sketch that has seen ordinary answers."""
    rng, sketch = Random(7), AnswerSketch(always)
    found = [change for number in range(BEFORE) for change in sketch.add(payment(rng, number), digest=number + 1)]
    assert found == []
    return sketch, rng


@pytest.mark.parametrize(("change", "pointer", "kind"), PLANTED.values(), ids=PLANTED)
def test_what_is_planted_is_found_within_200_answers(change: Change, pointer: str, kind: str) -> None:
    sketch, rng = deepcopy(settled())
    found: dict[str, str] = {}
    for number in range(BEFORE, BEFORE + WITHIN):
        answer = payment(rng, number)
        change(answer, rng)
        for one in sketch.add(answer, digest=number + 1):
            found.setdefault(one.pointer, one.change.kind)
    assert found.get(pointer, "").endswith(kind), found
    assert len(found) <= 2, found


def test_nothing_is_found_where_nothing_changes() -> None:
    """At most one false alarm in 1,000 fields over 10,000 answers: here a small part of it, without any."""
    rng = Random(11)
    fields, draws = ordinary_fields(rng, FIELDS), Random(12)
    sketches = [AnswerSketch(always) for _ in range(0, FIELDS, 20)]
    alarms = []
    for number in range(ANSWERS):
        for at, sketch in enumerate(sketches):
            values = {f"f{at * 20 + place}": draw(draws) for place, draw in enumerate(fields[at * 20 : at * 20 + 20])}
            answer = {name: value for name, value in values.items() if value is not LEFT_OUT}
            alarms += sketch.add(answer, digest=number * 1000 + at)
    assert len(alarms) <= FIELDS * ANSWERS / 10_000_000, alarms


def test_a_change_is_told_once_and_a_second_one_again() -> None:
    sketch = AnswerSketch(always)

    def answers(first: int, value: str) -> list[str]:
        return [one.change.says for at in range(first, first + 400)
                for one in sketch.add({"n": at, "s": value}, digest=at)]  # fmt: skip

    assert answers(0, "on") == []
    assert len(answers(400, "2026-01-01")) == 1
    assert len(answers(800, "on")) == 1


def test_an_answer_that_was_just_seen_says_nothing_new() -> None:
    sketch = AnswerSketch(always)
    for at in range(10_000):
        assert sketch.add({"state": "held" if at > 5_000 else "open"}, digest=at > 5_000) == []
    assert sketch.answers == 2
    for at in range(1_000):  # one object that changes all the time
        sketch.add({"at": at, "balance": None}, digest=10 + at, about=5)
    assert sketch.answers == 3
    assert sketch.repeats == 10_997


def test_memory_is_bound() -> None:
    left = [50]

    def room() -> bool:
        left[0] -= 1
        return left[0] >= 0

    sketch, rng = AnswerSketch(room), Random(1)
    for at in range(300):
        sketch.add({f"{rng.random()}": at, "deep": nested(40), "wide": [{"a": at}] * 5_000}, digest=at)
    assert len(sketch.fields) <= 50
    assert sketch.unkept > 0
    assert len(sketch._recent) == RECENT


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value}
    return value


def test_an_object_with_many_names_of_its_own_is_one_field() -> None:
    sketch = AnswerSketch(always)
    sketch.add({"by_id": {f"u{at}": at for at in range(300)}}, digest=1)
    assert set(sketch.fields) == {"/by_id", "/by_id/*"}


def test_words_of_personal_fields_are_not_kept() -> None:
    sketch = AnswerSketch(always, frozenset({"name"}))
    for at in range(40):
        sketch.add({"name": "Anna", "state": "open", "n": at}, digest=at)
    assert sketch.fields["/name"].words is None
    assert sketch.fields["/state"].words is not None


@pytest.mark.parametrize(
    ("items", "found"),
    [
        ([{"n": 1}, {"n": 2}, {"n": 2}], {"n": "up"}),
        ([{"d": "2026-02-01"}, {"d": "2026-01-01"}, {"d": "2025-01-01"}], {"d": "down"}),
        ([{"n": 1}, {"n": 3}, {"n": 2}], {"n": "in no order"}),
        ([{"n": 1}, {"n": 1}, {"n": 1}], {}),
        ([{"n": 1}, {"n": 2}], {}),
        ([{"n": 1}, {"n": "2026-01-01"}, {"n": 3}], {}),
        ([{"n": 1}, {}, {"n": 3}], {}),
        ([1, 2, 3], {}),
    ],
)
def test_lists_are_in_order_by_numbers_and_dates(items: list[Any], found: dict[str, str]) -> None:
    assert dict(orders(items)) == found
