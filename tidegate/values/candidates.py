"""Candidates for one place of a value, the best first.

A constant, the default, null where a new object has none yet, the example, the words of an enumeration, one alternative
after the other, and what the type allows. It makes no value: values.generation_attempt does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tidegate.openapi.schema_types import Level, types_of
from tidegate.openapi.schema_words import UNSAID_NULL
from tidegate.openapi.schemas import Of
from tidegate.values.json_value import NOTHING
from tidegate.values.string_values import plain_name

_FIRST = (
    "queued", "requires_payment_method", "requires_confirmation", "open", "draft", "active", "succeeded", "created",
    "new", "pending", "in_progress", "processing", "completed", "enabled", "success", "ok",
)  # fmt: skip
"""Statuses that an object has at first, the likeliest first."""

_TROUBLE = frozenset({
    "error", "errors", "warning", "warnings", "errormessage", "error_message", "errormessages", "error_messages",
    "errorcode", "error_code",
})  # fmt: skip
_LEADS = frozenset({
    "next", "nextpage", "nextpageuri", "nextpageurl", "nexturl", "nexturi", "nextlink", "nexthref", "nextcursor",
    "nextpagetoken", "nexttoken", "nextmarker", "nextpagecursor", "previous", "prev", "previouspageuri", "previouspage",
    "previouspageurl", "previousurl", "prevurl", "prevlink", "previouslink", "previouscursor", "prevcursor",
})  # fmt: skip
"""Plain names of what leads to another page: a made-up one leads a client astray."""
SUCCESS = frozenset({"success", "ok", "succeeded", "successful", "issuccess", "is_success"})
"""Switches that say, in an answer to a request that went right, that it did."""

_ANYTHING = ["string", "object"]
"""The types that are tried where nothing says any."""

Candidate = tuple[str, Any]
"""(`value`, it) · (`branch`, (keyword, place)) · (`heir`, place) · (`object`, whether it has more than it must) ·
(`array`, length) · (`scalar`, type)."""


@dataclass(frozen=True, slots=True)
class GenerationMode:
    """The mode of generating a value. `full` gives values to fields that a new object would have null or empty."""

    of: Of = "answer"
    full: bool = False
    failed: bool = False
    """True for the answer to a request that is refused."""


@dataclass(slots=True)
class RejectedCandidates:
    """Candidates of one schema that did not fit: how many of each place's schema, and which properties.

    By the identity of the schemas inside it.
    """

    candidates: dict[int, int] = field(default_factory=dict)
    properties: set[tuple[int, str]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class UsedCandidate:
    """A place of the value and what stands there: the schema, how many candidates it has, and whose property it is."""

    pointer: str
    node: int
    count: int
    owner: tuple[int, str] | None


def candidates(
    name: str, level: Level, hint: Any, mode: GenerationMode, depth: int, nulls: str = "said", heirs: int = 0
) -> Iterator[Candidate]:
    """The candidates for a place, the best first. `hint` is an example from further out, NOTHING for none.

    `nulls` is ResourceFacts', `heirs` the number of schemas of which the value is by the level's discriminator.
    """
    kinds = types_of(level)
    unions = [(word, place) for word in ("oneOf", "anyOf") for place, branch in enumerate(level.get(word) or ())]
    empty = [mark for mark in unions if _is_null(level[mark[0]][mark[1]])]
    may_be_null = "null" in kinds or bool(empty) or (not kinds and None in level.get("enum", ()))
    may_be_null = may_be_null and (nulls == "meant" or UNSAID_NULL not in level)
    is_deep = (depth > 1 and hint is NOTHING) if mode.full else depth > 0
    early = may_be_null and mode.of == "answer" and (is_deep or is_trouble(name, mode))
    if "const" in level:
        yield "value", level["const"]
    if "default" in level and not (level["default"] is None and not early):
        yield "value", level["default"]
    if early:
        yield "value", None
    structured = isinstance(hint, dict) and "properties" in level and not unions and not heirs
    yield from _examples(level, NOTHING if structured else hint)
    if may_be_null and mode.of == "answer" and plain_name(name) in _LEADS:
        yield "value", None
    yield from _listed(name, level)
    if "const" not in level and "enum" not in level:
        yield from (("branch", mark) for mark in unions if mark not in empty)
        yield from (("heir", place) for place in range(heirs))
        if kinds or not unions or _guessed(level) != _ANYTHING:  # an alternative that does not fit comes closer
            yield from _by_type(name, level, [kind for kind in kinds if kind != "null"], mode, depth)
    if may_be_null:
        yield "value", None


def is_trouble(name: str, mode: GenerationMode) -> bool:
    """True for a field that tells what went wrong, in an answer to a request that went right."""
    return mode.of == "answer" and not mode.failed and name.lower() in _TROUBLE


def _listed(name: str, level: Level) -> Iterator[Candidate]:
    """The values of an enumeration, those first that a new object is likely to have."""
    enum = [word for word in level.get("enum", ()) if word is not None]
    if name in ("status", "state"):
        enum.sort(key=lambda word: _FIRST.index(word) if word in _FIRST else len(_FIRST))
    for word in [word for word in enum if word != ""] or enum:
        yield "value", word


def _examples(level: Level, hint: Any) -> Iterator[Candidate]:
    if hint is not NOTHING:
        yield "value", hint
    if "example" in level:
        yield "value", level["example"]
    listed = level.get("examples")
    if isinstance(listed, list) and listed:
        yield "value", listed[0]


def _by_type(name: str, level: Level, kinds: Sequence[str], mode: GenerationMode, depth: int) -> Iterator[Candidate]:
    for kind in kinds or _guessed(level):
        if kind == "object":
            yield "object", True
            yield "object", False
        elif kind == "array":
            least, most = level.get("minItems", 0), level.get("maxItems")
            some = max(least, 1) if most is None or most >= 1 else least
            few = mode.of == "answer" and (not (mode.full and depth <= 1) or is_trouble(name, mode))
            wished = least if few else some
            yield "array", wished
            yield "array", some if wished == least else least
        else:
            yield "scalar", kind
            if kind == "number":
                yield "scalar", "fraction"


def _guessed(level: Level) -> list[str]:
    """The types that a schema without a type is probably about."""
    if "properties" in level or "additionalProperties" in level or "required" in level:
        return ["object"]
    if "items" in level:
        return ["array"]
    if "minimum" in level or "maximum" in level:
        return ["number"]
    return _ANYTHING


def _is_null(node: Any) -> bool:
    return isinstance(node, dict) and (node.get("type") == "null" or node.get("enum") == [None])
