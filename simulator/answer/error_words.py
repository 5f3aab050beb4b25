"""The words of a refusal in a document's own error schema: nothing in it is made up that somebody could take for one.

The sentence goes into the field that is for it, status, code and parameter into theirs: texts, lists of texts or of
objects, maps by the parameter's name. A text that is for nothing known, and that must be there, says the sentence too;
one that need not be there is left out. Where no field is for it, the sentence goes into whatever list or object there
is. It decides no refusal.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import orjson

from tidegate.json_pointer import token_of
from tidegate.openapi.schema_types import Level, types_of
from tidegate.openapi.schemas import Schemas
from tidegate.simulator.answer.error_fields import (
    ANYTHING,
    CODES,
    MESSAGES,
    PARAMETER_LISTS,
    PLACES,
    STATUSES,
    TEXTS,
    fit,
    holds_parameter,
    is_about,
    is_free,
    is_named,
    is_open,
    mapped,
    naming,
    param_steps,
    sayable,
)
from tidegate.values.json_value import Value
from tidegate.values.string_values import plain_name
from tidegate.values.value_generator import FAILED, ValueGenerator

DEPTH_MAX = 3
"""The depth below the body at which a sentence is still looked for."""

_SENTENCES = frozenset(MESSAGES)
_NUMBERS = STATUSES | {"code", "errorcode"}
_CANONICAL = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ALREADY_EXISTS",
    412: "FAILED_PRECONDITION", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 501: "UNIMPLEMENTED", 503: "UNAVAILABLE",
}  # fmt: skip
"""Words for statuses where a text stands beside the number (google.rpc.Code)."""

_REFUSALS = range(400, 600)
"""An example of a code that is one of these is a status."""

Known = Mapping[str, Any]
"""What a refusal says: message, status, reason, title, request_id, and maybe param and place."""


class ErrorWords:
    """Writes refusals into bodies of one document's error schemas."""

    def __init__(self, schemas: Schemas, generator: ValueGenerator) -> None:
        self._schemas = schemas
        self._generator = generator

    def written(self, body: Value, schema: Any, known: Known) -> Value:
        """The body, with what is known of the refusal. It was made by the schema, and is changed.

        Where it has no field for the parameter, the sentence names it.
        """
        body = self._whole(body, schema, known)
        if is_named(orjson.dumps(body).decode(), str(known.get("param") or "")):
            return body
        return self._whole(body, schema, {**known, "message": naming(known)})

    def _whole(self, body: Value, schema: Any, known: Known) -> Value:
        level = sayable(self._schemas, schema)
        if isinstance(body, str):
            return fit(level, str(known["message"])) if is_free(level) else body
        if isinstance(body, list):
            return self._entries("", level, known, 0) or body
        if isinstance(body, dict) and not self._write(body, schema, known, 0) and not self._map(body, level, known):
            self._below(body, self._levels(schema), known, 0, must=True)
        return body

    def _write(self, body: dict[str, Any], schema: Any, known: Known, depth: int) -> bool:
        """Whether the sentence has found its place here or below."""
        levels = self._levels(schema)
        required = set(self._schemas.plain(schema).get("required", ()))
        free = {plain_name(name): name for name, level in levels.items() if is_free(level)}
        lists = str(known.get("list", ""))
        params = {plain for plain in free if holds_parameter(plain, lists, [*free])}
        place = next((free[plain] for plain in MESSAGES if plain in free and plain not in params), "")
        if place:
            body[place] = fit(levels[place], str(known["message"]))
        for plain, name in free.items():
            if plain in params or plain in PLACES:
                self._write_param(body, name, levels[name], known, params, must=name in required)
            elif name != place:
                self._write_text(body, name, levels, known, must=name in required)
        self._write_statuses(body, levels, known)
        self._write_steps(body, levels, known)
        _drop_addresses(body, levels, required)
        return self._below(body, levels, known, depth) or bool(place)

    def _levels(self, schema: Any) -> dict[str, Level]:
        level = self._schemas.plain(schema)
        properties: dict[str, Any] = {}
        for union in ("oneOf", "anyOf"):
            for branch in level.get(union, ())[:1]:
                properties |= self._schemas.plain(branch).get("properties", {})
        properties |= level.get("properties", {})
        return {name: sayable(self._schemas, inner) for name, inner in properties.items()}

    @staticmethod
    def _write_param(
        body: dict[str, Any], name: str, level: Level, known: Known, beside: AbstractSet[str], *, must: bool
    ) -> None:
        """A text for the parameter, or for the place that it is in. A pointer leads into a body only (RFC 6901)."""
        plain, param, place = plain_name(name), str(known.get("param") or ""), str(known.get("place", "body"))
        other = "pointer" if place != "body" else "parameter"
        is_other = plain == other and {"pointer", "parameter"} <= beside
        if (not param or is_other) and not must:
            body.pop(name, None)
        elif not param:
            # Where the document says how it tells that there is none, null stays.
            body[name] = None if body.get(name, "") is None else fit(level, str(known["message"]))
        elif plain in PLACES and "place" in known and (plain != "location" or beside - {plain}):
            body[name] = fit(level, place)
        elif plain == "pointer" and place == "body":
            body[name] = fit(level, "".join(f"/{token_of(step)}" for step in param_steps(param)))
        else:
            body[name] = fit(level, param)

    @staticmethod
    def _write_text(body: dict[str, Any], name: str, levels: Mapping[str, Level], known: Known, *, must: bool) -> None:
        """A text beside the sentence."""
        plain, level, status = plain_name(name), levels[name], int(known["status"])
        numbered = any("integer" in types_of(other) and plain_name(one) in _NUMBERS for one, other in levels.items())
        text = ""
        if plain in STATUSES:
            text = _CANONICAL.get(status, str(status)) if numbered else str(status)
        elif plain in CODES:
            text = str(known["reason"]).replace("-", "_")
        elif plain in ("resource", "resourcetype", "kind", "object") and known.get("kind"):
            text = str(known["kind"])
        elif plain in ("title", "statustext"):
            text = str(known["title"])
        elif plain in ("requestid", "correlationid", "traceid"):
            text = str(known["request_id"])
        elif plain == "path" and "path" in known:
            text = str(known["path"])
        elif must or plain in _SENTENCES:
            text = str(known["message"])
        else:
            body.pop(name, None)
        if text and name in body:
            body[name] = fit(level, text)

    @staticmethod
    def _write_statuses(body: dict[str, Any], levels: Mapping[str, Level], known: Known) -> None:
        status = int(known["status"])
        for name, level in levels.items():
            is_number = bool({"integer", "number"} & {*types_of(level)}) and name in body
            is_code = plain_name(name) in ("code", "errorcode") and (
                is_open(level) or level.get("example") in _REFUSALS
            )
            is_status = plain_name(name) in STATUSES or is_code
            if is_number and is_status and level.get("minimum", status) <= status <= level.get("maximum", status):
                body[name] = status

    def _write_steps(self, body: dict[str, Any], levels: Mapping[str, Level], known: Known) -> None:
        """Lists of texts that hold the parameter, or the steps to it: `loc: [body, name]`."""
        param = str(known.get("param") or "")
        for name, level in levels.items():
            plain = plain_name(name)
            if not param or plain not in PARAMETER_LISTS or "array" not in types_of(level):
                continue
            item = sayable(self._schemas, level.get("items", ANYTHING))
            if not is_free(item):
                continue
            place = [str(known.get("place", "body"))] if plain == "loc" else []
            steps = [param] if plain.endswith("s") else [*place, *param_steps(param)]
            body[name] = [fit(item, step) for step in steps][: level.get("maxItems", len(steps))]

    # --- lists, maps and objects -------------------------------------------------------------------------------------

    def _below(
        self, body: dict[str, Any], levels: Mapping[str, Level], known: Known, depth: int, *, must: bool = False
    ) -> bool:
        """What is said further inside. Whatever takes a sentence does, where one must have it."""
        if depth >= DEPTH_MAX:
            return False
        is_placed = self._named(body, levels, known)
        for name, level in levels.items():
            if must and is_placed:
                break
            kinds, is_said = types_of(level), is_about(name, _SENTENCES)
            inner: Known = {**known, "list": plain_name(name)}
            if isinstance(body.get(name), dict) and level.get("properties"):
                is_placed = self._write(body[name], level, inner, depth + 1) or is_placed
                if must and not is_placed:
                    is_placed = self._below(body[name], self._levels(level), inner, depth + 1, must=True)
            elif "array" in kinds and (must or (is_said and name in body)) and plain_name(name) not in PARAMETER_LISTS:
                entries = self._entries(name, level, known, depth + 1)
                body[name], is_placed = entries or body.get(name, []), is_placed or bool(entries)
            elif is_said and name in body and mapped(level) is not None and (known.get("param") or must):
                body[name] = body[name] if isinstance(body[name], dict) else {}
                is_placed = self._map(body[name], level, known) or is_placed
        return is_placed

    def _entries(self, name: str, level: Level, known: Known, depth: int) -> list[Any]:
        """A list that says the sentence; empty where it cannot."""
        item = sayable(self._schemas, level.get("items", ANYTHING))
        if is_free(item):
            return [fit(item, str(known["message"]))]
        made = self._generator.value(name, item, f"error {name}", FAILED)
        inner = {**known, "list": plain_name(name)}
        return [made] if isinstance(made, dict) and self._write(made, item, inner, depth) else []

    def _map(self, body: dict[str, Any], level: Level, known: Known) -> bool:
        """Whether the sentence stands in a map, under the parameter's name."""
        node = mapped(level)
        if node is None:
            return False
        item, name = sayable(self._schemas, node), str(known.get("param") or "detail")
        made: Any = None
        if is_free(item):
            made = fit(item, str(known["message"]))
        elif "array" in types_of(item) or not item:
            made = self._entries(name, item or TEXTS, known, 1)
        elif "object" in types_of(item) or "properties" in item:
            entries = self._entries(name, {"items": item}, known, 1)
            made = entries[0] if entries else None
        if made:
            body.clear()
            body[name] = made
        return bool(made)

    def _named(self, body: dict[str, Any], levels: Mapping[str, Level], known: Known) -> bool:
        """Whether the parameter has a list of its own, and the sentence stands in it; then the others are left out."""
        steps = param_steps(str(known.get("param") or ""))
        level = levels.get(steps[0], {}) if steps else {}
        item = sayable(self._schemas, level.get("items", ANYTHING)) if "array" in types_of(level) else {}
        if not is_free(item) or is_about(steps[0], _SENTENCES):
            return False
        body[steps[0]] = [fit(item, str(known["message"]))]
        for name in levels:
            if name != steps[0] and body.get(name) == []:
                del body[name]
        return True


def _drop_addresses(body: dict[str, Any], levels: Mapping[str, Level], required: AbstractSet[str]) -> None:
    """No address is made up: `type` says that there is none (RFC 9457 §4.2.1), others are left out."""
    for name, level in levels.items():
        if level.get("format") not in ("uri", "url", "uri-reference") or {"example", "default", "enum"} & level.keys():
            continue
        if plain_name(name) == "type" and name in body:
            body[name] = "about:blank"
        elif name not in required:
            body.pop(name, None)
