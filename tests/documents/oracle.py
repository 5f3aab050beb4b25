"""The judge of answers: openapi-schema-validator, by the document as it stands. It shares no code with the product.

An answer is right where its status is a documented success, its media type is one that is documented for it, and its
JSON is valid by the schema. An operation that has no schema there shows nothing, and does not count as right.
"""

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson
import referencing
import referencing.exceptions
from jsonschema import Draft4Validator
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.protocols import Validator
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, OAS31Validator

from tests.documents.raw_document import RawDocument, RawOperation, Unreadable

_HERE = "urn:document"
SHOWN_MAX = 160
_SIDES = ("readOnly", "writeOnly")
"""The validator takes these for true whatever they are."""

Verdict = Literal["right", "wrong", "unjudged"]


@dataclass(frozen=True)
class Judgement:
    """What was found of one answer, and why it is wrong or shows nothing."""

    verdict: Verdict
    why: str = ""


class Unjudged(Exception):
    """The validator itself cannot use the schema."""


class Oracle:
    """Judges values, and the answers of one document's operations."""

    def __init__(self, document: RawDocument) -> None:
        self._document = document
        resource: referencing.Resource[Any] = referencing.Specification.OPAQUE.create_resource(_sided(document.root))
        self._registry: Any = referencing.Registry().with_resource(_HERE, resource)

    def flaw(self, schema: Any, value: Any, *, written: bool = False) -> str:
        """What is wrong with a value, empty where it is valid. Raises Unjudged."""
        kind: Any = OAS30WriteValidator if written else OAS30ReadValidator
        if self._document.is_31 or "swagger" in self._document.root:
            kind = OAS31Validator if self._document.is_31 else Draft4Validator
        validator: Validator = kind(_absolute(schema), registry=self._registry, format_checker=kind.FORMAT_CHECKER)
        try:
            first: ValidationError | None = next(iter(validator.iter_errors(value)), None)
        except (referencing.exceptions.Unresolvable, re.error, SchemaError, RecursionError, TypeError, ValueError,
                KeyError, AttributeError) as error:  # fmt: skip
            raise Unjudged(f"{type(error).__name__}: {str(error)[:SHOWN_MAX]}") from None
        if first is None:
            return ""
        if "could not be resolved" in first.message:
            raise Unjudged("the discriminator's word is no schema's name")
        if "is not a 'binary'" in first.message:
            raise Unjudged("no JSON is binary to the validator")
        if _is_contradiction(first, validator, value):
            raise Unjudged("the schema contradicts itself")
        place = "/".join(map(str, first.absolute_path))
        return f"/{place}: {first.message[:SHOWN_MAX]} [{first.validator}]"

    def judged(self, operation: RawOperation, status: int, media: str, body: bytes) -> Judgement:
        """The judgement of an answer."""
        try:
            responses = self._document.responses(operation)
        except Unreadable as error:
            return Judgement("unjudged", str(error))
        key = _key(responses, status)
        if key is None and status < 400 and not any(one[:1] in "23dD" for one in responses):
            return Judgement("unjudged", "no success is described")
        if key is None:
            return Judgement("wrong", f"status {status} {body[:SHOWN_MAX].decode(errors='replace')}")
        content = responses[key].get("content")
        if status in (204, 205) and not body:
            return Judgement("unjudged", "a status without content (RFC 9110 §15.3.5)")
        if not isinstance(content, Mapping) or not content:
            return Judgement("unjudged", "no content is described") if not body else Judgement("wrong", "a body")
        return self._judged_content(content, media.partition(";")[0].strip().lower(), body)

    def judged_missing(self, operation: RawOperation, status: int, media: str, body: bytes) -> Judgement:
        """The judgement of a 404 for what nobody could make: it shows nothing, but must be as it is documented.

        Where the document has no 404 it may be another refusal that it has.
        """
        try:
            described = self._document.responses(operation).get(str(status), {})
        except Unreadable as error:
            return Judgement("unjudged", str(error))
        content = described.get("content")
        if not isinstance(content, Mapping) or not content:
            return Judgement("unjudged", "nothing is there")
        judged = self._judged_content(content, media.partition(";")[0].strip().lower(), body)
        return Judgement("unjudged", "nothing is there") if judged.verdict == "right" else judged

    def _judged_content(self, content: Mapping[str, Any], media: str, body: bytes) -> Judgement:
        described = _described(content, media)
        if described is None:
            return Judgement("wrong", f"media type {media or 'none'}, not one of {', '.join(content)[:SHOWN_MAX]}")
        if "json" not in media:
            return Judgement("unjudged", "no JSON")
        schema = described.get("schema")
        if not schema:
            return Judgement("unjudged", "no schema")
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            return Judgement("wrong", f"no JSON: {body[:SHOWN_MAX].decode(errors='replace')}")
        try:
            flaw = self.flaw(schema, value)
        except Unjudged as error:
            return Judgement("unjudged", str(error))
        return Judgement("wrong", flaw) if flaw else Judgement("right")


def _is_contradiction(error: ValidationError, validator: Validator, value: Any) -> bool:
    """Whether no value can be valid there: no word of an enum has the type, or what must be there may not be."""
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    if error.validator in ("type", "enum") and schema.get("enum") and isinstance(schema.get("type"), str):
        return not any(validator.is_type(word, schema["type"]) for word in schema["enum"])
    if error.validator != "additionalProperties" or not isinstance(error.instance, dict):
        return False
    known = schema.get("properties", {})
    thinner = copy.deepcopy(value)
    inner = thinner
    for step in error.absolute_path:
        inner = inner[step]
    for name in [name for name in inner if name not in known]:
        del inner[name]
    return any(flaw.validator == "required" for flaw in validator.iter_errors(thinner))


def _sided(node: Any) -> Any:
    """The node without words that say that something is not for one side only."""
    if isinstance(node, Mapping):
        return {name: _sided(inner) for name, inner in node.items() if not (name in _SIDES and inner is False)}
    return [_sided(inner) for inner in node] if isinstance(node, list) else node


def _absolute(schema: Any) -> Any:
    """The schema, with a reference of its own written in full; those inside follow from there."""
    schema = _sided(schema)
    if isinstance(schema, Mapping) and isinstance(schema.get("$ref"), str) and schema["$ref"].startswith("#"):
        return {"$ref": _HERE + schema["$ref"]}
    return _rooted(schema)


def _rooted(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {
            name: _HERE + inner if name == "$ref" and isinstance(inner, str) and inner[:1] == "#" else _rooted(inner)
            for name, inner in node.items()
        }
    return [_rooted(inner) for inner in node] if isinstance(node, list) else node


def _key(responses: Iterable[str], status: int) -> str | None:
    """The key under which a status of success is described; `default` alone says it of every status."""
    keys = {key.upper(): key for key in responses}
    successes = [key for key in keys if key[:1] == "2"]
    for key in (str(status), f"{status // 100}XX"):
        if key in keys and (key[:1] == "2" or (key[:1] == "3" and not successes)):
            return keys[key]
    return keys.get("DEFAULT") if not successes and status < 400 else None


def _described(content: Mapping[str, Any], media: str) -> Mapping[str, Any] | None:
    """What is said of a media type: under its own name, a range that has it, or with parameters."""
    bare = {name.partition(";")[0].strip().lower(): described for name, described in content.items()}
    for name in (media, f"{media.partition('/')[0]}/*", "*/*", "*"):
        if name in bare:
            described = bare[name]
            return described if isinstance(described, Mapping) else {}
    return None
