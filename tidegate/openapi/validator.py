"""Checks values against a schema in JSON Schema 2020-12, and says what is wrong with them, where, and by which keyword.

The engine is jsonschema-rs. It fetches nothing, and a pattern that would take it too long counts as not matched. Making
2020-12 out of what a document says is tidegate.openapi.schemas' business.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jsonschema_rs

SHOWN_MAX = 200
"""So many characters of a sentence are given; it may hold the whole value."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """A mistake in a value: its place (a JSON Pointer), a sentence, and the keyword that is broken.

    `expected` is what the keyword asks for: the enum's values, the name that is required or those that are unknown.
    """

    pointer: str
    sentence: str
    keyword: str
    expected: Any = field(default=None, compare=False)


class Validator:
    """One schema, compiled. Safe to share."""

    def __init__(self, compiled: "jsonschema_rs.Draft202012Validator | None") -> None:
        self._compiled = compiled
        self.is_valid: Callable[[Any], bool] = compiled.is_valid if compiled is not None else _whatever
        """True where a value is valid, or where the schema could not be compiled."""

    def errors(self, value: Any) -> list[Flaw]:
        """Everything that is wrong with the value; of alternatives, what is wrong with the one that was meant."""
        if self._compiled is None:
            return []
        return [flaw for error in self._compiled.iter_errors(value) for flaw in _flaws(error)]


@cache
def pattern_compiles(pattern: str) -> bool:
    """True where the engine takes a pattern."""
    try:
        compiled({"pattern": pattern})
    except ValueError:
        return False
    return True


def compiled(schema: Any, *, formats: bool = False) -> "jsonschema_rs.Draft202012Validator":
    """A schema made ready, with its `format`s counted or not. Raises ValueError where the engine does not take it."""
    import jsonschema_rs  # a tenth of a second, and a document can be served without it

    patterns = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000, size_limit=1 << 22)
    try:
        return jsonschema_rs.Draft202012Validator(
            schema, retriever=_never, pattern_options=patterns, validate_formats=formats
        )
    except jsonschema_rs.ReferencingError as error:
        raise ValueError(str(error)) from error


def _whatever(_value: Any) -> bool:
    return True


def _never(uri: str) -> Any:
    raise LookupError(f"{uri} is never fetched")


def _token(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


# --- what is wrong with a value --------------------------------------------------------------------------------------


def _flaws(error: "jsonschema_rs.ValidationError") -> Iterator[Flaw]:
    meant = _closest(error)
    if meant:
        for inner in meant:
            yield from _flaws(inner)
        return
    pointer = "".join(f"/{_token(str(step))}" for step in error.instance_path)
    text = error.message
    yield Flaw(pointer, text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…", error.kind.name, error.kind.value)


def _closest(error: "jsonschema_rs.ValidationError") -> list["jsonschema_rs.ValidationError"]:
    """The mistakes in the alternative that comes closest: none of them, if none is of the value's type."""
    if error.kind.name not in ("anyOf", "oneOf"):
        return []
    context = getattr(error.kind, "context", None) or []
    depth = len(error.instance_path)
    close = [
        branch
        for branch in context
        if branch and not any(flaw.kind.name == "type" and len(flaw.instance_path) == depth for flaw in branch)
    ]
    return min(close, key=len) if close else []
