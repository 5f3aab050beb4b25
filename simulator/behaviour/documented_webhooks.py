"""The webhooks that a document describes: which of them tells of what happened to an object.

OpenAPI 3.1 has them as `webhooks`, documents of 3.0 as `x-webhooks`. Their names are the vendor's own: `order.created`,
`newOrder`, `orders/create` all tell of one event.
"""

from collections.abc import Mapping
from typing import Any

from tidegate.openapi.document import DocumentError
from tidegate.simulator.behaviour.documented_payload import DocumentedPayload
from tidegate.simulator.document.path_template import singular
from tidegate.values.json_value import Obj
from tidegate.values.string_values import plain_name

_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "created": ("created", "create", "new", "added", "add", "opened", "placed", "registered", "creation"),
    "updated": ("updated", "update", "changed", "change", "edited", "modified"),
    "deleted": ("deleted", "delete", "removed", "remove", "destroyed", "deletion"),
}
"""Words for what happened, the usual first."""


class DocumentedWebhooks:
    """Those of one document."""

    def __init__(self, payload: DocumentedPayload) -> None:
        self._document = document = payload.document
        self._payload = payload
        listed = document.root.get("webhooks", document.root.get("x-webhooks"))
        names = [str(name) for name in listed] if isinstance(listed, dict) else []
        self._named: Mapping[str, str] = {plain_name(name): name for name in names}
        self._nodes: Mapping[str, Any] = listed if isinstance(listed, dict) else {}

    def __bool__(self) -> bool:
        """True where the document describes any."""
        return bool(self._nodes)

    def name_of(self, effect: str) -> str:
        """The document's name for what happened, like `orders.created`; empty where it has none."""
        kind, _, action = effect.rpartition(".")
        word = kind.rsplit("/", 1)[-1].lower()
        stems = dict.fromkeys((plain_name(singular(word)), plain_name(word)))
        for verb in _ACTIONS.get(action, (action,)):
            for stem in stems:
                for plain in (stem + plain_name(verb), plain_name(verb) + stem):
                    if plain in self._named:
                        return self._named[plain]
        return ""

    def body(self, name: str, effect: str, thing: Obj, *, seed: str, wall: int) -> Any:
        """The body of a webhook of this name; None where the document describes none, or is unsound there."""
        try:
            item = self._document.follow(self._nodes[name])
            operation = item.get("post") or next(iter(item.values())) if isinstance(item, dict) and item else None
            if not isinstance(operation, dict):
                return None
            kind = effect.rpartition(".")[0]
            return self._payload.body(operation, thing, event=name, kind=kind, name=seed, wall=wall)
        except DocumentError:
            return None
