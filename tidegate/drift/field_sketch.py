"""The sketch of one field: what its values look like, in a few hundred bytes, and what has changed about them.

Holds no value but words of a closed set (statuses, codes), and those only where the field is not personal. Judged once
in a block of answers; a change is told once, and from then on the new state is the known one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tidegate.drift.magnitude import Magnitude
from tidegate.drift.tally import BLOCK, CategoryCount, Shift, Tally
from tidegate.drift.value_shape import decimals_of, length_of, number_of, shape_of, word_of
from tidegate.openapi.schema_words import type_of

SURPRISE_MIN = 20.0
"""See tidegate.drift.tally."""
FLIP_MIN = 0.6
"""A share that changes by so much is another state of affairs; less is the season."""
SHAPES_MAX = 8
"""A field with more shapes is free text."""
NEW_MIN = 0.03
"""What never came before is told from this share of the window on."""
SIZE_MIN, SIZE_RATIO = 5, 1.5
"""A page has at least so many items, and another size is so many times another."""

UNITS = {2: "a hundred", 3: "a thousand", 6: "a million", 9: "a billion", 1.778: "sixty", 3.556: "3,600"}
"""Decades → the factor in words."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What has changed: a kind of tidegate.drift.change_kinds, and words."""

    kind: str
    says: str


