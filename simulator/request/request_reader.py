"""The reader of requests: reads one as its operation asks for it, and refuses it for the first thing that is wrong.

Each operation is compiled once, when its first request comes: styles, coercers and validators. A request that is right
is then read and checked in a few microseconds; only a wrong one is looked into. Whether an id names something is not
decided here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.openapi.document import Document, Operation
from tidegate.openapi.validator import Flaw
from tidegate.simulator.answer import errors
from tidegate.simulator.request import validation_errors
from tidegate.simulator.request.body_reader import BodyReader, Unknown
from tidegate.simulator.request.coercion import Coercer, Coercions
from tidegate.simulator.request.forms import FormError
from tidegate.simulator.request.multipart import UploadedFile
from tidegate.simulator.request.parameters import (
    Parameter,
    QueryParameters,
    parameter,
    read_cookies,
    read_headers,
    read_path,
)
from tidegate.simulator.request.request_content import Form, RequestContent

CREDENTIALS = frozenset({"token", "access_token", "accesstoken", "api_key", "apikey", "api-key", "x-api-key", "key"})
"""Names of parameters that are the credential. It may come another way too: simulator.door.access_check decides."""

_PLACES = ("path", "query", "querystring", "header", "cookie")


@dataclass(slots=True)
class CheckedRequest:
    """A request that was read and checked, every value of the type that its schema asks for.

    `values` holds the parameters of the query and the fields of the body together; `body` is the body where it is no
    object. A file's field holds the file's name, and `uploads` the file; one that is the whole body has no name.
    """

    values: dict[str, Any]
    body: Any = None
    uploads: Mapping[str, UploadedFile] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    form: Form = "json"
    """How the body was read."""


class RequestReaders:
    """Readers of requests, one for each operation. `unknown` is the vendor's way; None leaves it to the schemas."""

    def __init__(self, document: Document, unknown: Unknown | None = None) -> None:
        self._document = document
        self._coercions = Coercions(document.schemas)
        self._unknown = unknown
        self._made: dict[str, _RequestReader] = {}

    def read(self, operation: Operation, sent: RequestContent) -> CheckedRequest:
        """A request for an operation. Raises errors.VendorError, and DocumentError where the document is unsound."""
        reading = self._made.get(operation.id)
        if reading is None:
            reading = self._made[operation.id] = _RequestReader(
                self._document, operation, self._coercions, self._unknown
            )
        return reading.read(sent)


class _RequestReader:
    """One operation, compiled."""

    def __init__(self, document: Document, operation: Operation, coercions: Coercions, unknown: Unknown | None) -> None:
        parsed = [parameter(entry, document.schemas.plain) for entry in document.parameters(operation)]
        in_path = {*re.findall(r"\{([^{}]*)\}", operation.template)}
        known = [entry for entry in parsed if entry is not None and (entry.place != "path" or entry.name in in_path)]
        self._unknown = unknown
        self._at = {place: [entry for entry in known if entry.place == place] for place in _PLACES}
        self._query = QueryParameters(self._at["query"])
        self._coercers = {place: _coercers(listed, coercions) for place, listed in self._at.items()}
        self._may_be_empty = [entry.name for entry in self._at["query"] if entry.may_be_empty]
        self._bodies = BodyReader(document, operation, coercions, unknown)
        self._schema = _composite(self._at, secured=bool(operation.node.get("security", document.root.get("security"))))
        self._always = bool(self._schema["required"])
        self._validator = document.schemas.validator(self._schema, of="request")

    def read(self, sent: RequestContent) -> CheckedRequest:
        """See RequestReaders.read."""
        try:
            given, rest = self._given(sent)
            self._check(given, rest)
            self._drop_empty(given)
            body = self._bodies.read(sent, rest)
        except FormError as error:
            raise errors.refused(f"{error}.", param=error.name or None) from None
        values = given.get("query") or given.get("querystring") or {}
        if isinstance(body.value, dict):
            values = {**values, **body.value} if values else body.value
            return CheckedRequest(values, None, body.uploads, given.get("header", {}), body.form)
        return CheckedRequest(values, body.value, body.uploads, given.get("header", {}), body.form)

    def _given(self, sent: RequestContent) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        """The parameters by place, and what the query holds besides."""
        given: dict[str, dict[str, Any]] = {}
        rest: dict[str, str] = {}
        if self._at["path"]:
            given["path"] = read_path(self._at["path"], sent.path)
        if sent.query and (whole := self._at["querystring"]):
            given["querystring"] = {whole[0].name: whole[0].read(sent.query)}
        elif sent.query:
            given["query"], rest = self._query.read(sent.query)
        if self._at["header"]:
            given["header"] = read_headers(self._at["header"], sent.headers)
        if self._at["cookie"]:
            given["cookie"] = read_cookies(self._at["cookie"], sent.headers.get("Cookie", ""))
        for place, values in given.items():
            for name, coercer in self._coercers[place].items():
                if name in values:
                    values[name] = coercer(values[name])
        return given, rest

    def _check(self, given: dict[str, dict[str, Any]], rest: Mapping[str, str]) -> None:
        if self._unknown == "refuse" and rest and not self._bodies.takes_query:
            raise errors.unknown_parameters(list(rest))
        if (given or self._always) and not self._validator.is_valid(given):
            raise self._refusal(given)

    def _drop_empty(self, given: dict[str, dict[str, Any]]) -> None:
        """What was given without a value, as it may be, has none."""
        for name in self._may_be_empty:
            if given.get("query", {}).get(name) == "":
                del given["query"][name]

    def _refusal(self, given: dict[str, dict[str, Any]]) -> errors.VendorError:
        """Of the first place in which something is wrong: a path that is wrong names nothing."""
        flaws = self._validator.errors(given)
        for place in _PLACES:
            here = [_below(flaw, place) for flaw in flaws if flaw.pointer.split("/")[1:2] == [place]]
            missing = [flaw for flaw in flaws if not flaw.pointer and flaw.expected == place]
            if missing:
                return errors.missing_parameter(next(entry.name for entry in self._at[place] if entry.required))
            if here and place == "path":
                name = here[0].pointer.split("/")[1]
                return errors.no_such(name, str(given[place][name]), name)
            refusal = validation_errors.first_refusal(here, given.get(place), validation_errors.bracketed)
            if refusal is not None:
                return refusal
        return errors.refused("The request is not as the operation asks for it.")


def _below(flaw: Flaw, place: str) -> Flaw:
    return Flaw(flaw.pointer.removeprefix(f"/{place}"), flaw.sentence, flaw.keyword, flaw.expected)


def _coercers(parameters: list[Parameter], coercions: Coercions) -> dict[str, Coercer]:
    coercers = {entry.name: coercions.of(entry.schema) for entry in parameters if entry.shape != "json"}
    return {name: coercer for name, coercer in coercers.items() if coercer is not None}


def _schema_of(entry: Parameter) -> Any:
    return {"anyOf": [entry.schema, {"const": ""}]} if entry.may_be_empty else entry.schema


def _composite(at: Mapping[str, list[Parameter]], *, secured: bool) -> dict[str, Any]:
    """One schema for the parameters of all places, so that one call checks them."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for place, listed in at.items():
        needed = [
            entry.name for entry in listed if entry.required and not (secured and entry.name.lower() in CREDENTIALS)
        ]
        if listed:
            properties[place] = {"properties": {entry.name: _schema_of(entry) for entry in listed}, "required": needed}
        if needed and place != "path":
            required.append(place)
    return {"type": "object", "properties": properties, "required": required}
