"""The envelope of an error: the vendor file's words for a refusal's reason, else the document's own error schema.

Where neither says anything it is a problem (RFC 9457). It decides no refusal.
"""

import copy
import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any, NamedTuple

from tidegate.json_pointer import at_pointer, steps_of
from tidegate.openapi.document import Document, DocumentError, Operation
from tidegate.simulator.answer.answer import Answer, phrase
from tidegate.simulator.answer.error_fields import naming, param_steps
from tidegate.simulator.answer.error_words import ErrorWords
from tidegate.simulator.answer.errors import STATUSES, VendorError
from tidegate.simulator.answer.media_types import JSON, concrete, is_json, is_xml
from tidegate.simulator.answer.multipart_body import with_boundary
from tidegate.simulator.answer.written_body import written
from tidegate.simulator.record.journal import JournalEntry
from tidegate.values.value_generator import FAILED, ValueGenerator
from tidegate.vendor.refusal_facts import WIDER, Reason, Refusal
from tidegate.vendor.vendor import Errors

OPERATIONS_MAX = 500
"""So many operations are looked at to find how the document has errors in general."""

_PLACE = re.compile(r"\{(\w+(?:\.\w+)*)\??\}")
_MAYBE = re.compile(r"\{\w+\?\}")
_NONE = Refusal()


