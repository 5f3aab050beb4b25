"""The envelope of an error: the vendor file's words for a refusal's reason, else the document's own error schema.

Where neither says anything it is a problem (RFC 9457). It decides no refusal.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson

from tidegate.openapi.document import Document, DocumentError, Operation
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.answer.errors import STATUSES, VendorError
from tidegate.simulator.record.journal import JournalEntry
from tidegate.simulator.values.value_generator import ValueGenerator
from tidegate.vendor.refusal_facts import WIDER, Reason, Refusal
from tidegate.vendor.vendor import Errors

MESSAGES = ("message", "detail", "error_description", "description", "title", "error", "reason", "text")
"""Fields of an error that hold its sentence, the most likely first."""

STATUS_NAMES = frozenset({"status", "status_code", "statusCode", "http_status", "httpStatus"})
DEPTH_MAX = 3
"""The depth below the body at which a sentence is still looked for."""

_PLACE = re.compile(r"\{(\w+(?:\.\w+)*)\??\}")
_MAYBE = re.compile(r"\{\w+\?\}")
_NONE = Refusal()


class Refusals:
    """The refusals of one vendor."""

    def __init__(self, errors: Errors, document: Document, generator: ValueGenerator) -> None:
        self._errors = errors
        self._document = document
        self._generator = generator

    def answer(self, error: VendorError, entry: JournalEntry, headers: Mapping[str, str]) -> Answer:
        """The refusal as an answer to this request; `headers` are those of every answer."""
        words = self._words_for(error.reason)
        operation = self._document.operations.get(entry.operation)
        template = None if error.fields is not None else words.body or self._errors.body
        sample = self._sample(operation, error) if template is None and error.fields is None else None
        status = error.given_status or words.status or (sample[0] if sample else error.status)
        values = self._values(error, words, entry, status)
        media = "application/json"
        if template is not None:
            body = filled(template, values)
        elif error.fields is not None:
            body = enclosed(self._errors.envelope, error.fields)
        elif sample is not None:
            body = sample[1]
        elif self._errors.envelope:
            fields = {"code": values.get("code", error.reason), "message": values["message"]}
            body = enclosed(self._errors.envelope, fields)
        else:
            title = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"
            body = {"type": "about:blank", "title": title, "status": status, "detail": values["message"]}
            media = "application/problem+json"
        if error.about:
            _at(body, self._errors.envelope).update(error.about)
        own = {name: str(filled(text, values)) for name, text in words.headers.items()}
        own = {"Content-Type": media, **own, **error.headers}
        if status != HTTPStatus.METHOD_NOT_ALLOWED:
            own.pop("Allow", None)  # a vendor that says 404 does not tell
        lower = {name.lower() for name in own}
        others = {name: value for name, value in headers.items() if name.lower() not in lower}
        return Answer(status, orjson.dumps(body), {**others, **own})

    def _words_for(self, reason: Reason) -> Refusal:
        words = self._errors.refusals
        while reason not in words and reason in WIDER:
            reason = WIDER[reason]
        return words.get(reason, _NONE)

    def _values(self, error: VendorError, refusal: Refusal, entry: JournalEntry, status: int) -> dict[str, Any]:
        path = entry.path.partition("?")[0]
        known: dict[str, Any] = {"message": error.message, "status": status, "reason": error.reason}
        known |= {"method": entry.method, "path": path, "operation": entry.operation, "request_id": entry.request_id}
        known |= error.details
        words = {**self._errors.words, **refusal.words}
        return {**known, **{name: filled(word, known) for name, word in words.items()}, **error.details}

    def _sample(self, operation: Operation | None, error: VendorError) -> tuple[int, Any] | None:
        """The first usual status that the document lists for the operation, and a body of its schema."""
        if operation is None:
            return None
        for status in (error.given_status,) if error.given_status else STATUSES[error.reason]:
            try:
                schema = self._document.response_schema(operation, status)
                body = self._generator.value("", schema, f"{operation.id} {status}") if schema is not None else None
            except DocumentError:
                continue
            if isinstance(body, dict) and schema is not None:
                self._write_message(body, schema, error.message, status, 0)
                return status, body
        return None

    def _write_message(
        self, body: dict[str, Any], schema: Mapping[str, Any], message: str, status: int, depth: int
    ) -> bool:
        """Put the sentence into the field that is for it."""
        plain = self._document.schemas.plain
        properties: Mapping[str, Any] = plain(schema).get("properties", {})
        for name, value in body.items():
            if name in STATUS_NAMES and isinstance(value, int) and not isinstance(value, bool):
                body[name] = status
        for name in MESSAGES:
            inner = plain(properties.get(name, {}))
            bound = any(word in inner for word in ("enum", "pattern", "const"))
            if not bound and (isinstance(body.get(name), str) or inner.get("type") == "string"):
                body[name] = message[: inner.get("maxLength", len(message))]
                return True
        if depth < DEPTH_MAX:
            for name, value in body.items():
                inner = plain(properties.get(name, {}))
                if isinstance(value, dict) and self._write_message(value, inner, message, status, depth + 1):
                    return True
        return False


def filled(template: object, values: Mapping[str, Any]) -> Any:
    """A template with its places filled: a text that is one place takes the value as it is."""
    if isinstance(template, Mapping):
        return {
            name: filled(inner, values)
            for name, inner in template.items()
            if not (isinstance(inner, str) and _MAYBE.fullmatch(inner) and values.get(inner[1:-2]) is None)
        }
    if isinstance(template, list | tuple):
        return [filled(inner, values) for inner in template]
    if not isinstance(template, str):
        return template
    if (whole := _PLACE.fullmatch(template)) is not None:
        return values.get(whole[1])
    return _PLACE.sub(lambda place: str(values.get(place[1], "")), template)


def enclosed(envelope: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a refusal: `fields` at the JSON Pointer `envelope`, like `/error`."""
    body: dict[str, Any] = dict(fields)
    for name in reversed([part for part in envelope.split("/") if part]):
        body = {name: body}
    return body


def _at(body: Any, envelope: str) -> dict[str, Any]:
    """The object at the envelope's pointer; a new one where there is none."""
    for name in [part for part in envelope.split("/") if part]:
        body = body.get(name, {}) if isinstance(body, dict) else {}
    return body if isinstance(body, dict) else {}
