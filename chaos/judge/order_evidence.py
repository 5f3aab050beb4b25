"""The evidence of an order flow, from what the simulators and the log tell of it as data. Pure.

All times become seconds since `zero_wall`, by the wall clocks: of one machine, as the parts of a run are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from tidegate.chaos.judge.order_promises import AcceptedWebhook, OrderEvidence, ShopChange, WarehouseEffect, waiting

PUT: Final = "PutOrder"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OrderRecords:
    """What was written down. `webhooks` are the shop's deliveries, `lines` the proxy's log.

    `stamps` has the time that an order had after each request at the shop, by the request's id. `depths` are the
    deliveries in the store, by state and reason.
    """

    shop: Sequence[Row]
    webhooks: Sequence[Row]
    warehouse: Sequence[Row]
    lines: Sequence[Row]
    stamps: Mapping[str, str]
    depths: Sequence[tuple[str, str, int]]
    zero_wall: float
    outage: tuple[float, float] | None
    leaked: int
    troubles: Sequence[tuple[float, float]] = ()
    """See OrderEvidence."""


def evidence_of(records: OrderRecords) -> OrderEvidence:
    """The evidence."""
    changed = {entry["n"]: entry for entry in records.shop if entry["effects"]}
    changes = {hook["name"]: _change(changed[hook["request"]], hook, records) for hook in records.webhooks}
    puts = [entry for entry in records.warehouse if entry["operation"] == PUT]
    dead: dict[str, int] = {}
    for state, reason, count in records.depths:
        if state == "dead":
            dead[reason] = dead.get(reason, 0) + count
    return OrderEvidence(
        changes=list(changes.values()),
        accepted=[*_accepted(changes, records)],
        effects=[effect for entry in puts for effect in _effects(entry, records.zero_wall)],
        outage=records.outage,
        sent=sum(len(hook["tries"]) for hook in records.webhooks),
        requests=len(puts),
        dead=dead,
        waiting=waiting(records.depths),
        leaked=records.leaked,
        troubles=records.troubles,
    )


def _change(entry: Row, hook: Row, records: OrderRecords) -> ShopChange:
    """A change at the shop. Its revision is the shop's stamp, which counts whole seconds."""
    stamp = records.stamps.get(entry["request_id"])
    second = int(datetime.fromisoformat(stamp).timestamp() if stamp else entry["wall"])
    order = f"shopify:{entry['effects'][0]['id']}"
    taken = any(200 <= status < 300 for status in hook["tries"])
    return ShopChange(order, second * 1000, entry["wall"] - records.zero_wall, "forge" in hook["faults"], taken)


def _accepted(changes: Mapping[str, ShopChange], records: OrderRecords) -> Iterator[AcceptedWebhook]:
    """What the inbox says that it took."""
    for line in records.lines:
        if line.get("note") == "webhook" and line["outcome"] == "accepted":
            change = changes[orjson.loads(line["event_id"])[-1][0]]
            at = datetime.fromisoformat(line["ts"]).timestamp() - records.zero_wall
            yield AcceptedWebhook(change.order, change.revision, at)


def _effects(entry: Row, zero_wall: float) -> Iterator[WarehouseEffect]:
    """What a request changed at the warehouse, when it had been carried out."""
    for effect in entry["effects"]:
        yield WarehouseEffect(str(effect["id"]), int(effect["revision"]), entry["wall"] - zero_wall)
