"""The words of a refusal in a document's own error schema: nothing in it is made up that somebody could take for one.

The sentence goes into the field that is for it, status, code and parameter into theirs. A text that is for nothing
known, and that must be there, says the sentence too; one that need not be there is left out. It decides no refusal.
"""

from collections.abc import Mapping
from typing import Any

from tidegate.openapi.schema_types import Level, types_of
from tidegate.openapi.schemas import Schemas
from tidegate.values.string_values import plain_name
from tidegate.values.value_generator import ValueGenerator

MESSAGES = (
    "message", "detail", "errordescription", "description", "summary", "msg", "errormessage", "errormsg", "usermessage",
    "text", "reason", "title", "error", "faultstring", "explanation", "details", "info", "cause",
)  # fmt: skip
"""Plain names of fields that hold the sentence, the likeliest first."""
_STATUSES = frozenset({"status", "statuscode", "httpstatus", "httpstatuscode", "httpcode"})
_PARAMETERS = frozenset({"param", "parameter", "field", "target", "pointer", "property", "attribute", "invalidparam"})
_CODES = frozenset({"code", "errorcode", "errortype", "type", "key", "error", "name", "reason", "errorname", "id"})
_LISTS = frozenset({"errors", "error", "details", "messages", "errormessages", "issues", "violations", "problems"})

DEPTH_MAX = 3
"""The depth below the body at which a sentence is still looked for."""


class ErrorWords:
    """Writes refusals into bodies of one document's error schemas."""

    def __init__(self, schemas: Schemas, generator: ValueGenerator) -> None:
        self._schemas = schemas
        self._generator = generator

    def written(self, body: dict[str, Any], schema: Any, known: Mapping[str, Any]) -> None:
        """Write what is `known` into a body that was made by the schema: message, status, reason, title, param."""
        self._write(body, schema, known, 0)

    def _write(self, body: dict[str, Any], schema: Any, known: Mapping[str, Any], depth: int) -> bool:
        """Whether the sentence has found its place here or below."""
        levels = {name: self._schemas.plain(inner) for name, inner in self._properties(schema).items()}
        required = set(self._schemas.plain(schema).get("required", ()))
        free = {plain_name(name): name for name, level in levels.items() if _is_free(level)}
        place = next((free[plain] for plain in MESSAGES if plain in free), "")
        if place:
            body[place] = _fit(levels[place], str(known["message"]))
        for plain, name in free.items():
            if name != place:
                self._write_text(body, name, plain, levels[name], known, must=name in required)
        self._write_statuses(body, levels, known)
        return self._below(body, levels, known, depth, required) or bool(place)

    def _properties(self, schema: Any) -> Mapping[str, Any]:
        level = self._schemas.plain(schema)
        properties: dict[str, Any] = {}
        for union in ("oneOf", "anyOf"):
            for branch in level.get(union, ())[:1]:
                properties |= self._schemas.plain(branch).get("properties", {})
        return {**properties, **level.get("properties", {})}

    @staticmethod
    def _write_text(
        body: dict[str, Any], name: str, plain: str, level: Level, known: Mapping[str, Any], *, must: bool
    ) -> None:
        """A text beside the sentence."""
        if plain in _PARAMETERS and known.get("param"):
            body[name] = _fit(level, str(known["param"]))
        elif plain in _STATUSES and name in body:
            body[name] = _fit(level, str(known["status"]))
        elif plain in _CODES and name in body:
            body[name] = _fit(level, str(known["reason"]).replace("-", "_"))
        elif plain in ("title", "statustext") and name in body:
            body[name] = _fit(level, str(known["title"]))
        elif plain in ("requestid", "correlationid", "traceid") and name in body:
            body[name] = _fit(level, str(known["request_id"]))
        elif must or plain in MESSAGES:
            if name in body:
                body[name] = _fit(level, str(known["message"]))
        else:
            body.pop(name, None)

    @staticmethod
    def _write_statuses(body: dict[str, Any], levels: Mapping[str, Level], known: Mapping[str, Any]) -> None:
        status = int(known["status"])
        for name, level in levels.items():
            is_number = bool({"integer", "number"} & {*types_of(level)}) and name in body
            is_status = plain_name(name) in _STATUSES or (plain_name(name) in ("code", "errorcode") and _is_open(level))
            if is_number and is_status and level.get("minimum", status) <= status <= level.get("maximum", status):
                body[name] = status

    def _below(
        self,
        body: dict[str, Any],
        levels: Mapping[str, Level],
        known: Mapping[str, Any],
        depth: int,
        required: set[str],
    ) -> bool:
        """What is said further inside: in an object, or in a list that is for it."""
        if depth >= DEPTH_MAX:
            return False
        is_placed = False
        for name, level in levels.items():
            if isinstance(body.get(name), dict):
                is_placed = self._write(body[name], level, known, depth + 1) or is_placed
            elif plain_name(name) in _LISTS and "array" in types_of(level) and (name in body or name in required):
                item = level.get("items", {})
                made = self._generator.value(name, item, f"error {name}")
                if isinstance(made, dict) and self._write(made, item, known, depth + 1):
                    body[name], is_placed = [made], True
                elif isinstance(made, str) and _is_free(self._schemas.plain(item)):
                    body[name], is_placed = [_fit(self._schemas.plain(item), str(known["message"]))], True
        return is_placed


def _is_open(level: Level) -> bool:
    return not {"enum", "pattern", "const", "format", "example", "examples", "default"} & level.keys()


def _is_free(level: Level) -> bool:
    """True for a text of which the document says nothing more."""
    return "string" in types_of(level) and not {"enum", "pattern", "const", "format"} & level.keys()


def _fit(level: Level, text: str) -> str:
    return text[: level.get("maxLength", len(text))].ljust(level.get("minLength", 0), ".")