@dataclass(slots=True)
class FieldSketch:
    """See the module. `answers` counts those in which there was a place for the field."""

    personal: bool = False
    answers: int = 0
    past_answers: int = 0
    """Answers before those that the blocks hold."""
    in_block: int = 0
    last_answer: int = -1
    first_number: int = -1
    kinds: Tally = field(default_factory=Tally)
    shapes: Tally = field(default_factory=Tally)
    lengths: Tally | None = None
    decimals: Tally | None = None
    signs: Tally | None = None
    words: Tally | None = None
    orders: Tally | None = None
    sizes: Tally | None = None
    magnitude: Magnitude | None = None

    def absent_before(self, answers: int) -> None:
        """The field is new, and there were so many answers without it."""
        if answers:
            self.answers = self.past_answers = answers
            self.kinds.seen["absent"] = CategoryCount(past=answers)

    def absent(self, answer: int) -> None:
        """The object around it was there, and it was not."""
        self._count(answer)
        self.kinds.mark("absent", answer)

    def add(self, value: Any, answer: int) -> None:
        """A value of the field in an answer, which has a number of its own."""
        self._count(answer)
        kind = type_of(value)
        self.kinds.mark("number" if kind == "integer" else kind, answer)
        if kind == "string":
            self._add_text(value, answer)
        elif kind == "boolean":
            self._add_word(value, answer)
        if kind in ("integer", "number", "string"):
            number = number_of(value)
            if number is not None:
                self._add_number(value, number, answer)

    def add_list(self, size: int, answer: int) -> None:
        """A list, by its length."""
        self.sizes = self.sizes or Tally()
        self.sizes.mark(str(size), answer)

    def add_order(self, direction: str, answer: int) -> None:
        """The order of a list by this member of its items."""
        self._count(answer)
        self.orders = self.orders or Tally()
        self.orders.mark(direction, answer)

    def _count(self, answer: int) -> None:
        if self.last_answer != answer:
            self.last_answer = answer
            self.answers += 1
            self.in_block += 1

    def _add_text(self, text: str, answer: int) -> None:
        shape = shape_of(text)
        self.shapes.mark(shape, answer)
        length = length_of(text, shape)
        if length is not None:
            self.lengths = self.lengths or Tally()
            self.lengths.mark(str(length), answer)
        self._add_word(text, answer)

    def _add_word(self, value: Any, answer: int) -> None:
        if self.personal:
            return
        self.words = self.words or Tally()
        word = word_of(value)
        if word is None:
            self.words.give_up()
        else:
            self.words.mark(word, answer)

    def _add_number(self, value: Any, number: float, answer: int) -> None:
        self.decimals, self.signs = self.decimals or Tally(), self.signs or Tally()
        self.decimals.mark(str(decimals_of(value)), answer)
        self.signs.mark("negative" if number < 0 else "zero" if number == 0 else "positive", answer)
        if self.first_number != answer:  # one for each answer: the items of a list belong together
            self.first_number = answer
            self.magnitude = self.magnitude or Magnitude()
            self.magnitude.mark(number)

    # --- judging ----------------------------------------------------------------------------------------------------

    def is_due(self) -> bool:
        """Whether a block is full."""
        return self.in_block >= BLOCK

    def turn(self) -> FieldChange | None:
        """Close the block, and say what has changed, if anything has for certain."""
        self.in_block = 0
        parts = self._tallies()
        turns = self.kinds.turns
        for tally in parts:
            tally.turn(turns)
        if self.magnitude is not None:
            self.magnitude.turn()
        self.past_answers = self.answers - self.kinds.turns * BLOCK
        change = next(self._changes(), None)
        if change is not None:
            for tally in parts:
                tally.forget()
            if self.magnitude is not None:
                self.magnitude.forget()
            self.answers, self.past_answers = BLOCK, 0
        return change

    def _tallies(self) -> list[Tally]:
        parts = (self.kinds, self.shapes, self.lengths, self.decimals, self.signs, self.words, self.orders, self.sizes)
        return [part for part in parts if part is not None]

    def _changes(self) -> Iterator[FieldChange]:
        """What has changed, the most telling first."""
        yield from self._scale()
        yield from self._shape()
        yield from self._kind()
        yield from self._sign()
        yield from self._list()
        yield from self._word()

    def _certain(self, tally: Tally | None) -> Iterator[Shift]:
        for shift in tally.shifts(self.past_answers) if tally is not None else ():
            if shift.surprise >= SURPRISE_MIN:
                yield shift

    def _scale(self) -> Iterator[FieldChange]:
        kind = "response-property-scale-changed"
        for shift in self._certain(self.decimals):
            if shift.new and shift.lately >= NEW_MIN and shift.category != "0":
                yield FieldChange(
                    kind, f"has {shift.category} decimals, and had {_usual(self.decimals, shift.category)}"
                )
        moved = self.magnitude.shift() if self.magnitude is not None else None
        if moved is not None:
            near = min(UNITS, key=lambda decades: abs(decades - abs(moved)))
            factor = UNITS[near] if abs(near - abs(moved)) <= 0.3 else f"10^{abs(moved):.1f}"
            yield FieldChange(kind, f"is {factor} times {'larger' if moved > 0 else 'smaller'} than before")

    def _shape(self) -> Iterator[FieldChange]:
        known = self.shapes.categories()
        if len(known) < 2 or len(known) > SHAPES_MAX or known.get("text", 0) > 0.2 * sum(known.values()):
            return
        for shift in self._certain(self.shapes):
            if shift.new and shift.lately >= NEW_MIN and shift.category not in ("text", "empty"):
                says = f"is written as {shift.category}, and was written as {_usual(self.shapes, shift.category)}"
                scaled = shift.category == "decimal"
                yield FieldChange(f"response-property-{'scale' if scaled else 'shape'}-changed", says)
        lengths = self.lengths.categories() if self.lengths is not None else {}
        for shift in self._certain(self.lengths):
            others = [int(length) for length in lengths if length != shift.category]
            far = others and all(abs(int(shift.category) - other) >= 2 for other in others)
            if shift.new and far and len(others) <= 2 and shift.lately >= NEW_MIN:
                says = f"has {shift.category} characters, and had {', '.join(map(str, others))}"
                yield FieldChange("response-property-shape-changed", says)

    def _kind(self) -> Iterator[FieldChange]:
        for shift in self._certain(self.kinds):
            share = f"in {shift.lately:.0%} of answers"
            if shift.category == "absent":
                if (shift.new and shift.lately >= NEW_MIN) or shift.lately - shift.before >= FLIP_MIN:
                    says = f"is missing {share}, and was in {shift.before:.0%}"
                    yield FieldChange("response-property-presence-changed", says)
            elif shift.new and shift.lately >= NEW_MIN:
                if shift.category == "null":
                    yield FieldChange("response-property-null-appeared", f"is null {share}, and never was")
                elif set(self.kinds.categories()) <= {"absent", shift.category}:
                    yield FieldChange("response-property-appeared", f"is there {share}, and never was")
                else:
                    says = f"is of type {shift.category} {share}, and never was"
                    yield FieldChange("response-property-kind-appeared", says)

    def _sign(self) -> Iterator[FieldChange]:
        for shift in self._certain(self.signs):
            flips = abs(shift.lately - shift.before) >= FLIP_MIN
            if shift.category == "negative" and ((shift.new and shift.lately >= NEW_MIN) or flips):
                yield FieldChange(
                    "response-property-sign-changed",
                    f"is negative in {shift.lately:.0%}, and was in {shift.before:.0%}",
                )

    def _list(self) -> Iterator[FieldChange]:
        for shift in self._certain(self.orders):
            if shift.lately - shift.before >= FLIP_MIN:
                yield FieldChange("response-list-order-changed", f"goes {shift.category} now, and did not before")
        sizes = self.sizes.categories() if self.sizes is not None else {}
        for shift in self._certain(self.sizes):
            usual = max((int(size) for size in sizes if size != shift.category), key=lambda n: sizes[str(n)], default=0)
            size = int(shift.category)
            apart = min(size, usual) >= SIZE_MIN and max(size, usual) >= SIZE_RATIO * min(size, usual)
            if shift.lately - shift.before >= FLIP_MIN and apart:
                yield FieldChange("response-list-size-changed", f"has {size} items, and had {usual}")

    def _word(self) -> Iterator[FieldChange]:
        for shift in self._certain(self.words):
            if shift.new and shift.lately >= NEW_MIN:
                says = f"is {shift.category!r} in {shift.lately:.0%} of answers, and never was"
                yield FieldChange("response-property-value-appeared", says)
            elif abs(shift.lately - shift.before) >= FLIP_MIN:
                says = f"is {shift.category!r} in {shift.lately:.0%} of answers, and was in {shift.before:.0%}"
                yield FieldChange("response-property-share-changed", says)


def _usual(tally: Tally | None, but: str = "") -> str:
    counts = tally.categories() if tally is not None else {}
    known = sorted((category for category in counts if category != but), key=lambda one: -counts[one])
    return " or ".join(known[:3]) or "nothing"
