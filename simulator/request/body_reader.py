"""The reader of bodies: in the media types that an operation takes, checked against its schemas."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from tidegate.json_pointer import steps_of, token_of
from tidegate.openapi.document import Document, Operation
from tidegate.openapi.schema_types import types_of
from tidegate.openapi.validator import Validator
from tidegate.simulator.answer import errors
from tidegate.simulator.answer.media_types import FORM, TABLES, bare, is_json
from tidegate.simulator.request import validation_errors
from tidegate.simulator.request.coercion import Coercer, Coercions
from tidegate.simulator.request.forms import gather, listed, paired, put
from tidegate.simulator.request.named_fields import named_fields
from tidegate.simulator.request.parameters import SEPARATORS, SWAGGER_STYLES, is_exploded, json_of
from tidegate.simulator.request.request_content import (
    Form,
    ParsedBody,
    RequestContent,
    by_media,
    chosen,
    documented_form,
    form_of,
    read_body,
    version_of,
)
from tidegate.simulator.request.row_bodies import rows
from tidegate.simulator.request.xml_body import XmlElement, XmlValues

_JSON_PATCH = "application/json-patch+json"

Unknown = Literal["refuse", "ignore"]
"""The treatment of parameters that the operation does not have."""

_OF_TEXT = frozenset({"minLength", "maxLength", "pattern", "format"})

_SCALARS = frozenset({"string", "integer", "number", "boolean"})


@dataclass(frozen=True, slots=True)
class _Media:
    """One media type that an operation takes, compiled."""

    form: Form
    validator: Validator
    names: frozenset[str]
    """The fields that are declared."""
    closed: bool
    """True where the schema names all fields that there may be, as far as it says."""
    coercers: Mapping[str, Coercer]
    coercer_of: Callable[[str], Coercer | None]
    """Gives the coercer of a field that is not declared."""
    lists: frozenset[str]
    """Fields that may hold a list."""
    repeated: frozenset[str]
    """Fields that hold a list even where they are given once."""
    whole: frozenset[str]
    """Fields that the document has as JSON (Encoding Object): a list may be one text."""
    splits: Mapping[str, str]
    """Fields that hold a list, or an object, in one text, and what is between its parts."""
    paired: frozenset[str]
    """Those of them that hold an object."""
    spread: Mapping[str, frozenset[str]]
    """Fields that hold an object whose own fields stand by themselves, and these (Encoding Object, `style: form`)."""
    texts: frozenset[str]
    """Fields that hold text, even where JSON brings something else: JSON in a form of Swagger 2.0."""
    merges: bool
    """True where null takes a member away, at every depth (RFC 7396)."""
    is_list: bool
    """True where the schema takes lists."""
    filled: tuple[str, ...]
    """Required fields, which may not be empty in a form."""


class BodyReader:
    """The bodies of one operation."""

    def __init__(
        self,
        document: Document,
        operation: Operation,
        coercions: Coercions,
        unknown: Unknown | None,
    ) -> None:
        self._document = document
        self._operation = operation
        self._coercions = coercions
        self._unknown = unknown
        self._content = by_media(document.request_content(operation))
        self._media: dict[tuple[str, Form], _Media] = {}
        self._forms: dict[str, tuple[Form, bool]] = {}
        self._xml = XmlValues(document.schemas.plain, coercions)
        self._required = _required(document, operation)
        self.takes_query = FORM in self._content
        """True where the form's fields may stand in the query, as vendors of forms allow."""

    def read(self, sent: RequestContent, query: Mapping[str, str]) -> ParsedBody:
        """The body; `query` is what the query holds besides its own parameters. Raises VendorError and FormError."""
        if not self._content:
            return ParsedBody("json", {})
        if not sent.body:
            return self._empty(query)
        given = sent.media
        kind = version_of(sent.headers.get("Content-Type", ""), self._content) or chosen(given, self._content)
        if kind is None:
            raise errors.wrong_media(given, sorted(self._content))
        media = self._compiled(kind, self._form_of(kind, given))
        body = read_body(sent, media.form, media.names)
        if media.form == "file":
            return body
        if given == _JSON_PATCH and isinstance(body.value, list) and not media.is_list:
            return body  # the schema describes something else, as Kubernetes' does
        if media.form == "lines":
            return self._each_checked(media, body)
        if media.form in ("text", "xml"):
            body.value = self._meant(kind, given, body)
        elif media.form == "json":
            _write_texts(media, body.value)
        else:
            _read_fields(media, body, query)
        return self._checked(media, body)

    def _meant(self, kind: str, given: str, body: ParsedBody) -> Any:
        """The value of a text, or of XML, as the schema asks for it."""
        schema = self._content[kind]
        if isinstance(body.value, XmlElement):
            return self._xml.of(body.value, schema)
        plain = self._document.schemas.plain
        level, table = plain(schema), given if given in TABLES else bare(kind)
        coercer = self._coercions.of(schema) if types_of(level) else None
        if table in TABLES and "array" in types_of(level):
            value = rows(body.value, table, named="array" not in types_of(plain(level.get("items", {}))))
            return value if coercer is None else coercer(value)
        return body.value if coercer is None else coercer(body.value.strip())

    def _each_checked(self, media: _Media, body: ParsedBody) -> ParsedBody:
        """Lines, checked together where the schema is a list's, else one by one."""
        if media.is_list:
            return self._checked(media, body)
        for line in body.value:
            self._checked(media, ParsedBody("json", line))
        return body

    def _empty(self, query: Mapping[str, str]) -> ParsedBody:
        """A form without fields is a form; any other body is missing where it is required."""
        kind = FORM if self.takes_query else next(iter(self._content))
        media = self._compiled(kind, self._form_of(kind, ""))
        body = ParsedBody(media.form, {})
        if media.form == "form":
            _read_fields(media, body, query)
            return self._checked(media, body)
        if not self._required:
            return body
        if media.form in ("json", "multipart"):
            return self._checked(media, body)
        raise errors.refused("The request has no body.")

    def _checked(self, media: _Media, body: ParsedBody) -> ParsedBody:
        value = body.value
        if empty := next((name for name in media.filled if value.get(name) == ""), None):
            raise errors.empty_parameter(empty)
        naming = validation_errors.bracketed if media.form in ("form", "multipart") else validation_errors.dotted
        if isinstance(value, dict) and self._unknown is not None and media.closed and not value.keys() <= media.names:
            extra = [name for name in value if name not in media.names]
            if self._unknown == "refuse":
                raise errors.unknown_parameters(extra)
            body.value = value = {name: field_value for name, field_value in value.items() if name in media.names}
        judged = without_nulls(value) if media.merges else value
        if not media.validator.is_valid(judged):
            flaws = media.validator.errors(judged)
            if self._unknown == "ignore":
                flaws = [flaw for flaw in flaws if flaw.keyword not in validation_errors.UNKNOWN]
            if body.uploads:  # what is said of a file is not about its name
                files = {name.partition("[")[0] for name in body.uploads}
                named = [flaw for flaw in flaws if files.intersection(steps_of(flaw.pointer)[:1])]
                flaws = [flaw for flaw in flaws if flaw not in named or flaw.keyword not in _OF_TEXT]
            refusal = validation_errors.first_refusal(flaws, value, naming, whole="body")
            if refusal is not None:
                raise refusal
        return body

    def _form_of(self, kind: str, given: str) -> Form:
        """How a body of this media type is read. A range: as what came."""
        if kind not in self._forms:
            self._forms[kind] = documented_form(kind, self._document.schemas.plain(self._content[kind]))
        form, is_range = self._forms[kind]
        return form_of(given) if is_range and given else form

    def _compiled(self, kind: str, form: Form) -> _Media:
        if (kind, form) not in self._media:
            self._media[kind, form] = self._compile(form, self._content[kind], kind)
        return self._media[kind, form]

    def _compile(self, form: Form, schema: Any, kind: str) -> _Media:
        schemas, level = self._document.schemas, self._document.schemas.plain(schema)
        properties, place = named_fields(schemas, level), f"{self._operation.pointer}/requestBody/content"
        as_text = properties.items() if form not in ("json", "xml", "lines") else ()
        coercers = {name: self._coercions.of(inner) for name, inner in as_text}
        inner = {name: schemas.plain(node) for name, node in properties.items()}
        texts = frozenset(name for name, field in inner.items() if field.get("type") == "string")
        types = {name: self._coercions.types(node) for name, node in properties.items()}
        lists = frozenset(name for name, names in types.items() if "array" in names)
        styles = {name: encoding.get("style") for name, encoding in self._encoding(kind).items()}
        grouped = {name for name, style in styles.items() if style == "deepObject"}
        splits, objects = self._splits(kind, inner), {name for name, names in types.items() if names == {"object"}}
        return _Media(
            form=form,
            validator=schemas.validator(schema, of="request", place=f"{place}/{token_of(kind)}/schema"),
            names=frozenset(properties),
            closed="properties" in level and level.get("additionalProperties", False) is False,
            coercers={name: coercer for name, coercer in coercers.items() if coercer is not None},
            coercer_of=self._coercions.unnamed(level),
            lists=lists,
            repeated=frozenset(name for name in lists - grouped if not types[name] & _SCALARS),
            whole=frozenset(name for name, one in self._encoding(kind).items() if is_json(str(one.get("contentType")))),
            splits=splits,
            paired=frozenset(objects & splits.keys()),
            spread={
                name: frozenset(inner[name].get("properties", {}).keys() - properties.keys())
                for name in objects - splits.keys()
                if form == "form" and styles.get(name) == "form"
            },
            texts=texts if self._document.swagger2 and form == "json" and FORM in self._content else frozenset(),
            merges=kind in ("application/merge-patch+json", "application/strategic-merge-patch+json"),
            is_list=not {"object", *_SCALARS} & {*types_of(level)},
            filled=tuple(level.get("required", ())) if form == "form" else (),
        )

    def _splits(self, kind: str, inner: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
        if self._document.swagger2:
            lists = {name: level for name, level in inner.items() if level.get("type") == "array"}
            formats = {name: level.get("collectionFormat", "csv") for name, level in lists.items()}
            styles = {name: SWAGGER_STYLES[form] for name, form in formats.items() if form in SWAGGER_STYLES}
        else:
            encodings = self._encoding(kind)
            styles = {name: str(encoding.get("style", "form")) for name, encoding in encodings.items()}
            styles = {name: style for name, style in styles.items() if not is_exploded(encodings[name], style)}
        return {name: SEPARATORS.get(style, ",") for name, style in styles.items()}

    def _encoding(self, kind: str) -> dict[str, Mapping[str, Any]]:
        """The Encoding Objects of a media type."""
        content = {bare(written): media for written, media in self._document.body_content(self._operation).items()}
        listed = content.get(kind, {}).get("encoding")
        named = listed.items() if isinstance(listed, Mapping) else ()
        return {name: encoding for name, encoding in named if isinstance(encoding, Mapping)}


def without_nulls(value: Any) -> Any:
    """A merge patch without what it takes away."""
    if not isinstance(value, dict):
        return value
    return {name: without_nulls(inner) for name, inner in value.items() if inner is not None}


def _read_fields(media: _Media, body: ParsedBody, query: Mapping[str, str]) -> None:
    """Make of a form's text what its schema asks for."""
    fields = body.value
    for name, text in query.items() if media.form == "form" else ():
        if name.partition("[")[0] not in fields:
            put(fields, name, text, media.names)
    for name, parts in media.spread.items():
        gather(fields, name, parts)
    for name, value in fields.items():
        coercer = media.coercers.get(name) if name in media.names else media.coercer_of(name)
        if value.__class__ is list and name not in media.lists and (name in media.names or coercer is None):
            value = value[-1]  # noqa: PLW2901 - a field that is given twice keeps its last value
        if value.__class__ is str and name in body.json:
            fields[name] = json_of(name, value)
        else:
            value = _in_its_style(media, name, value) if value.__class__ is str else value  # noqa: PLW2901
            fields[name] = value if coercer is None else coercer(value)


def _in_its_style(media: _Media, name: str, text: str) -> Any:
    """What a text holds: a list or an object, where the field is one; else itself."""
    if name in media.repeated and not (name in media.whole and text[:1] == "["):
        return listed(text, media.splits.get(name))
    return paired(text, media.splits[name]) if name in media.paired and text[:1] != "{" else text


def _write_texts(media: _Media, fields: Any) -> None:
    """Make text of what the document has as JSON text in a form, and an app sent as JSON."""
    for name in media.texts & fields.keys() if isinstance(fields, dict) else ():
        if isinstance(fields[name], dict | list):
            fields[name] = orjson.dumps(fields[name]).decode()


def _required(document: Document, operation: Operation) -> bool:
    if not document.swagger2:
        body = document.follow(operation.node.get("requestBody"))
        return isinstance(body, dict) and body.get("required") is True
    listed = operation.node.get("parameters")
    entries = [document.follow(entry) for entry in (listed if isinstance(listed, list) else ())]
    return any(
        isinstance(entry, dict) and entry.get("in") == "body" and entry.get("required") is True for entry in entries
    )
