"""Checks values against a schema in JSON Schema 2020-12, and says what is wrong with them, where, and by which keyword.

The engine is jsonschema-rs. It fetches nothing, and a pattern that would take it too long counts as not matched. Making
2020-12 out of what a document says is tidegate.openapi.schemas' business.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from math import log
from typing import TYPE_CHECKING, Any, Protocol

from tidegate.json_pointer import token_of
from tidegate.openapi.patterns.ecma_patterns import as_engine_has_it

if TYPE_CHECKING:
    import jsonschema_rs

SHOWN_MAX = 200
"""So many characters of a sentence are given; it may hold the whole value."""


TRIES_TOGETHER_MAX = 200_000
"""A value, and what is inside of it, is tried against so many parts of a schema together, else it is not checked."""

FLAWS_MAX = 1_000
"""So many mistakes of one value are told."""

PATTERNS_KEPT = 4_096
"""So many patterns are kept compiled."""


class Spent(Protocol):
    """Counts the parts of a schema that a value, and what is inside of it, is tried against; not beyond `most`."""

    def __call__(self, value: Any, /, *, most: int) -> int:
        """The number, or a greater one than `most`."""


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

    def __init__(
        self, compiled: "jsonschema_rs.Draft202012Validator | None", spent: Spent | None = None, growth: int = 1
    ) -> None:
        self._compiled = compiled
        self._spent = spent
        self._depth_max = int(log(TRIES_TOGETHER_MAX) / log(growth)) if growth > 1 else 0
        is_valid = compiled.is_valid if compiled is not None else _whatever
        self.is_valid: Callable[[Any], bool] = is_valid if spent is None else self._is_valid
        """True where a value is valid, where the schema could not be compiled, or where it would take too long."""

    def errors(self, value: Any) -> list[Flaw]:
        """What is wrong with the value, at most FLAWS_MAX things; of alternatives, with the one that was meant."""
        if self._compiled is None or not self._is_affordable(value):
            return []
        errors = islice(self._compiled.iter_errors(value), FLAWS_MAX)
        return [flaw for error in errors for flaw in _flaws(error)]

    def _is_valid(self, value: Any) -> bool:
        return self._compiled is None or not self._is_affordable(value) or bool(self._compiled.is_valid(value))

    def _is_affordable(self, value: Any) -> bool:
        """False where the value is nested so deep that alternatives of alternatives would take too long."""
        if self._spent is None or not is_deeper(value, self._depth_max):
            return True
        return self._spent(value, most=TRIES_TOGETHER_MAX) <= TRIES_TOGETHER_MAX


def is_deeper(value: Any, depth: int) -> bool:
    """True where lists and objects are nested in a value deeper than so."""
    level = [value]
    for _ in range(depth + 1):
        level = [node for node in level if node.__class__ is dict or node.__class__ is list]
        if not level:
            return False
        level = [inner for node in level for inner in (node.values() if node.__class__ is dict else node)]
    return True


@lru_cache(maxsize=PATTERNS_KEPT)
def engine_pattern(pattern: str) -> str | None:
    """A pattern as the engine takes it, None where it takes it in no way."""
    if _pattern(pattern) is not None:
        return pattern
    written = as_engine_has_it(pattern)
    return None if _pattern(written) is None else written


@lru_cache(maxsize=PATTERNS_KEPT)
def _pattern(pattern: str) -> "jsonschema_rs.Draft202012Validator | None":
    try:
        return compiled({"pattern": pattern})
    except ValueError:
        return None


def pattern_matches(pattern: str, text: str) -> bool:
    """Whether a text is as a pattern asks, somewhere in it; a pattern that the engine does not take lets all through.

    Python's own engine would take years for some patterns; this one gives up, and says no.
    """
    written = engine_pattern(pattern)
    engine = None if written is None else _pattern(written)
    return engine is None or engine.is_valid(text)


@lru_cache(maxsize=PATTERNS_KEPT)
def format_check(form: str) -> Callable[[str], bool]:
    """What tells whether a text is of a format; one that the engine does not know takes all."""
    is_valid: Callable[[str], bool] = compiled({"format": form}, formats=True).is_valid
    return is_valid


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


# --- what is wrong with a value --------------------------------------------------------------------------------------


def _flaws(error: "jsonschema_rs.ValidationError") -> Iterator[Flaw]:
    meant = _closest(error)
    if meant:
        for inner in meant:
            yield from _flaws(inner)
        return
    pointer = "".join(f"/{token_of(str(step))}" for step in error.instance_path)
    text = error.message
    yield Flaw(pointer, text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…", error.kind.name, error.kind.value)


def _closest(error: "jsonschema_rs.ValidationError") -> list["jsonschema_rs.ValidationError"]:
    """The mistakes in the alternative that comes closest: none, if none is of the value's type and for its word."""
    if error.kind.name not in ("anyOf", "oneOf"):
        return []
    context = getattr(error.kind, "context", None) or []
    depth = len(error.instance_path)
    close = [
        branch
        for branch in context
        if branch and not any(flaw.kind.name in ("type", "not") and len(flaw.instance_path) == depth for flaw in branch)
    ]
    return min(close, key=len) if close else []
