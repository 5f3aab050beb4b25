"""The content of one request, and its body read: in whichever of the allowed media types it came.

A body becomes fields of a form, a JSON value, a text or a file. Whether it is what the operation asks for is decided by
simulator.request.request_reader; of a schema only its first level is known here.
"""

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tidegate.openapi.schema_types import Level, types_of
from tidegate.simulator.answer import errors
from tidegate.simulator.answer.media_types import (
    FORM,
    TABLES,
    bare,
    contradicts,
    is_json,
    is_lines,
    is_xml,
    parameters,
)
from tidegate.simulator.request import forms, multipart, row_bodies, xml_body
from tidegate.simulator.request.charsets import charset_of, decoded
from tidegate.simulator.request.json_text import JsonError, parsed
from tidegate.simulator.request.multipart import VALUE, UploadedFile

Form = Literal["json", "lines", "form", "multipart", "xml", "text", "file"]


@dataclass(slots=True)
class RequestContent:
    """A request as it came: the values of its path parameters, its query, its headers and its body.

    Not frozen: one is made for every request.
    """

    path: Mapping[str, str]
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def media(self) -> str:
        """The media type of the body, without its parameters; empty where none is given."""
        return bare(self.headers.get("Content-Type", ""))

    @property
    def charset(self) -> str:
        """The charset of the body."""
        return charset_of(self.headers.get("Content-Type", ""))


@dataclass(slots=True)
class ParsedBody:
    """A body that was read. `value` is JSON, a list of it, the fields of a form, an XmlElement, or a text.

    A file is in `uploads` alone.
    """

    form: Form
    value: Any
    uploads: Mapping[str, UploadedFile] = field(default_factory=dict)
    json: Container[str] = ()
    """The fields of a multipart body that say that they are JSON."""


def form_of(media: str) -> Form:
    """The way in which a body of a media type is read."""
    media = bare(media)
    if is_lines(media):
        return "lines"
    if is_json(media):
        return "json"
    if is_xml(media):
        return "xml"
    if media == FORM:
        return "form"
    if media.startswith("multipart/"):
        return "multipart"
    return "text" if media.startswith("text/") else "file"


def documented_form(kind: str, level: Level) -> tuple[Form, bool]:
    """How a body of a documented media type is read, by the first level of its schema, and whether that is a range.

    A range without a body is JSON where the schema is no text. A form is a text where the schema is one. A text is
    JSON, or whatever it is, where the schema is for no text; but a table may be a list.
    """
    types = {*types_of(level)}
    if "*" in kind or "/" not in kind:
        return ("file" if "string" in types else "json"), True
    form, is_table = form_of(kind), bare(kind) in TABLES and "array" in types
    if form == "form" and types == {"string"}:
        return "text", False
    if form == "text" and types and types <= {"object", "array"} and not is_table:
        return ("json" if level.get("properties") or level.get("items") else "file"), False
    return form, False


def by_media(content: Mapping[str, Any]) -> dict[str, Any]:
    """Schemas by their media types without parameters; of several versions of one the later keep theirs."""
    found: dict[str, Any] = {}
    for kind, schema in content.items():
        found[kind.lower() if bare(kind) in found and parameters(kind) else bare(kind)] = schema
    return found


def version_of(given: str, content: Iterable[str]) -> str | None:
    """The media type of a document that is the given one, in the version that its parameters name; None for none."""
    wanted, kind = parameters(given), bare(given)
    own = [written for written in content if wanted and bare(written) == kind and parameters(written)]
    return next((one for one in own if not contradicts(one, wanted)), None)


def chosen(given: str, allowed: Collection[str]) -> str | None:
    """The allowed media type, maybe a range such as `image/*`, that the given one falls under; None for none.

    A body without a type is taken for a form where there is one, as vendors do, else for the first that is allowed.
    """
    if given and given in allowed:
        return given
    types = list(allowed)
    if not given:
        return FORM if FORM in types else next(iter(types), None)
    for kind in types:
        if kind == "*/*" or "/" not in kind or (kind.endswith("/*") and given.startswith(kind[:-1])):
            return kind
    for kind in types:
        if form_of(kind) == "json" and form_of(given) == "json":
            return kind
    return next((kind for kind in types if kind == "application/octet-stream"), None)


def read_body(sent: RequestContent, form: Form, whole: Container[str] = ()) -> ParsedBody:
    """The body, read as a form of this kind. Raises forms.FormError and errors.VendorError."""
    if form == "file":
        return ParsedBody(form, None, {"": UploadedFile("", sent.media or "application/octet-stream", sent.body)})
    if form == "json":
        value = json_body(sent.body)
        return ParsedBody(form, value, {} if _has_fields(value) else _value_of(sent))
    if form == "lines":
        return ParsedBody(form, row_bodies.lines(sent.body))
    if form == "xml":
        return ParsedBody(form, xml_body.parsed(sent.body, sent.charset))
    if form == "multipart":
        parts = multipart.decode(sent.body, sent.headers.get("Content-Type", ""), whole)
        return ParsedBody(form, parts.fields, parts.uploads, parts.json)
    try:
        text = decoded(sent.body, sent.charset if form == "text" else "utf-8")
    except UnicodeDecodeError as error:
        raise errors.refused(f"The body is not {error.encoding.upper()} text.") from None
    if form == "text":
        return ParsedBody(form, text, _value_of(sent))
    return ParsedBody(form, forms.decode(text, whole))


def _has_fields(value: Any) -> bool:
    """True for objects, and for lists of them."""
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, dict) for one in value))


def _value_of(sent: RequestContent) -> dict[str, UploadedFile]:
    return {"": UploadedFile(VALUE, sent.media, sent.body)}


def json_body(body: bytes) -> Any:
    """The value of a body of JSON. Raises errors.VendorError."""
    try:
        return parsed(body)
    except JsonError as error:
        raise errors.refused(f"The body {error}.") from None
