"""The webhooks that a document describes: which of them tells of what happened to an object.

OpenAPI 3.1 has them as `webhooks`, documents of 3.0 as `x-webhooks`. Their names are the vendor's own: `order.created`,
`newOrder`, `orders/create` all tell of one event.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.openapi.document import DocumentError
from tidegate.simulator.behaviour.documented_payload import DocumentedPayload, DocumentedPost
from tidegate.simulator.document.path_template import singular
from tidegate.values.json_value import Obj
from tidegate.values.string_values import plain_name

_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "created": ("created", "create", "new", "added", "add", "opened", "placed", "registered", "creation"),
    "updated": ("updated", "update", "changed", "change", "edited", "modified"),
    "deleted": ("deleted", "delete", "removed", "remove", "destroyed", "deletion"),
}
"""Words for what happened, the usual first."""


_AROUND = re.compile(r"^on(?=[A-Z_.\s-])|[_.\s-]?(?:[Ww]ebhooks?|[Hh]ooks?|[Ee]vents?|[Nn]otifications?|[vV]\d)$")
"""What documents put around the name of an event."""


@dataclass(frozen=True, slots=True)
class NamedEvent:
    """A webhook, by what it says has happened: `word`. `schema` is the alternative of its body that says so."""

    name: str
    word: str
    schema: Any = None


class DocumentedWebhooks:
    """Those of one document."""

    def __init__(self, payload: DocumentedPayload) -> None:
        self._payload = payload
        root = payload.document.root
        listed = root.get("webhooks", root.get("x-webhooks"))
        names = [str(name) for name in listed] if isinstance(listed, dict) else []
        self._named: Mapping[str, str] = {
            **{plain_name(_AROUND.sub("", name)): name for name in names},
            **{plain_name(name): name for name in names},
        }
        self._nodes: Mapping[str, Any] = listed if isinstance(listed, dict) else {}
        self._words: dict[str, list[NamedEvent]] | None = None

    def __bool__(self) -> bool:
        """True where the document describes any."""
        return bool(self._nodes)

    def event_of(self, effect: str) -> NamedEvent | None:
        """The document's webhook of what happened, like `orders.created`; None where it has none.

        One has the event's name, or it says in its body which of several it is about.
        """
        kind, _, action = effect.rpartition(".")
        word = kind.rsplit("/", 1)[-1].lower()
        stems = dict.fromkeys((plain_name(singular(word)), plain_name(word)))
        verbs = [plain_name(verb) for verb in _ACTIONS.get(action, (action,))]
        plain_names = [plain for verb in verbs for stem in stems for plain in (stem + verb, verb + stem)]
        for plain in plain_names:
            if plain in self._named:
                return NamedEvent(self._named[plain], self._named[plain])
        if self._words is None:
            self._words = self._said()
        for plain in plain_names:
            if plain in self._words:
                return self._words[plain][0]
        own = {self._named[stem] for stem in stems if stem in self._named}
        return next((one for verb in verbs for one in self._words.get(verb, ()) if one.name in own), None)

    def post(self, event: NamedEvent, effect: str, thing: Obj, *, seed: str, wall: int) -> DocumentedPost | None:
        """A webhook; None where the document describes none, or is unsound there."""
        try:
            operations = self._payload.operations(event.name, self._nodes[event.name])
            if not operations:
                return None
            kind = effect.rpartition(".")[0]
            return self._payload.post(
                operations[0], thing, event=event.word, kind=kind, name=seed, wall=wall, schema=event.schema
            )
        except DocumentError:
            return None

    def _said(self) -> dict[str, list[NamedEvent]]:
        """The words by which webhooks say in their bodies what has happened."""
        words: dict[str, list[NamedEvent]] = {}
        for name, item in self._nodes.items():
            try:
                for operation in self._payload.operations(name, item)[:1]:
                    schema = self._payload.content(operation)[1].get("schema", {})
                    for word, choice in self._payload.event_words(schema):
                        words.setdefault(plain_name(word), []).append(NamedEvent(name, word, choice))
            except DocumentError:
                continue
        return words
