"""The alerts about a vendor's secret: what is refused, what is due, and a source that is away.

They are part of a vendor's rules (tidegate.monitoring.alert_rules), because whoever can make a new secret knows that
vendor.
"""

from collections.abc import Iterator

from tidegate.configfile.units import written_duration
from tidegate.monitoring.alert import Alert
from tidegate.vendor.vendor import Vendor

DUE_SHARE = 0.1
"""Of the rotation period: when so much of it is left, somebody is told."""
EXPIRES_S = 7 * 86_400.0
"""A secret that its source lets end is told so long before."""


def secret_alerts(vendor: Vendor, severity: str) -> Iterator[Alert]:
    """Every alert about the secret of a vendor."""
    where, every_s = f'vendor="{vendor.vendor}"', vendor.facts.auth.rotate_every
    yield Alert(
        "TidegateSecretFellBack",
        f"max by (secret) (tidegate_secret_fallen_back{{{where}}}) == 1",
        "0m",
        "critical",
        "The vendor refuses our new secret; the one before is in force, for as long as it is good.",
        (
            "Look at both: tidegate secrets status. The `until` of the former is the time that is left.",
            "Is the new one the vendor's own, for this account, and switched on there? Put the right one in its place.",
            "It is taken up by itself; tidegate secrets rotate does it at once.",
        ),
    )
    yield Alert(
        "TidegateSecretRefused",
        f"max by (secret) (tidegate_secret_refused{{{where}}}) == 1",
        "1m",
        "warning",
        "A new value of a secret cannot be used; the one before is still in force.",
        (
            "Why not stands in the log, and in: tidegate secrets status.",
            "Put a good one in its place: it is taken up by itself.",
        ),
    )
    yield Alert(
        "TidegateSecretSourceAway",
        f"max by (secret) (tidegate_secret_stale{{{where}}}) == 1",
        "1m",
        severity,
        "The source of a secret does not answer; the last good secret is used until the vendor refuses it.",
        (
            "Is it sealed, away, or does it shut us out? The log and tidegate secrets status have its words.",
            "Do not restart the proxy meanwhile: at its start it needs its sources.",
        ),
    )
    yield _expires(where)
    if every_s is not None:
        yield _due(where, every_s)


def _due(where: str, every_s: float) -> Alert:
    return Alert(
        "TidegateSecretDue",
        f"min by (secret) (tidegate_secret_due_seconds{{{where}}}) < {every_s * DUE_SHARE:g}",
        "10m",
        "warning",
        f"A secret is nearly {written_duration(every_s)} old, or older: it is to be exchanged.",
        (
            "How old it is: tidegate secrets status.",
            "Make a new one at the vendor, let the old one be good for a while, and put the new one in its place.",
            "Once it is in force, end the old one at the vendor.",
        ),
    )


def _expires(where: str) -> Alert:
    return Alert(
        "TidegateSecretExpires",
        f"min by (secret) (tidegate_secret_expires_seconds{{{where}}}) < {EXPIRES_S:g}",
        "10m",
        "warning",
        "The source of a secret will end it soon.",
        ("When: tidegate secrets status.", "Make a new one at the vendor, and write it to the source."),
    )
