"""The event log: of each change an effect for the journal, and an event object where the vendor has one for it."""

from collections.abc import Callable
from typing import Any

from tidegate.simulator.document.resource_operation import ResourceOperations
from tidegate.simulator.objects.prototypes import Prototypes
from tidegate.simulator.storage.resources import Resources
from tidegate.values.json_value import Obj

EVENT = "event"
EVENTS_MAX = 50_000
"""The number of events that are stored; older ones are forgotten."""


_COUNTED = ("amount", "revision")
"""Whole numbers of an object that an effect tells, too."""

EventListener = Callable[[str, Obj, Obj | None, int], None]
"""Called with the name of what happened, the object, the vendor's own event object, and the request's number."""


class EventLog:
    """The log of what happened to the vendor's objects."""

    def __init__(
        self,
        resource_operations: ResourceOperations,
        prototypes: Prototypes,
        resources: Resources,
        api_version: str | None,
    ) -> None:
        self._prototypes = prototypes
        self._resources = resources
        self._api_version = api_version
        self.listener: EventListener = lambda *_: None
        self._event = resource_operations.kinds.get(EVENT)
        if self._event is not None and "data" not in self._event.fields:
            self._event = None

    def record(self, identifier: Any, thing: Obj, event: str, request: Any, effect: str, before: Obj | None) -> None:
        """One change: `effect` names it in the journal, `event` is the vendor's own name, empty where it has none."""
        metadata = thing.get("metadata")
        intent = metadata.get("order_id") if isinstance(metadata, dict) else None
        described: Obj = {"kind": effect, "id": identifier, "intent": intent}
        described |= {name: thing[name] for name in _COUNTED if isinstance(thing.get(name), int)}
        request.effects.append(described)
        if not event or self._event is None:
            self.listener(effect, thing, None, request.number)
            return
        data: Obj = {"object": thing}
        if before is not None and event.endswith(".updated"):
            data["previous_attributes"] = {k: v for k, v in before.items() if thing.get(k) != v}
        prototype = self._prototypes.of(self._event)
        own = self._prototypes.own(self._event, prototype, f"{event}:{request.name}:{identifier}", request.wall)
        own["type"], own["data"], own["api_version"] = event, data, self._api_version
        own["request"] = {"id": request.request_id, "idempotency_key": request.key or None}
        whole = {**prototype.fields, **own}
        self._resources.put(EVENT, whole, prototype=prototype.fields, own=own)
        self.listener(event, thing, whole, request.number)
