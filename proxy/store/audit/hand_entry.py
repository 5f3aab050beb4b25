"""What a person does to a delivery, as a row of the audit log, and as the delivery's own page shows it.

The row is appended in the transaction that does it.
"""

import json

from tidegate.proxy.policies.delivery.delivery import DeliveryState
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.audit.audit_chain import AuditEntry, AuditRow
from tidegate.proxy.store.deliveries import HandMade

KIND = "delivery."


def target_of(delivery_id: str) -> str:
    """What the log calls a delivery."""
    return f"delivery:{delivery_id}"


def hand_entry(
    delivery_id: str, hand: HandMade, was: DeliveryState, state: DeliveryState, key: str, now: StoreTime
) -> AuditEntry:
    """The entry of what was done. `key` is the one that the delivery had before."""
    facts: dict[str, object] = {"was": was, "is": state, "edited": hand.body is not None}
    if hand.action == "redo":
        facts |= {"key": hand.key, "former_key": key}
    return AuditEntry(KIND + hand.action, hand.by, now.wall, target_of(delivery_id), hand.note, facts=facts)


def hand_line(row: AuditRow) -> str:
    """The line of a row on the delivery's page."""
    document = json.loads(row.line)
    shown = {"wall": document["wall"], "by": document["who"], "action": document["what"].removeprefix(KIND)}
    return json.dumps({**shown, "note": document.get("reason", ""), **document.get("facts", {})})


def entry_of_line(delivery_id: str, line: str) -> AuditEntry:
    """The entry of a line that an earlier Tidegate wrote."""
    written = json.loads(line)
    facts = {name: written[name] for name in ("was", "is", "edited", "key", "former_key") if name in written}
    what, who = KIND + written["action"], written["by"]
    return AuditEntry(what, who, written["wall"], target_of(delivery_id), written["note"], facts=facts)
