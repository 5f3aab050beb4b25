"""Hints in a document that no field of it states: limits in words, headers that tell of them, the error's form.

What is found is a guess, and comes with the words that it was read from; a person confirms it. Every loop over the
document has a bound.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tidegate.json_pointer import token_of
from tidegate.openapi.document import Document, DocumentError, Operation
from tidegate.simulator.document.documented_answer import chosen

OPERATIONS_MAX = 5_000
"""So many operations are looked through."""
TEXT_CHARS_MAX = 20_000
"""Of one description so much is read."""
DEPTH_MAX = 3
"""Fields of fields of fields of a request's body."""
PERSONAL_MAX = 40

_PERIODS = {"second": "s", "sec": "s", "s": "s", "minute": "m", "min": "m", "hour": "h", "hr": "h", "day": "d"}
_LIMIT = re.compile(
    r"""(?<![\d.,])(?P<count>\d{1,3}(?:[,_]\d{3})+|\d{1,9})\s*
    (?:(?:(?:read|write|api|http|successful|total|unique)\s+)*
       (?P<noun>requests?|calls?|queries|operations|reqs?)\b[^.;\d]{0,30}?)?
    \s*(?:/|\bper\b|\beach\b|\bevery\b|\bin\s(?:an?|any|one)\b|\ban?\b)\s*
    (?P<period>second|sec|minute|min|hour|hr|day|s\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_ABOUT_LIMITS = re.compile(
    r"\blimit|\bthrottl|\brate\b|\bquota|\bmay\b|\bup to\b|\bat most\b|\bmaximum\b|\bno more than\b|\ballow",
    re.IGNORECASE,
)
_LIMIT_HEADER = re.compile(r"rate-?limit|quota|retry-after", re.IGNORECASE)
_REQUEST_ID = re.compile(r"^(x-)?([a-z]+-)?request-?id$", re.IGNORECASE)
_PERSONAL = re.compile(
    r"""e?mail|email_?address|shopper_?(?:name|email|ip)|(?:tele)?phone(?:_?number)?|mobile
    |(?:first|last|full|given|family)_?name|birth(?:day|_?date)|date_?of_?birth|dob
    |ssn|tax_?id|passport|national_?id|iban|street|(?:(?:billing|shipping|delivery|home)_?)?address|addresses
    |billing_?details|postal_?code|zip(?:_?code)?|ip(?:_?address)?""",
    re.IGNORECASE | re.VERBOSE,
)
_ENVELOPES = ("error", "errors", "fault", "Error")
_CODES = ("code", "error_code", "errorCode", "type", "error", "errorType", "status")
_MESSAGES = ("message", "detail", "description", "error_description", "title", "msg", "more_info")


@dataclass(frozen=True, slots=True)
class WordedLimit:
    """A limit that a text speaks of: as a vendor file has it (`100/m`), and the words."""

    rate: str
    quote: str
    where: str


@dataclass(frozen=True, slots=True)
class ErrorForm:
    """The form of the vendor's errors: pointers, and the body of one of ours."""

    envelope: str
    code: str
    ours: Mapping[str, Any]


def worded_limits(document: Document) -> list[WordedLimit]:
    """The limits that the document's texts speak of: one for each period, the lowest."""
    lowest: dict[str, tuple[int, WordedLimit]] = {}
    for where, text in _texts(document):
        for found in islice(_LIMIT.finditer(text[:TEXT_CHARS_MAX]), 20):
            around = text[max(0, found.start() - 80) : found.end() + 80]
            count, period = int(re.sub(r"[,_]", "", found["count"])), _PERIODS[found["period"].lower()]
            if not count or not (found["noun"] and _ABOUT_LIMITS.search(around)):
                continue
            quote = " ".join(found[0].split())
            if period not in lowest or count < lowest[period][0]:
                lowest[period] = count, WordedLimit(f"{count}/{period}", quote, where)
    return [limit for _, limit in lowest.values()]


def limit_headers(document: Document) -> dict[str, str]:
    """The headers of answers that tell of limits, each with an operation that has it."""
    return {name: where for name, where in _headers(document) if _LIMIT_HEADER.search(name)}


def request_id_header(document: Document) -> str:
    """The header of answers that names the request; empty where none is listed."""
    return next((name for name, _ in _headers(document) if _REQUEST_ID.match(name)), "")


def error_form(document: Document, operations: list[Operation]) -> ErrorForm | None:
    """The form of an error, by the first schema of one; None where the document has none."""
    for operation in operations[:OPERATIONS_MAX]:
        for status in ("400", "4XX", "422", "401", "403", "404", "409", "500", "default"):
            try:
                responses = operation.node.get("responses")
                if not isinstance(responses, dict) or status not in responses:
                    continue
                schemas = document.answer_schemas(operation, status)
            except (DocumentError, KeyError, TypeError):
                continue
            for media, schema in schemas.items():
                form = _form(document, schema) if "json" in media and schema else None
                if form is not None:
                    return form
    return None


def _form(document: Document, schema: Any) -> ErrorForm | None:
    plain = document.schemas.plain
    properties = plain(chosen(document, schema)).get("properties", {})
    envelope = ""
    for name in _ENVELOPES:
        inner = plain(chosen(document, properties[name])).get("properties", {}) if name in properties else {}
        if inner:
            envelope, properties = name, inner
            break
    code = next((name for name in _CODES if name in properties), "")
    message = next((name for name in _MESSAGES if name in properties), "")
    if not code and not message:
        return None
    ours: dict[str, Any] = {}
    if code:
        ours[code] = "{status}" if plain(properties[code]).get("type") in ("integer", "number") else "{problem}"
    if message:
        ours[message] = "{detail}"
    prefix = f"/{envelope}" if envelope else ""
    return ErrorForm(prefix, f"{prefix}/{code}" if code else "", {envelope: ours} if envelope else ours)


def personal_fields(document: Document, operations: list[Operation]) -> list[str]:
    """Pointers to fields of request bodies whose names are those of personal data."""
    found: dict[str, None] = {}
    for operation in operations:
        try:
            content = document.request_content(operation)
        except DocumentError:
            continue
        for schema in content.values():
            for pointer in _personal(document, schema, "", 0):
                if len(found) < PERSONAL_MAX:
                    found[pointer] = None
    return list(found)


def _personal(document: Document, schema: Any, at: str, depth: int) -> Iterator[str]:
    if depth > DEPTH_MAX or not schema:
        return
    properties = document.schemas.plain(chosen(document, schema)).get("properties", {})
    for name, inner in islice(properties.items(), 200):
        pointer = f"{at}/{token_of(name)}"
        if _PERSONAL.fullmatch(name):
            yield pointer
        else:
            yield from _personal(document, inner, pointer, depth + 1)


def webhook_names(document: Document) -> list[str]:
    """The webhooks that a document of OpenAPI 3.1 describes, and those of its extension `x-webhooks`."""
    listed = [document.root.get(key) for key in ("webhooks", "x-webhooks")]
    return [str(name) for one in listed if isinstance(one, dict) for name in islice(one, 1_000)]


def callback_names(document: Document) -> list[str]:
    """The callbacks of operations: webhooks, too, of a kind that is registered with a request."""
    names: dict[str, None] = {}
    for operation in islice(document.operations.values(), OPERATIONS_MAX):
        callbacks = operation.node.get("callbacks")
        names |= dict.fromkeys(map(str, islice(callbacks, 20))) if isinstance(callbacks, dict) else {}
    return list(names)


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    info = document.root.get("info")
    if isinstance(info, dict) and isinstance(info.get("description"), str):
        yield "info", info["description"]
    for operation in islice(document.operations.values(), OPERATIONS_MAX):
        if isinstance(operation.node.get("description"), str):
            yield operation.id, operation.node["description"]
        responses = operation.node.get("responses")
        refusal = responses.get("429") if isinstance(responses, dict) else None
        if isinstance(refusal, dict) and isinstance(refusal.get("description"), str):
            yield operation.id, f"rate limit: {refusal['description']}"


def _headers(document: Document) -> Iterator[tuple[str, str]]:
    """Headers of answers, each with the first operation that lists it."""
    met: set[str] = set()
    for operation in islice(document.operations.values(), OPERATIONS_MAX):
        responses = operation.node.get("responses")
        for response in islice(responses.values(), 30) if isinstance(responses, dict) else ():
            try:
                listed = document.follow(response)
            except DocumentError:
                continue
            headers = listed.get("headers") if isinstance(listed, dict) else None
            for name in islice(headers, 50) if isinstance(headers, dict) else ():
                if str(name).lower() not in met:
                    met.add(str(name).lower())
                    yield str(name), operation.id
