"""What differs between two operations, schemas aside: parameters, bodies, statuses, headers, ways in.

Where both have a schema at a place, the place is handed on with the pair; what is in it is compared once for all.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Literal

from tidegate.contracts.drift.documents.document_change import DocumentChange, SchemaPlace, changed
from tidegate.contracts.drift.documents.media import (
    ALIKE_STYLES,
    Written,
    by_media,
    is_within,
    written_fields,
    written_style,
)
from tidegate.contracts.drift.documents.schema_pairs import SchemaPairs
from tidegate.contracts.drift.documents.security import Ways, ways_in
from tidegate.openapi.document import Document, DocumentError, Operation, is_status
from tidegate.openapi.schema_types import is_scalar

Found = DocumentChange | SchemaPlace

NOT_PARAMETERS = frozenset({"accept", "authorization", "content-type"})
"""Headers that are said elsewhere: a parameter of such a name is to be ignored (OpenAPI 3.1, Parameter Object)."""


class OperationComparison:
    """The comparison of operations of two documents. Pairs of schemas go into `pairs`."""

    def __init__(self, pairs: SchemaPairs) -> None:
        self.old, self.new, self.pairs = pairs.old, pairs.new, pairs
        self._ways = Ways(pairs.old), Ways(pairs.new)

    def compare(self, old: Operation, new: Operation) -> Iterator[Found]:
        """The changes of an operation, and the places at which schemas stand in both."""
        yield from ways_in(
            old.id, self._ways[0].of(old), self._ways[1].of(new), self._ways[0].described, self._ways[1].described
        )  # fmt: skip
        same = self.pairs.unchanged.is_same
        if old.template == new.template and same(old.node, new.node) and same(_shared(old), _shared(new)):
            return
        yield from self._whole(old, new)
        yield from self._parameters(old, new)
        yield from self._body(old, new)
        yield from self._responses(old, new)

    @staticmethod
    def _whole(old: Operation, new: Operation) -> Iterator[DocumentChange]:
        if old.deprecated != new.deprecated:
            sunset = new.node.get("x-sunset")
            hint = f"it ends on {sunset}" if new.deprecated and isinstance(sunset, str) else ""
            yield changed("endpoint-deprecated" if new.deprecated else "endpoint-reactivated", "operation", old.id,
                          hint=hint)  # fmt: skip
        one, other = old.node.get("operationId"), new.node.get("operationId")
        if one != other and isinstance(one, str):
            yield changed("api-operation-id-removed", "operation", old.id, old=one, new=other)

    # --- requests --------------------------------------------------------------------------------------------------

    def _parameters(self, old: Operation, new: Operation) -> Iterator[Found]:
        before, after = _parameters(self.old, old), _parameters(self.new, new)
        for key, parameter in before.items():
            if key not in after:
                yield changed("request-parameter-removed", "parameter", old.id, _at(parameter))
                continue
            yield from self._parameter(old.id, parameter, after[key])
        for key, parameter in after.items():
            if key not in before:
                word = "required" if parameter.get("required") is True else "optional"
                yield changed(f"new-{word}-request-parameter", "parameter", old.id, _at(parameter))

    def _parameter(self, operation: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Found]:
        at, place = _at(old), str(old["in"])
        needed = old.get("required") is True, new.get("required") is True
        if place != "path" and needed[0] != needed[1]:
            word = "required" if needed[1] else "optional"
            yield changed(f"request-parameter-became-{word}", "parameter", operation, at)
        if (old.get("deprecated") is True) != (new.get("deprecated") is True):
            word = "deprecated" if new.get("deprecated") is True else "reactivated"
            yield changed(f"request-parameter-{word}", "parameter", operation, at)
        yield from self._written(operation, old, new)
        pair = self.pairs.pair(_schema_of(old, self.old), _schema_of(new, self.new))
        yield SchemaPlace(operation, "request", "parameter", at, "", pair)

    def _written(self, operation: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[DocumentChange]:
        """How a parameter is written. A single value is written alike however lists are."""
        at, is_single = _at(old), False
        both = [written_style(one, str(old["in"])) for one in (old, new)]
        for document, one in ((self.old, old), (self.new, new)):
            is_single = is_single or is_scalar(document.schemas.plain(_schema_of(one, document)))
        if both[0][0] != both[1][0] and not (is_single and {both[0][0], both[1][0]} <= ALIKE_STYLES):
            yield changed("request-parameter-style-changed", "parameter", operation, at, old=both[0][0],
                          new=both[1][0])  # fmt: skip
        elif both[0][1] != both[1][1] and not is_single:
            yield changed("request-parameter-explode-changed", "parameter", operation, at, old=both[0][1],
                          new=both[1][1])  # fmt: skip

    def _body(self, old: Operation, new: Operation) -> Iterator[Found]:
        before, after = _content(self.old, old), _content(self.new, new)
        needed = _is_required(self.old, old), _is_required(self.new, new)
        if not before and after:
            yield changed(f"request-body-added-{'required' if needed[1] else 'optional'}", "body", old.id)
        elif before and not after:
            yield changed("request-body-removed", "body", old.id)
        elif before and needed[0] != needed[1]:
            yield changed(f"request-body-became-{'required' if needed[1] else 'optional'}", "body", old.id)
        yield from self._contents(
            old.id, "request", "body", before if after else {}, after if before else {}, "request-body-media-type"
        )
        yield from self._fields(old, new)

    def _fields(self, old: Operation, new: Operation) -> Iterator[DocumentChange]:
        """How the fields of a form are written."""
        if self.old.swagger2 or self.new.swagger2:
            return
        before, after = _media_types(self.old, old), _media_types(self.new, new)
        for kind in before.keys() & after.keys():
            if "encoding" not in before[kind] and "encoding" not in after[kind]:
                continue
            was, now = written_fields(self.old, before[kind], kind), written_fields(self.new, after[kind], kind)
            for name in sorted(was.keys() & now.keys()):
                if was[name] != now[name]:
                    yield changed("request-body-encoding-changed", "media", old.id, f"{kind} {name}",
                                  old=_words(was[name]), new=_words(now[name]))  # fmt: skip

    def _contents(
        self, operation: str, direction: Literal["request", "response"], at: str, before: Mapping[str, Any],
        after: Mapping[str, Any], name: str,
    ) -> Iterator[Found]:  # fmt: skip
        old, new = by_media(before), by_media(after)
        for media, schema in old.items():
            there = next((one for one in (media, *new) if one in new and is_within(media, one)), None)
            if there is not None:
                yield SchemaPlace(operation, direction, "body", at, media, self.pairs.pair(schema, new[there]))
            else:
                yield changed(f"{name}-removed", "media", operation, _of_media(at, media))
        for media in new.keys() - old.keys():
            yield changed(f"{name}-added", "media", operation, _of_media(at, media))

    # --- answers ---------------------------------------------------------------------------------------------------

    def _responses(self, old: Operation, new: Operation) -> Iterator[Found]:
        before, after = _statuses(old), _statuses(new)
        for status, written in before.items():
            there = _listed(status, after)
            if there is None:
                kept = [one for one in after if status == f"{one[:1]}XX"]
                yield changed(f"response-{_success(status)}-status-removed", "status", old.id, status,
                              new=kept or None)  # fmt: skip
            else:
                yield from self._response(old, new, status, written, after[there])
        for status, written in after.items():
            if status not in before:
                yield changed(f"response-{_success(status)}-status-added", "status", old.id, status)
                there = _listed(status, before)
                if there is not None:  # it was answered as one of its class before
                    yield from self._response(old, new, status, before[there], written)

    def _response(self, old: Operation, new: Operation, status: str, before: Any, after: Any) -> Iterator[Found]:
        one, other = _response(self.old, old, before), _response(self.new, new, after)
        yield from self._contents(
            old.id, "response", status, _answered(self.old, old, before), _answered(self.new, new, after),
            "response-media-type",
        )  # fmt: skip
        yield from self._headers(old.id, status, _headers(self.old, one), _headers(self.new, other))

    def _headers(
        self, operation: str, status: str, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> Iterator[Found]:
        for name, header in before.items():
            if name not in after:
                word = "required" if header.get("required") is True else "optional"
                yield changed(f"{word}-response-header-removed", "header", operation, f"{status} {name}")
                continue
            needed = header.get("required") is True, after[name].get("required") is True
            if needed[0] != needed[1]:
                word = "required" if needed[1] else "optional"
                yield changed(f"response-header-became-{word}", "header", operation, f"{status} {name}")
            pair = self.pairs.pair(_schema_of(header, self.old), _schema_of(after[name], self.new))
            yield SchemaPlace(operation, "response", "header", f"{status} header {name}", "", pair)
        for name in after.keys() - before.keys():
            yield changed("response-header-added", "header", operation, f"{status} {name}")


# --- reading --------------------------------------------------------------------------------------------------------


def _parameters(document: Document, operation: Operation) -> dict[tuple[str, str], Mapping[str, Any]]:
    """By place and name; of path parameters the order counts and not the name, of headers case does not (RFC 9110)."""
    order = {name: at for at, name in enumerate(part.partition("}")[0] for part in operation.template.split("{")[1:])}
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for parameter in document.parameters(operation):
        place, name = str(parameter["in"]), str(parameter["name"])
        if place == "path":
            name = str(order.get(name, name))
        elif place == "header":
            name = name.lower()
            if name in NOT_PARAMETERS:
                continue
        found[place, name] = parameter
    return found


def _shared(operation: Operation) -> Any:
    return operation.shared.get("parameters", [])


def _at(parameter: Mapping[str, Any]) -> str:
    return f"{parameter['in']} {parameter['name']}"


def _schema_of(holder: Mapping[str, Any], document: Document) -> Any:
    """The schema of a parameter or header; Swagger 2.0 has its words on the parameter itself."""
    if document.swagger2:
        return {key: value for key, value in holder.items() if key not in ("name", "in", "required", "description")}
    if "schema" in holder:
        return holder["schema"]
    content = holder.get("content")
    media: Any = next(iter(content.values()), {}) if isinstance(content, Mapping) else {}
    return media.get("schema", {}) if isinstance(media, Mapping) else {}


def _safely(read: Callable[[], Any]) -> Any:
    """What is read, or None where a reference leads nowhere: `tidegate check` names it."""
    try:
        return read()
    except DocumentError:
        return None


def _content(document: Document, operation: Operation) -> Mapping[str, Any]:
    return _safely(lambda: document.request_content(operation)) or {}


def _media_types(document: Document, operation: Operation) -> dict[str, Any]:
    return by_media(_safely(lambda: document.body_content(operation)) or {})


def _words(written: Written) -> str:
    media, style, is_many = written
    return " ".join(filter(None, (media, style, "one for each" if is_many else ""))) or "as it is"


def _is_required(document: Document, operation: Operation) -> bool:
    body = _safely(lambda: document.follow(operation.node.get("requestBody")))
    return isinstance(body, Mapping) and body.get("required") is True


def _statuses(operation: Operation) -> dict[str, Any]:
    """Status in one spelling → the key as it is written: a number in YAML is one."""
    responses = operation.node.get("responses")
    listed = responses if isinstance(responses, Mapping) else {}
    return {str(key).upper() if str(key) != "default" else "default": key for key in listed if is_status(str(key))}


def _listed(status: str, statuses: Mapping[str, Any]) -> str | None:
    """The key that a status is listed under: its own, its class, or for failures `default` (OpenAPI 3.1, Responses)."""
    keys = (status, f"{status[:1]}XX", "default" if status[:1] != "2" else status)
    return next((key for key in keys if key in statuses), None)


def _response(document: Document, operation: Operation, key: Any) -> Any:
    return _safely(lambda: document.follow(operation.node["responses"][key]))


def _answered(document: Document, operation: Operation, key: Any) -> Mapping[str, Any]:
    return _safely(lambda: document.answer_schemas(operation, key)) or {}


def _headers(document: Document, response: Any) -> dict[str, Any]:
    """The headers of a response in lower case; `Content-Type` is none (OpenAPI 3.1, Response Object)."""
    listed = response.get("headers") if isinstance(response, Mapping) else None
    found: dict[str, Any] = {}
    for name, node in (listed if isinstance(listed, Mapping) else {}).items():
        header = _safely(partial(document.follow, node))
        if isinstance(header, Mapping) and str(name).lower() != "content-type":
            found[str(name).lower()] = header
    return found


def _of_media(at: str, media: str) -> str:
    return media if at == "body" else f"{at} {media}"


def _success(status: str) -> str:
    return "success" if status[:1] == "2" else "non-success"
