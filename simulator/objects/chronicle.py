"""Writes down what happened: an effect for the journal, and the event where the vendor has one for it."""

from collections.abc import Callable
from typing import Any

from tidegate.simulator.document.shapes import Shapes
from tidegate.simulator.objects.blanks import Blanks
from tidegate.simulator.objects.resources import Resources
from tidegate.simulator.values.json_value import Obj

EVENT = "event"
EVENTS_MAX = 50_000
"""So many events are kept; older ones are forgotten."""


Listening = Callable[[str, Obj, Obj | None, int], None]
"""Is told what happened to which object, the vendor's own event object, and the request's number."""


class Chronicle:
    """What happened to the vendor's objects."""

    def __init__(self, shapes: Shapes, blanks: Blanks, resources: Resources, api_version: str | None) -> None:
        self._blanks = blanks
        self._resources = resources
        self._api_version = api_version
        self.listening: Listening = lambda *_: None
        self._event = shapes.kinds.get(EVENT)
        if self._event is not None and "data" not in self._event.fields:
            self._event = None

    def tell(self, identifier: Any, thing: Obj, event: str, asked: Any, effect: str, before: Obj | None) -> None:
        """One change: `effect` names it in the journal, `event` is the vendor's own name, empty where it has none."""
        metadata = thing.get("metadata")
        intent = metadata.get("order_id") if isinstance(metadata, dict) else None
        told: Obj = {"kind": effect, "id": identifier, "intent": intent}
        if isinstance(thing.get("amount"), int):
            told["amount"] = thing["amount"]
        asked.effects.append(told)
        if not event or self._event is None:
            self.listening(effect, thing, None, asked.request)
            return
        data: Obj = {"object": thing}
        if before is not None and event.endswith(".updated"):
            data["previous_attributes"] = {k: v for k, v in before.items() if thing.get(k) != v}
        blank = self._blanks.blank(self._event)
        own = self._blanks.own(self._event, blank, f"{event}:{asked.name}:{identifier}", asked.wall)
        own["type"], own["data"], own["api_version"] = event, data, self._api_version
        own["request"] = {"id": asked.request_id, "idempotency_key": asked.key or None}
        told_event = {**blank.fields, **own}
        self._resources.put(EVENT, told_event, blank=blank.fields, own=own)
        self.listening(event, thing, told_event, asked.request)
