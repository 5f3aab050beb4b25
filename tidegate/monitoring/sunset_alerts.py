"""The alerts about operations that a vendor has said to end (Sunset, RFC 8594): 90, 30, 7 and 1 days before."""

from collections.abc import Iterator

from tidegate.monitoring.alert import Alert
from tidegate.vendor.vendor import Vendor

DAYS = ((90, "info"), (30, "warning"), (7, ""), (1, "critical"))
"""Days before the end, and the severity; the vendor's own where none is said."""


def sunset_alerts(vendor: Vendor, severity: str) -> Iterator[Alert]:
    """The alerts of a vendor, the gravest first. Each holds until the next one does."""
    floor = None
    for days, own in sorted(DAYS):
        expression = f'min by (operation) (tidegate_sunset_days{{vendor="{vendor.vendor}"}}) <= {days}'
        if floor is not None:
            expression += f" > {floor}"
        floor = days
        yield Alert(
            f"TidegateSunset{days}",
            expression,
            "10m",
            own or severity,
            f"The vendor ends an operation in {days} days or less; calls to it will fail then."
            if days > 1
            else "The vendor ends an operation within a day, or has ended it; calls to it fail, or will.",
            (
                "Which, when, who calls it, and the vendor's page about it: tidegate deprecations.",
                "Move those apps on to what takes its place: see the vendor's page.",
                "What the new version breaks: tidegate contracts drift OLD NEW with both of its documents.",
            ),
        )
