"""What was deleted and may come back: kept aside, where the document has a way to restore it.

`POST /things/{id}/restore`, `:undelete` (AIP-164). It decides nothing about what a deletion answers.
"""

from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_model import ResourceModel
from tidegate.simulator.storage.resources import Resources
from tidegate.values.json_value import Obj
from tidegate.values.string_values import plain_name

_RESTORES = frozenset({"restore", "undelete", "undestroy", "untrash", "recover", "unremove"})
"""Plain names of actions that bring an object back."""


class Restorable:
    """Those of one vendor: in `resources`, as kinds of their own."""

    def __init__(self, model: ResourceModel, resources: Resources) -> None:
        self._model = model
        self._resources = resources
        self._kinds: frozenset[str] | None = None

    def keep(self, kind: ResourceKind, key: str) -> bool:
        """Keep an object that is about to go; False where nothing would bring it back."""
        if self._kinds is None:
            ways = (key[:-1] for key in self._model.methods if plain_name("".join(key[-1:])) in _RESTORES)
            self._kinds = frozenset(self._model.at[way].name for way in ways if way in self._model.at)
        thing = self._resources.get(kind.name, key) if kind.name in self._kinds else None
        if thing is None:
            return False
        self._resources.put(_aside(kind), thing, key)
        return True

    def returned(self, kind: ResourceKind, key: str, action: str) -> Obj | None:
        """An object that an action brings back, which is kept here no more; None for any other action or object."""
        thing = self._resources.get(_aside(kind), key) if plain_name(action) in _RESTORES else None
        if thing is not None:
            self._resources.remove(_aside(kind), key)
        return thing if self._resources.get(kind.name, key) is None else None


def _aside(kind: ResourceKind) -> str:
    return f"deleted and kept {kind.name}"
