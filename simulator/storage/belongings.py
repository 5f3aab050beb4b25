"""What belongs to which object around it, where the path says so and the object itself has no field for it.

Cards that are made below `/boards/{id}/cards` and read at `/cards/{id}` are still listed below their own board.
"""

from collections.abc import Mapping

from tidegate.simulator.document.resource_operation import ResourceOperation

Belonging = tuple[str, str, str]
"""A kind, the parameter's place, and the id of the object around."""


class Belongings:
    """Those of one vendor."""

    def __init__(self) -> None:
        self._keys: dict[Belonging, set[str]] = {}

    def add(self, operation: ResourceOperation, params: Mapping[str, str], key: str) -> None:
        """A new object belongs to those that its path goes through."""
        for place, param in operation.unnamed:
            self._keys.setdefault((operation.kind, place, params.get(param, "")), set()).add(key)

    def keys(self, operation: ResourceOperation, params: Mapping[str, str]) -> frozenset[str] | None:
        """The keys of the objects that belong to those that the path goes through; None where the path tells nothing.

        A place below which nobody has made an object tells nothing.
        """
        held = {place for kind, place, _ in self._keys if kind == operation.kind}
        places = [(place, params.get(param, "")) for place, param in operation.unnamed if place in held]
        if not places:
            return None
        return frozenset(set.intersection(*(self._keys.get((operation.kind, *place), set()) for place in places)))

    def is_elsewhere(self, operation: ResourceOperation, params: Mapping[str, str], key: str) -> bool:
        """True where an object belongs to others than those that the path goes through."""
        named = {place: params.get(param, "") for place, param in operation.unnamed}
        if operation.sent_as:
            held = self.keys(operation, params)
            return held is not None and key not in held
        owners: dict[str, set[str]] = {}
        for (kind, place, identifier), keys in self._keys.items():
            if kind == operation.kind and place in named and key in keys:
                owners.setdefault(place, set()).add(identifier)
        return any(named[place] not in identifiers for place, identifiers in owners.items())

    def part(self, operation: ResourceOperation, params: Mapping[str, str], key: str) -> bool:
        """True where an object only leaves those that the path goes through: it was put there by its name."""
        if not operation.sent_as or operation.within:
            return False
        for place, param in operation.unnamed:
            self._keys.get((operation.kind, place, params.get(param, "")), set()).discard(key)
        return bool(operation.unnamed)

    def drop(self, kind: str, key: str) -> None:
        """Forget an object."""
        for (name, _, _), keys in self._keys.items():
            if name == kind:
                keys.discard(key)

    def described(self) -> list[tuple[str, str, str, list[str]]]:
        """As data."""
        return [(*belonging, sorted(keys)) for belonging, keys in sorted(self._keys.items()) if keys]

    def replace(self, described: list[tuple[str, str, str, list[str]]]) -> None:
        """Have these and no others."""
        self._keys = {(kind, place, identifier): set(keys) for kind, place, identifier, keys in described}
