"""The addresses of objects: the path under which one is read, and the fields in which it tells its own.

HAL and JSON:API have it as a link called `self` (draft-kelly-json-hal §5.1, JSON:API 1.1 "Links").
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from tidegate.openapi.schema_types import types_of
from tidegate.simulator.document.documented_answer import At, chosen, with_part
from tidegate.simulator.document.path_template import PARAMETER
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_model import ResourceModel
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.values.json_value import NOTHING, Obj
from tidegate.values.string_values import plain_name

_LINKS = frozenset({"links"})
_SELF = frozenset({"self", "selflink", "selfurl", "selfhref", "href", "odataid"})
"""Plain names of groups of links, and of fields that lead to the object itself."""


class ObjectAddresses:
    """Those of one document's objects."""

    def __init__(self, model: ResourceModel) -> None:
        self._model = model
        self._schemas = model.document.schemas
        self._places: dict[str, tuple[tuple[At, bool], ...]] = {}

    def of(
        self,
        operation: ResourceOperation,
        kind: ResourceKind,
        thing: Obj,
        params: Mapping[str, str],
        path: str,
        *,
        letters: Callable[[str, int], str] | None = None,
    ) -> str:
        """The path of an object that an operation has made, after a request to `path`; that path where it was put.

        `letters` makes the id of one that tells none, as its key has it.
        """
        bare = path.partition("?")[0]
        identifier = kind.id_of(thing)
        if identifier in (NOTHING, None):
            identifier = letters(kind.name, 16) if letters and kind.address and self._takes_letters(kind) else ""
        if operation.does == "put" or identifier == "":
            return bare
        ids = [params.get(name) if name else None for name in operation.within] + [str(identifier)]
        here = self._template(operation)
        if kind.address and None not in ids and kind.address.count("{") == len(ids):
            asked = _filled(here, [params.get(name, "") for name in PARAMETER.findall(here)])
            before = bare.removesuffix(asked) if bare.endswith(asked) else ""
            return before + _filled(kind.address, [str(one) for one in ids])
        return f"{bare.rstrip('/')}/{quote(str(identifier), safe='')}"

    def linked(
        self,
        operation: ResourceOperation,
        kind: ResourceKind,
        thing: Obj,
        params: Mapping[str, str],
        values: Mapping[str, Any],
        path: str,
        base: str,
    ) -> Obj:
        """The object with its own address where it has a field for it, and none was sent. `base` goes before it."""
        if kind.name not in self._places:
            self._places[kind.name] = (*self._found(kind),)
        for at, is_uri in self._places[kind.name]:
            if at[0] not in values:
                address = self.of(operation, kind, thing, params, path)
                thing = with_part(thing, at, base + address if is_uri else address)
        return thing

    def _takes_letters(self, kind: ResourceKind) -> bool:
        """Whether the id in the path of an object may be any text."""
        document = self._model.document
        shown = [one for one in document.operations.values() if one.template == kind.address][:1]
        named = [one for shown_one in shown for one in document.parameters(shown_one) if one["name"] == kind.id_param]
        levels = [self._schemas.plain(one.get("schema", one)) for one in named]
        return all("integer" not in types_of(one) and not {"pattern", "format", "enum"} & one.keys() for one in levels)

    def _template(self, operation: ResourceOperation) -> str:
        return self._model.document.operations[operation.id].template

    def _found(self, kind: ResourceKind) -> Iterator[tuple[At, bool]]:
        """The places of an object's own address, and whether it is a whole one there (`format: uri`)."""
        for name, node in kind.fields.items():
            plain = plain_name(name)
            if plain in _LINKS:
                inner = self._fields(node)
                if "self" in inner:
                    deeper = self._fields(inner["self"])
                    at = (name, "self", "href") if "href" in deeper else (name, "self")
                    yield at, self._is_uri(deeper.get("href", inner["self"]))
            elif plain in _SELF and name != kind.id_field and "string" in types_of(self._schemas.plain(node)):
                yield (name,), self._is_uri(node)

    def _fields(self, node: Any) -> Mapping[str, Any]:
        fields: Mapping[str, Any] = self._schemas.plain(chosen(self._model.document, node)).get("properties", {})
        return fields

    def _is_uri(self, node: Any) -> bool:
        return self._schemas.plain(node).get("format") in ("uri", "url")


def _filled(template: str, values: list[str]) -> str:
    left = iter(values)
    return PARAMETER.sub(lambda _: quote(next(left, ""), safe=""), template)
