"""Whether a value of a pact is within a schema: every field that it names is there, and may have that value.

An answer in a pact is a part of an answer, so what it leaves out is not missed. Ends with the value.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tidegate.configfile.wording import nearest
from tidegate.contracts.drift.documents.schema_aspects import types
from tidegate.contracts.drift.use.form_value import coerced
from tidegate.json_pointer import token_of
from tidegate.openapi.document import Document
from tidegate.openapi.schema_words import type_of
from tidegate.openapi.validator import pattern_matches

DEPTH_MAX = 60
"""A value is followed so deep."""
BEYOND_MAX = 50
"""So many things are told of one value."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """A thing that is not within the document, where, and the cure."""

    place: str
    says: str
    cure: str


def _nowhere(_pointer: str) -> bool:
    return False


class Within:
    """The test of values against the schemas of one document."""

    def __init__(
        self, document: Document, of: Literal["request", "answer"], *, is_text: bool,
        loose: Callable[[str], bool] = _nowhere,
    ) -> None:  # fmt: skip
        self._document, self._of, self._is_text, self._loose = document, of, is_text, loose

    def beyond(self, schema: Any, value: Any, place: str) -> list[Beyond]:
        """What is not within the schema; `place` stands before each pointer."""
        found = []
        for one in self._inside(schema, value, "", 0):
            found.append(Beyond(f"{place} {one.place}".rstrip(), one.says, one.cure))
            if len(found) >= BEYOND_MAX:
                break
        if not found and self._of == "request" and not self._is_text:  # a request is whole: so are its rules
            flaws = self._document.schemas.validator(schema, of="request").errors(value)[:BEYOND_MAX]
            found = [Beyond(f"{place} {flaw.pointer}".rstrip(), flaw.sentence, _CURE["request"]) for flaw in flaws]
        return found

    def _inside(self, schema: Any, value: Any, pointer: str, depth: int) -> Iterator[Beyond]:
        if depth > DEPTH_MAX:
            return
        level = self._document.schemas.plain(schema)
        choices = level.get("oneOf") or level.get("anyOf")
        if choices:
            yield from self._closest(choices, value, pointer, depth)
            if "properties" not in level:
                return
        read = coerced(value, level) if self._is_text else value
        wanted, kind = types(level), type_of(read)
        if wanted and kind != "null" and kind not in wanted and not (kind == "integer" and "number" in wanted):
            yield Beyond(pointer, f"the document has {' or '.join(sorted(wanted))} here, not {kind}", _CURE[self._of])
        elif isinstance(read, Mapping):
            yield from self._fields(level, read, pointer, depth, is_choice=bool(choices))
        elif isinstance(read, list):
            placed = level.get("prefixItems", ())
            for at, item in enumerate(read):
                inner = placed[at] if at < len(placed) else level.get("items", {})
                yield from self._inside(inner, item, f"{pointer}/*", depth + 1)
        elif not choices and not self._loose(pointer):
            for flaw in self._document.schemas.validator(schema, of=self._of).errors(read)[:1]:
                yield Beyond(pointer, flaw.sentence, _CURE[self._of])

    def _closest(self, choices: list[Any], value: Any, pointer: str, depth: int) -> Iterator[Beyond]:
        """What is wrong by the alternative that comes closest."""
        tried = []
        for choice in choices:
            beyond = [*self._inside(choice, value, pointer, depth + 1)]
            if not beyond:
                return
            deepest = max(len(one.place) for one in beyond)
            tried.append((-deepest, len(beyond), beyond))
        yield from min(tried, key=lambda one: one[:2])[2]

    def _fields(
        self, level: Mapping[str, Any], value: Mapping[str, Any], pointer: str, depth: int, *, is_choice: bool
    ) -> Iterator[Beyond]:
        properties, others = level.get("properties", {}), level.get("additionalProperties", True)
        patterns = level.get("patternProperties", {})
        for name, inner in value.items():
            at = f"{pointer}/{token_of(str(name))}"
            if name in properties:
                yield from self._inside(properties[name], inner, at, depth + 1)
                continue
            by_pattern = [schema for pattern, schema in patterns.items() if pattern_matches(pattern, str(name))]
            if by_pattern or isinstance(others, Mapping):
                yield from self._inside(by_pattern[0] if by_pattern else others, inner, at, depth + 1)
            elif others is False or (properties and not is_choice):
                yield Beyond(at, "the document has no such field", self._meant(str(name), properties))
        if self._of == "request" and not is_choice:
            for name in level.get("required", ()):
                if (
                    name not in value
                    and self._document.schemas.plain(properties.get(name, {})).get("readOnly") is not True
                ):
                    yield Beyond(f"{pointer}/{token_of(name)}", "the document asks for it", "send it")

    def _meant(self, name: str, known: Mapping[str, Any]) -> str:
        return nearest(name, known).removeprefix("; ") or _CURE[self._of]


_CURE = {
    "request": "send what the vendor takes, or correct the document",
    "answer": "count on what the vendor promises, or correct the document",
}
