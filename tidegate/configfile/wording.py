"""Mistakes that pydantic finds in a value, in the words of someone who writes vendor files.

Never repeats a value, except where a unit parser does: what stands in the wrong place may be a secret.
"""

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, get_args

from pydantic import BaseModel, PlainSerializer
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from tidegate.configfile.block import meaning
from tidegate.configfile.units import LiteralSecretError

_KEY = "[key]"
"""Pydantic's last step where the key itself is wrong."""

_BOUNDS = {"ge": "at least", "le": "at most", "gt": "more than", "lt": "less than"}
_LENGTHS = {"min_length": "at least", "max_length": "at most"}
_EXPECTED = {
    "string_type": "text is expected here; write it in quotes",
    "int_type": "a whole number is expected here",
    "int_from_float": "a whole number is expected here",
    "float_type": "a number is expected here",
    "float_parsing": "a number is expected here",
    "int_parsing": "a whole number is expected here",
    "bool_parsing": "true or false is expected here",
    "finite_number": "this is no number that can be used here",
    "bool_type": "true or false is expected here",
    "model_type": "a block of fields is expected here",
    "model_attributes_type": "a block of fields is expected here",
    "dict_type": "a block of fields is expected here",
    "tuple_type": "a list is expected here, like [a, b]",
}


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint at what was meant: `; did you mean x?`, or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def model_at(model: type[BaseModel], loc: Iterable[str | int]) -> type[BaseModel] | None:
    """The model of the block at a path of the file, None where there is none."""
    here: type[BaseModel] | None = model
    step_into_mapping = False
    for step in loc:
        if isinstance(step, int) or step_into_mapping:
            step_into_mapping = False
            continue
        if here is None or step not in here.model_fields:
            return None
        annotation = here.model_fields[step].annotation
        step_into_mapping = "dict" in str(annotation)
        here = next(_models(annotation), None)
    return None if step_into_mapping else here


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for inner in get_args(annotation):
        yield from _models(inner)


def place_of(error: ErrorDetails) -> tuple[str | int, ...]:
    """The path in the file: without pydantic's own marks, of a side of a union and of a key."""
    return tuple(step for step in error["loc"] if step != _KEY and not str(step).startswith("<"))


def follows_from_another(error: ErrorDetails, errors: Sequence[ErrorDetails]) -> bool:
    """True for a list that is too short only because pydantic leaves out the items that it could not read."""
    loc = error["loc"]
    return error["type"] == "too_short" and any(
        len(other["loc"]) > len(loc) and other["loc"][: len(loc)] == loc for other in errors
    )


def worded(error: ErrorDetails, loc: tuple[str | int, ...], model: type[BaseModel]) -> tuple[str, str]:
    """Code and message for one mistake. `loc` is the path in the file."""
    kind, context = error["type"], error.get("ctx", {})
    block = model_at(model, loc[:-1])
    name = str(loc[-1]) if loc else ""
    if kind == "extra_forbidden":
        known = list(block.model_fields) if block else []
        hint = nearest(name, known) or (f"; known here: {', '.join(known)}" if known else "")
        return "TG103", f"there is no field {name} here{hint}"
    if kind == "missing":
        text = meaning(block, name) if block and name in block.model_fields else ""
        return "TG105", f"{name} is missing" + (f"; write it: {_begun(text)}" if text else "; write it")
    if kind == "value_error":
        cause = context.get("error")
        return "TG106" if isinstance(cause, LiteralSecretError) else "TG104", str(cause)
    if kind == "literal_error":
        return "TG104", f"this is none of the known words; write {context['expected']}"
    if kind == "string_pattern_mismatch":
        own = (block.model_fields[name].examples if block and name in block.model_fields else None) or ()
        example = next(chain(own, _examples(_field_at(model, loc), context["pattern"])), None)
        like = f", like {example}" if example is not None else ""
        what = "this name" if error["loc"][-1:] == (_KEY,) else "this"
        return "TG104", f"{what} has not the right form{like}; it must match {context['pattern']}"
    return "TG104", expectation(error, _writer(block, name)) or error["msg"]


def _plain(number: float) -> str:
    """A number without a fraction of nought."""
    return str(int(number)) if number == int(number) else str(number)


def expectation(error: ErrorDetails, written: Callable[[Any], object] = _plain) -> str:
    """The form of a value of a wrong type, or beyond its bounds; empty for other flaws. `written` writes a bound."""
    context = error.get("ctx", {})
    if not _BOUNDS.keys().isdisjoint(context):
        return f"the number must be {_bound(context, written)}"
    return _length(context, text=error["type"].startswith("string")) or _EXPECTED.get(error["type"], "")


def _bound(context: dict[str, Any], written: Callable[[Any], object]) -> str:
    """A bound as its value is written in the file: a duration with its unit."""
    return next(f"{words} {written(context[key])}" for key, words in _BOUNDS.items() if key in context)


def _field_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> FieldInfo | None:
    """The field at a path, or around it: that of the list or the mapping in which the value stands."""
    for end in range(len(loc), 0, -1):
        block = model_at(model, loc[: end - 1])
        if block is not None and loc[end - 1] in block.model_fields:
            return block.model_fields[str(loc[end - 1])]
    return None


def _examples(field: FieldInfo | None, pattern: str) -> Iterator[object]:
    """The examples that a type within the field gives with the pattern: of an item, of a key."""
    unread = [field.annotation] if field else []
    for annotation in unread:
        unread += get_args(annotation)
        for mark in getattr(annotation, "__metadata__", ()):
            if isinstance(mark, FieldInfo) and any(getattr(one, "pattern", None) == pattern for one in mark.metadata):
                yield from mark.examples or ()


def _writer(block: type[BaseModel] | None, name: str) -> Callable[[Any], object]:
    field = block.model_fields.get(name) if block else None
    writers: list[Any] = [mark.func for mark in _metadata(field) if isinstance(mark, PlainSerializer)]
    return writers[0] if writers else _plain


def _metadata(field: FieldInfo | None) -> Iterator[object]:
    """The marks of a field, those of the types in its union too (`Annotated[…] | None`)."""
    if field is not None:
        yield from field.metadata
        for inner in get_args(field.annotation):
            yield from getattr(inner, "__metadata__", ())


def _length(context: dict[str, Any], *, text: bool) -> str:
    for key, words in _LENGTHS.items():
        if key in context:
            one, more = ("character", "characters") if text else ("entry", "entries")
            return f"write {words} {context[key]} {one if context[key] == 1 else more} here"
    return ""


def _begun(text: str) -> str:
    return text.rstrip(".").replace("\n", " ")
