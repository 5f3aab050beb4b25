"""The alerts about what is delivered later: dead letters, parked ones, age.

They are part of a vendor's rules (tidegate.monitoring.alert_rules), because a person who can decide knows that vendor.
"""

from collections.abc import Iterator

from tidegate.configfile.units import written_duration
from tidegate.monitoring.alert import Alert


def delivery_alerts(vendor: str, oldest_s: float, severity: str) -> Iterator[Alert]:
    """Every alert about the deliveries of a vendor. `oldest_s` is how long one may wait."""
    where = f'vendor="{vendor}"'
    waiting = f'tidegate_delivery_oldest_seconds{{{where},state=~"queued|waiting|unknown"}}'
    yield Alert(
        "TidegateDeadLetter",
        f'sum by (box, reason) (tidegate_deliveries{{{where},state="dead"}}) > 0',
        "0m",
        severity,
        "Deliveries ended without success, and wait for a person.",
        (
            f"Look at them: tidegate dead list --vendor {vendor}; one with its attempts: tidegate dead show ID.",
            "`rejected`, `contract`: mend what is sent; `credential`, `quota`: mend that first.",
            "`expired`: the outage was longer than their time; `poison`: it killed its worker, so read the log.",
            f"Send them again: tidegate dead replay --vendor {vendor} (--dry-run first); or tidegate dead cancel ID.",
        ),
    )
    yield Alert(
        "TidegateDeliveryParked",
        f'sum by (box) (tidegate_deliveries{{{where},state="parked"}}) > 0',
        "0m",
        severity,
        "Writes were perhaps carried out, and nothing but a person can tell.",
        (
            f"Look at them: tidegate outbox list --state parked --vendor {vendor}.",
            "Look at the vendor whether each was carried out: its own pages, or its support.",
            "It was: tidegate outbox resolve ID --confirm. It was not: --redo, which sends it under a new key.",
        ),
    )
    yield Alert(
        "TidegateDeliveryLate",
        f"max by (box, app) ({waiting}) > {oldest_s:g}",
        "1m",
        severity,
        f"A delivery has waited for more than {written_duration(oldest_s)}.",
        (
            "Is the other side away? Look at tidegate_breaker_state, and at the app that should get webhooks.",
            f"What waits, and why: tidegate outbox list --state waiting --vendor {vendor}.",
            "Nothing needs to be switched: what waits goes on by itself once the other side is back.",
        ),
    )
