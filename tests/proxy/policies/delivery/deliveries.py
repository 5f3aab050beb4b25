"""A delivery as a worker has it, for tests that care about a part of it."""

from dataclasses import replace
from typing import Any

from tidegate.proxy.policies.delivery.delivery import Delivery, NewDelivery

NEW = NewDelivery(
    id="d1", box="outbox", app="shop", vendor="things", operation="PostThings", key="k", fingerprint="f",
    method="POST", destination="/things", headers=b"[]", body=b"{}", accepted_wall=1_000.0, deadline=5_000.0,
    keep_s=86_400.0,
)  # fmt: skip


def delivery(new: NewDelivery = NEW, **changes: Any) -> Delivery:
    """One that is leased, and was queued before."""
    leased = Delivery(
        new=new, state="leased", attempts=0, leases_lost=0, not_before=0.0, updated_wall=1_000.0, resting="queued",
        ever_sent=False, lease_token=1, lease_until=160.0,
    )  # fmt: skip
    return replace(leased, **changes)
