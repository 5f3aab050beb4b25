"""Two answers to one request, compared by what they look like: fields, types and shapes, and not their values.

Pure. What was hidden in a recording says nothing. Pointers have `*` for each item of a list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.drift.value_shape import shape_of
from tidegate.openapi.schema_words import type_of
from tidegate.redaction.secret import REDACTED

VALUES_MAX = 20_000
"""So many values of an answer are compared."""
ITEMS_MAX = 20
"""So many items of a list are looked at."""

_FREE = frozenset({"text", "word", "Word", "WORD", "empty", "e-mail", "digits"})
"""Shapes that a text may have today and another tomorrow."""


@dataclass(frozen=True, slots=True)
class AnswerDifference:
    """One difference: a kind of tidegate.drift.change_kinds, and words without a value."""

    kind: str
    pointer: str
    says: str


Form = dict[str, tuple[set[str], set[str]]]
"""Pointer → the types and the shapes of the values there."""


def differences(recorded: Any, simulated: Any) -> Iterator[AnswerDifference]:
    """What a recorded answer has otherwise than a simulated one."""
    ours, theirs = _form(simulated), _form(recorded)
    for pointer, (kinds, shapes) in theirs.items():
        known = ours.get(pointer)
        if known is None:
            if _is_outermost(pointer, ours):
                yield AnswerDifference("response-optional-property-added", pointer, "is recorded, and not simulated")
            continue
        strange = kinds - known[0] - {"null"}
        if strange and known[0] != {"null"}:
            says = f"is recorded as {_named(kinds)}, and simulated as {_named(known[0])}"
            yield AnswerDifference("response-property-type-changed", pointer, says)
        elif shapes and known[1] and not shapes & known[1] and not (shapes | known[1]) & _FREE:
            says = f"is recorded as {_named(shapes)}, and simulated as {_named(known[1])}"
            yield AnswerDifference("response-property-shape-changed", pointer, says)
    for pointer, (kinds, _) in ours.items():
        if pointer not in theirs and kinds != {"null"} and _is_outermost(pointer, theirs):
            yield AnswerDifference("response-optional-property-removed", pointer, "is simulated, and not recorded")


def _is_outermost(pointer: str, others: Form) -> bool:
    """Whether what holds the field is there on the other side, and holds something: an empty list has no items."""
    above = pointer.rpartition("/")[0]
    return above in others and (not pointer.endswith("/*")) and bool({"object", "array"} & others[above][0])


def _form(value: Any) -> Form:
    form: Form = {}
    todo: list[tuple[str, Any]] = [("", value)]
    while todo and len(form) < VALUES_MAX:
        pointer, here = todo.pop()
        kinds, shapes = form.setdefault(pointer, (set(), set()))
        if here == REDACTED:
            kinds.add("null")  # nobody knows what it was
            continue
        kind = type_of(here)
        kinds.add("number" if kind == "integer" else kind)
        if isinstance(here, str):
            shapes.add(shape_of(here))
        elif isinstance(here, Mapping):
            todo += [
                (f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}", inner) for name, inner in here.items()
            ]
        elif isinstance(here, list):
            todo += [(f"{pointer}/*", item) for item in here[:ITEMS_MAX]]
    return form


def _named(names: set[str]) -> str:
    return " or ".join(sorted(names)) or "nothing"
