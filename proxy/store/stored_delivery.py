"""A delivery as any database has it: the columns of its row, and the row as a delivery. It knows no database."""

from typing import Any, Protocol

from tidegate.proxy.policies.delivery.delivery import Delivery, DeliveryAttempt, NewDelivery

DELIVERY_COLUMNS = (
    "seq", "id", "box", "app", "vendor", "operation", "key", "fingerprint", "method", "destination", "accepted_wall",
    "deadline", "keep_s", "order_key", "ordering", "skip_after", "priority", "first_not_before", "first_state", "trace",
    "state", "attempts", "leases_lost", "not_before", "updated_wall", "resting", "ever_sent", "lease_token",
    "lease_until", "dead_reason", "detail", "status", "reference", "accepted",
)  # fmt: skip
"""Of a delivery without its bodies, which are `headers`, `body`, `answer_headers` and `answer_body`."""


class DatabaseRow(Protocol):
    """A row whose columns are had by their names."""

    def __getitem__(self, name: str, /) -> Any: ...


def delivery_of(row: DatabaseRow) -> Delivery:
    """The delivery of a row that has every column, its bodies included."""
    new = NewDelivery(
        id=row["id"], box=row["box"], app=row["app"], vendor=row["vendor"], operation=row["operation"], key=row["key"],
        fingerprint=row["fingerprint"], method=row["method"], destination=row["destination"], headers=row["headers"],
        body=row["body"], accepted_wall=row["accepted_wall"], deadline=row["deadline"], keep_s=row["keep_s"],
        order_key=row["order_key"], order=row["ordering"], skip_after=row["skip_after"], priority=row["priority"],
        not_before=row["first_not_before"], state=row["first_state"], trace=row["trace"],
    )  # fmt: skip
    return Delivery(
        new, row["state"], row["attempts"], row["leases_lost"], row["not_before"], row["updated_wall"],
        row["resting"] if row["state"] in ("leased", "cancelled", "dead") else row["state"], bool(row["ever_sent"]),
        row["lease_token"], row["lease_until"], row["dead_reason"], row["detail"], row["status"],
        row["answer_headers"], row["answer_body"], row["reference"], accepted=row["accepted"],
    )  # fmt: skip


def attempt_of(delivery_id: str, row: DatabaseRow) -> DeliveryAttempt:
    """The attempt of a row."""
    return DeliveryAttempt(
        delivery_id, row["n"], row["began_wall"], row["ended_wall"], row["outcome"], row["status"], row["problem"],
        row["call_id"], bool(row["late"]), row["began"],
    )  # fmt: skip
