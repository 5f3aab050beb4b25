"""A valid request for any operation, drawn from its own schema, with ids of objects that exist.

For trying an operation out: it puts into the vendor what the request needs, and says what to send. It sends nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.drawing.request_encoding import (
    MEDIA_PREFERRED,
    encoded_content,
    encoded_query,
    filled_path,
    plain_text,
    query_pairs,
)
from tidegate.openapi.document import Document, Operation
from tidegate.simulator.document.path_template import SLOT
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation, ResourceOperations
from tidegate.simulator.objects.operation_request import OperationRequest
from tidegate.simulator.objects.service import Service
from tidegate.simulator.storage.object_keys import key_part
from tidegate.values.candidates import GenerationMode
from tidegate.values.documented_example import documented_example
from tidegate.values.json_value import NOTHING
from tidegate.values.string_values import plain_name
from tidegate.values.value_generator import REQUEST, ValueGenerator

RICH = GenerationMode("request", full=True)


@dataclass(frozen=True, slots=True)
class Trial:
    """What to send. `path` has its query; `media` is the Content-Type, empty where there is no body."""

    method: str
    path: str
    headers: Mapping[str, str]
    media: str
    body: bytes
    params: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    """The parameters of query and body together, as typed values."""


class Trials:
    """Requests to one vendor."""

    def __init__(
        self, document: Document, resource_operations: ResourceOperations, generator: ValueGenerator, service: Service
    ) -> None:
        self._document = document
        self._resource_operations = resource_operations
        self._generator = generator
        self._store = service.store

    def of(self, operation: Operation, name: str = "trial") -> Trial:
        """A request. What has to exist for it is made. Raises DocumentError where the document is unsound there."""
        shape, path = self._resource_operations.of(operation), self._resource_operations.model.paths[operation.id]
        parameters = {place: list(self._parameters(operation, place)) for place in ("path", "query", "header")}
        undeclared = {param: {"name": param, "schema": {"type": "string"}} for param in path.params}
        declared = {parameter["name"]: parameter for parameter in parameters["path"]}
        params = {param: self._text(parameter, name) for param, parameter in {**undeclared, **declared}.items()}
        params |= self._existing(shape, params)
        of = self._resource_operations.kinds.get(shape.kind)
        if of is not None and not of.within and shape.unnamed and shape.id_param in params:
            # what was put there without a request belongs to nobody yet
            self._store.belongings.add(shape, params, self._store.keys.key(of, "", params[shape.id_param]))
        values: dict[str, Any] = {}
        pairs: list[tuple[str, str]] = []
        for parameter in parameters["query"]:
            if parameter.get("required") is True:
                value = self._value(shape, parameter, name)
                values[parameter["name"]] = value
                pairs += list(query_pairs(parameter, value, swagger2=self._document.swagger2))
        headers = {
            parameter["name"]: self._text(parameter, name)
            for parameter in parameters["header"]
            if parameter.get("required") is True
        }
        media, given = self._body(operation, shape, name)
        if isinstance(given, dict):
            values |= given
        target = filled_path(operation.template, params)
        if pairs:
            target += ("&" if "?" in target else "?") + encoded_query(pairs)
        return Trial(operation.method, target, headers, *encoded_content(media, given), params=params, values=values)

    def _parameters(self, operation: Operation, place: str) -> Iterator[Mapping[str, Any]]:
        for parameter in self._document.parameters(operation):
            if parameter.get("in") == place:
                yield parameter

    def _value(self, shape: ResourceOperation, parameter: Mapping[str, Any], name: str) -> Any:
        schema = _schema(parameter)
        example = documented_example(self._document, parameter)
        value = self._generator.value(parameter["name"], schema, name, REQUEST, example)
        return self._referred(shape, parameter["name"], value)

    def _text(self, parameter: Mapping[str, Any], name: str) -> str:
        value = self._generator.value(
            parameter["name"], _schema(parameter), name, REQUEST, documented_example(self._document, parameter)
        )
        return plain_text(value) or "x"

    # --- what has to exist ---------------------------------------------------------------------------------------

    def _existing(self, shape: ResourceOperation, params: Mapping[str, str]) -> dict[str, str]:
        """Path parameters that name objects which are there, made where none was."""
        path = self._resource_operations.model.paths[shape.id]
        identifiers: dict[str, str] = {}
        parts: list[str] = []
        for end in range(1, len(path.key) + 1):
            if path.key[end - 1] != SLOT:
                continue
            param = path.params[path.key[:end].count(SLOT) - 1]
            kind = self._resource_operations.model.at.get(path.key[:end])
            own = param == shape.id_param
            if kind is None or kind.single or not kind.id_param or (own and shape.does == "put"):
                parts.append(key_part(params[param]))
                continue
            if self._store.is_there(kind):
                if own:
                    home = "/".join(parts[len(parts) - len(kind.within) :])
                    self._store.materialise(kind, home, params[param], OperationRequest("there", 0))
                parts.append(key_part(params[param]))
                continue
            scope = "/".join(parts[len(parts) - len(kind.within) :]) if kind.within else ""
            around = dict(zip(path.params, parts, strict=False))
            identifiers[param] = self._some(kind, scope, params[param], around, shape.action)
            parts.append(key_part(identifiers[param]))
        of = self._resource_operations.kinds.get(shape.kind)
        if (
            of is not None
            and path.key[: len(of.home)] != of.home
            and self._resource_operations.model.at.get(path.key) is not of
        ):
            identifiers |= self._elsewhere(
                shape, of, {name: value for name, value in params.items() if name not in identifiers}
            )
        return identifiers

    def _elsewhere(self, shape: ResourceOperation, kind: ResourceKind, params: Mapping[str, str]) -> dict[str, str]:
        """The object of an operation whose path is none of its kind's."""
        if kind.within or shape.id_param not in params or self._store.is_there(kind):
            return {}
        return {shape.id_param: self._some(kind, "", params[shape.id_param], {}, shape.action)}

    def _some(self, kind: ResourceKind, scope: str, wished: str, around: Mapping[str, str], action: str) -> str:
        echoed = {name: value for name, value in around.items() if self._store.merge.takes_text(kind, name)}
        texts = {kind.names[plain_name(name)]: value for name, value in echoed.items()}
        texts |= self._ready_for(kind, action)
        return self._store.place(kind, texts, scope) if kind.id_field else self._place_at(kind, scope, wished)

    def _ready_for(self, kind: ResourceKind, action: str) -> Mapping[str, Any]:
        """The fields of an object that can make this move."""
        life = self._store.lifecycle(kind.name)
        begins = life.moves[action].begins if action in life.moves else ()
        known = {name: min(values) for name, (_, values) in life.known.items()}
        return {**known, "status": begins[0]} if begins else {}

    def _place_at(self, kind: ResourceKind, scope: str, identifier: str) -> str:
        """Put an object under an id that it does not itself have; returns that id."""
        store = self._store
        store.counters.placed += 1
        thing = store.prototypes.new(kind, f"placed:{store.counters.placed}", int(store._wall()))
        store.put(kind, store.keys.key(kind, scope, identifier), thing)
        return identifier

    def _referred(self, shape: ResourceOperation, name: str, value: Any) -> Any:
        kind = self._resource_operations.kinds.get(shape.kind)
        target = self._store.references(kind.name).get(name) if kind is not None else None
        other = self._resource_operations.kinds.get(target or "")
        if other is None or other.within or not isinstance(value, str) or self._store.is_there(other):
            return value
        return self._store.place(other, {})

    def _few_values(self, kind: str) -> Mapping[str, Iterable[str]]:
        """Fields of a kind that may have few values only, and these."""
        return {name: values for name, (_, values) in self._store.lifecycle(kind).known.items()}

    # --- the body ------------------------------------------------------------------------------------------------

    def _body(self, operation: Operation, shape: ResourceOperation, name: str) -> tuple[str, Any]:
        content = self._document.request_content(operation)
        if not content:
            return "", None
        media = next((parameter for parameter in MEDIA_PREFERRED if parameter in content), next(iter(content)))
        schema = content[media]
        if not schema:
            return media, {}
        given = self._generator.value("", schema, name, REQUEST, self._example(operation, media))
        if isinstance(given, dict):
            check = self._document.schemas.validator(schema, of="request")
            for key, value in given.items():
                changed = {**given, key: self._known(shape, key, value)}
                given = changed if check.is_valid(changed) else given
        return media, given

    def _known(self, shape: ResourceOperation, key: str, value: Any) -> Any:
        """A value that the vendor lets through beyond the schema: one of the few that a field may have."""
        kind = self._resource_operations.kinds.get(shape.kind)
        choices = self._few_values(kind.name).get(key) if kind is not None else None
        if choices:
            return min(choices)
        return self._referred(shape, key, value)

    def _example(self, operation: Operation, media: str) -> Any:
        body = self._document.follow(operation.node.get("requestBody"))
        content = body.get("content") if isinstance(body, dict) else None
        return (
            documented_example(self._document, content[media])
            if isinstance(content, dict) and isinstance(content.get(media), dict)
            else NOTHING
        )


def _schema(parameter: Mapping[str, Any]) -> Any:
    if "schema" in parameter:
        return parameter["schema"]
    content = parameter.get("content")
    if isinstance(content, dict) and content:
        return next(iter(content.values())).get("schema", {})
    return parameter  # Swagger 2.0 has the schema's words in the parameter itself
