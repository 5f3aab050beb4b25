"""The values that the vendor file declares for fields, made of other fields, of parameters and of the moment."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from tidegate.json_pointer import steps_of
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.objects.lifecycle import Given
from tidegate.simulator.objects.operation_request import OperationRequest
from tidegate.simulator.objects.prototypes import Prototypes
from tidegate.values.json_value import Obj
from tidegate.values.string_values import moment
from tidegate.vendor.resource_facts import ObjectOperation, Transition


class DeclaredValues:
    """Declared values of one vendor's objects."""

    def __init__(self, prototypes: Prototypes) -> None:
        self._prototypes = prototypes

    def set(
        self,
        kind: ResourceKind,
        thing: Obj,
        sources: Given,
        fields: Mapping[str, Any],
        declaration: ObjectOperation | None,
        request: OperationRequest,
    ) -> Obj:
        """The object with the fields that the vendor file sets."""
        if not fields and (declaration is None or not declaration.set):
            return thing
        wanted = {**fields, **(declaration.set if declaration is not None else {})}
        places = {"base": request.base, **sources, **thing}
        after = dict(thing)
        for name, value in wanted.items():
            new, before = self._filled(kind, name, value, places, request), thing.get(name)
            after[name] = {**before, **new} if isinstance(new, dict) and isinstance(before, dict) else new
        return after

    def narrowed(
        self, kind: ResourceKind, declaration: ObjectOperation, sources: Given, request: OperationRequest
    ) -> dict[str, str]:
        """The filter that the vendor file sets for the objects of a list."""
        places = {"base": request.base, **sources}
        return {
            name: str(self._filled(kind, name, value, places, request)) for name, value in declaration.narrow.items()
        }

    def after(self, kind: ResourceKind, thing: Obj, transition: Transition, request: OperationRequest) -> Obj:
        """The object after a transition."""
        return {
            **thing,
            **{name: self._filled(kind, name, value, thing, request) for name, value in transition.set.items()},
        }

    def _filled(self, kind: ResourceKind, name: str, value: Any, places: Given, request: OperationRequest) -> Any:
        """A declared value: `{now}` is the moment, `{field}` another field's value."""
        if not isinstance(value, str) or "{" not in value:
            return value
        if value == "{now}":
            return moment(request.wall, self._prototypes.level(kind, name), name)
        written = _in_a_url if value.startswith("{base}") or "://" in value else str
        for field, inner in places.items():
            if not isinstance(inner, dict | list):
                value = value.replace("{" + field + "}", written(inner))
            elif isinstance(inner, dict) and "{" + field + "." in value:
                for below, deeper in inner.items():
                    value = value.replace("{" + field + "." + below + "}", written(deeper))
        return value


def _in_a_url(value: Any) -> str:
    """A value within a URL: what a path cannot have is percent-encoded (RFC 3986 §3.3). A URL stays as it is."""
    text = str(value)
    return text if "://" in text else quote(text, safe="/!$&'()*+,;=:@")


def fits(transition: Transition, values: Mapping[str, Any]) -> bool:
    """True where a request has the values that a transition is made for; a name with a slash is a JSON Pointer."""
    return all(_sent(values, name) == value for name, value in transition.when.items())


def _sent(values: Any, name: str) -> Any:
    if not name.startswith("/"):
        return values.get(name)
    for step in steps_of(name):
        values = values.get(step) if isinstance(values, Mapping) else None
    return values