class Refusals:
    """The refusals of one vendor."""

    def __init__(self, errors: Errors, document: Document, generator: ValueGenerator) -> None:
        self._errors = errors
        self._document = document
        self._generator = generator
        self._words = ErrorWords(document.schemas, generator)

    def answer(self, error: VendorError, entry: JournalEntry, headers: Mapping[str, str]) -> Answer:
        """The refusal as an answer to this request; `headers` are those of every answer."""
        words = self._words_for(error.reason, entry.operation)
        operation = self._document.operations.get(entry.operation)
        template = None if error.fields is not None else words.body or self._errors.body
        values = self._values(error, words, entry, error.status)
        sample = self._sample(operation, error, values) if template is None and error.fields is None else None
        status = error.given_status or words.status or (sample.status if sample else error.status)
        values = self._values(error, words, entry, status)
        media = JSON if sample is None else sample.media
        if template is not None:
            body = filled(template, values)
        elif error.fields is not None:
            body = enclosed(self._errors.envelope, error.fields)
        elif sample is not None:
            body = sample.body
        elif self._errors.envelope:
            fields = {"code": values.get("code", error.reason), "message": values["message"]}
            body = enclosed(self._errors.envelope, fields)
        else:
            body = {"type": "about:blank", "title": phrase(status), "status": status, "detail": naming(values)}
            media = "application/problem+json"
        if error.about:
            _at(body, self._errors.envelope).update(error.about)
        own = {name: str(filled(text, values)) for name, text in words.headers.items()}
        own = {"Content-Type": media, **own, **error.headers}
        if status != HTTPStatus.METHOD_NOT_ALLOWED:
            own.pop("Allow", None)  # a vendor that says 404 does not tell
        lower = {name.lower() for name in own}
        others = {name: value for name, value in headers.items() if name.lower() not in lower}
        schema = sample.schema if sample is not None else {}
        content = written(own["Content-Type"], body, schema, self._document.schemas.plain)
        own["Content-Type"] = with_boundary(own["Content-Type"], content)
        return Answer(status, content, {**others, **own})

    def _words_for(self, reason: Reason, operation: str) -> Refusal:
        words = self._errors.refusals
        while not (reason in words and _says(words[reason], operation)) and reason in WIDER:
            reason = WIDER[reason]
        found = words.get(reason, _NONE)
        return found if _says(found, operation) else _NONE

    def _values(self, error: VendorError, refusal: Refusal, entry: JournalEntry, status: int) -> dict[str, Any]:
        path = entry.path.partition("?")[0]
        known: dict[str, Any] = {"message": error.message, "status": status, "reason": error.reason}
        known |= {"method": entry.method, "path": path, "operation": entry.operation, "request_id": entry.request_id}
        known |= error.details
        words = {**self._errors.words, **refusal.words}
        return {**known, **{name: filled(word, known) for name, word in words.items()}, **error.details}

    def _sample(self, operation: Operation | None, error: VendorError, known: Mapping[str, Any]) -> "_Sample | None":
        """A body by the first usual status that the document lists for the operation, else by its usual error."""
        statuses = (error.given_status,) if error.given_status else STATUSES[error.reason]
        for status in statuses:
            try:
                found = self._described(operation, status) if operation is not None else None
            except DocumentError:
                continue
            if found is not None and (sample := self._written(found, f"{known['operation']} {status}", known, status)):
                return sample
        if self._errors.envelope or self._usual is None:
            return None
        return self._written(self._usual, f"usual {statuses[0]}", known, statuses[0])

    def _written(self, found: tuple[str, Any], name: str, known: Mapping[str, Any], status: int) -> "_Sample | None":
        media, schema = found
        try:
            body = self._generator.value("", schema, name, FAILED)
        except DocumentError:
            return None
        if media.startswith("text/"):
            return _Sample(status, naming(known), media, schema)
        if not isinstance(body, dict | list | str):
            return None
        said = {**known, "status": status, "title": phrase(status), "place": self._place(known)}
        return _Sample(status, self._words.written(copy.deepcopy(body), schema, said), media, schema)

    def _described(self, operation: Operation, status: int) -> tuple[str, Any] | None:
        """The media type and the schema of an answer, where it is JSON. Raises DocumentError."""
        codes = [str(code) for code in self._document.responses(operation)]
        response = self._document.response(operation, status)
        if response is None or not any(code[:1] in "234" for code in codes):  # `default` alone is no failure
            return None
        described = {media: schema for media, schema in self._document.described(response).items() if schema}
        media = next(filter(is_json, described), None) or next(filter(_is_sayable, described), None)
        if media is None:
            return None
        return concrete(media, self._document.schemas.plain(described[media])), described[media]

    def _place(self, known: Mapping[str, Any]) -> str:
        """Where the parameter is in the request: path, query, header, cookie or body."""
        operation = self._document.operations.get(str(known["operation"]))
        name = (*param_steps(str(known.get("param") or "")), "")[0]
        if operation is None or not name:
            return "body"
        entries = self._document.parameters(operation)
        return next((str(entry["in"]) for entry in entries if param_steps(entry["name"])[:1] == [name]), "body")

    @cached_property
    def _usual(self) -> tuple[str, Any] | None:
        """How most of the document's refusals are described: what no operation describes is refused so too."""
        count: Counter[tuple[str, int]] = Counter()
        known: dict[tuple[str, int], tuple[str, Any]] = {}
        for operation in list(self._document.operations.values())[:OPERATIONS_MAX]:
            try:
                listed = [int(key) for key in self._document.responses(operation) if key.isdecimal() and key[:1] == "4"]
                for status in listed or (400,):
                    if (found := self._described(operation, status)) is not None:
                        mark = found[0], id(self._document.follow(found[1]))
                        count[mark] += 1
                        known[mark] = found
            except DocumentError:
                continue
        return known[count.most_common(1)[0][0]] if count else None


class _Sample(NamedTuple):
    """A refusal in the document's own words."""

    status: int
    body: Any
    media: str
    schema: Any


def _is_sayable(media: str) -> bool:
    """True for a media type in which a refusal can be written: text, XML, a range with JSON in it."""
    return media.startswith(("text/", "*/")) or media.endswith("/*") or is_xml(media)


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
    for name in reversed(steps_of(envelope)):
        body = {name: body}
    return body


def _at(body: Any, envelope: str) -> dict[str, Any]:
    """The object at the envelope's pointer; a new one where there is none."""
    found = at_pointer(body, envelope)
    return found if isinstance(found, dict) else {}


def _says(words: Refusal, operation: str) -> bool:
    return not words.operations or operation in words.operations
