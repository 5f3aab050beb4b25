"""The alerts about a vendor's access tokens: none come any more, or the endpoint that gives them is away.

They are part of a vendor's rules (tidegate.monitoring.alert_rules). A vendor whose tokens nobody fetches has none.
"""

from collections.abc import Iterator

from tidegate.monitoring.alert import Alert
from tidegate.vendor.vendor import Vendor


def token_alerts(vendor: Vendor, severity: str) -> Iterator[Alert]:
    """Every alert about the access tokens of a vendor."""
    where = f'vendor="{vendor.vendor}"'
    if vendor.facts.auth.tokens is None:
        return
    yield Alert(
        "TidegateReauthorize",
        f"max(tidegate_token_reauthorize{{{where}}}) == 1",
        "0m",
        "critical",
        "The vendor gives no more access tokens; when the one in force ends, every call is refused.",
        (
            "The log's note reauth_required says why: invalid_grant, invalid_client, …",
            "After invalid_grant, connect the account again and put the new refresh token in the old one's place.",
            "It is taken up by itself, or at once by: tidegate secrets rotate.",
            "Else look at the client at the vendor: its secret, its grants, its scopes.",
        ),
    )
    if vendor.facts.auth.tokens.grant == "refresh_token":
        yield Alert(
            "TidegateRefreshTokenEnds",
            f"max(tidegate_refresh_token_ending{{{where}}}) == 1",
            "10m",
            severity,
            "The vendor's refresh token ends soon, and refreshes do not put that off.",
            (
                "When: tidegate_refresh_token_seconds_left.",
                "Connect the account again before that, and put the new refresh token in the old one's place.",
            ),
        )
    yield Alert(
        "TidegateTokenRefreshFails",
        f'increase(tidegate_token_refreshes_total{{{where},outcome="failed"}}[10m]) > 5',
        "5m",
        severity,
        "Access tokens cannot be refreshed now; calls go on as long as the one in force is good.",
        (
            "How long that is: tidegate_token_seconds_left.",
            "Is the token endpoint away? The log's note `token refresh failed` has its words.",
        ),
    )
