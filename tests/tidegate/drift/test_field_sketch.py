"""The sketch of one field; what it finds is in test_answer_sketch.py."""

from tidegate.drift.field_sketch import FieldChange, FieldSketch
from tidegate.drift.tally import BLOCK, PAST_MIN


def fed(sketch: FieldSketch, *values: object, first: int = 0) -> list[FieldChange]:
    found = []
    for at, value in enumerate(values, first):
        sketch.add(value, at)
        if sketch.is_due():
            change = sketch.turn()
            found += [change] if change is not None else []
    return found


def test_with_few_answers_nothing_is_said() -> None:
    sketch = FieldSketch()
    assert fed(sketch, *[1] * (PAST_MIN - BLOCK), *["x"] * BLOCK) == []


def test_a_change_is_said_with_the_first_full_block() -> None:
    sketch = FieldSketch()
    (change,) = fed(sketch, *[1, 2] * PAST_MIN, *[None] * BLOCK)
    assert change == FieldChange("response-property-null-appeared", "is null in 100% of answers, and never was")


def test_what_came_first_after_many_answers_without_it_has_appeared() -> None:
    sketch = FieldSketch()
    sketch.absent_before(1_000)
    (change,) = fed(sketch, *[True] * BLOCK)
    assert change.kind == "response-property-appeared"


def test_a_free_text_has_no_shape() -> None:
    sketch = FieldSketch()
    texts = ["two words", "an e-mail a@b.example", "one", "x" * 1_000] * 100
    assert fed(sketch, *texts, *["2026-01-01", "pi_1234567890abc"] * 100) == []


def test_the_length_of_counters_grows_and_that_is_no_change() -> None:
    sketch = FieldSketch()
    assert fed(sketch, *[f"inv-{number:06}a1" for number in range(999_500, 1_000_500)]) == []


def test_several_values_in_one_answer_count_as_one_answer() -> None:
    sketch = FieldSketch()
    for answer in range(10):
        for _ in range(100):
            sketch.add(1, answer)
    assert sketch.answers == 10
    assert not sketch.is_due()
