"""One chain of tokens as it stands in the store: the newest access token, and the refresh tokens that lead on from it.

A chain is one client at one vendor, from one first refresh token: whoever changes the first begins another. Times are
the store's. It knows how a row is written, and nothing of when one is.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import orjson

from tidegate.proxy.policies.credentials.token_answer import TokenGrant
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.tokens import TokenRow
from tidegate.redaction.secret import Secret
from tidegate.vendor.auth_facts import OAuth
from tidegate.vendor.token_facts import TokenRequest


@dataclass(frozen=True, slots=True)
class ChainToken:
    """One version of a chain. `began` is the store's least age when it was asked for."""

    version: int
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    previous: str = field(repr=False)
    """The refresh token that was used for it."""
    began: float
    life_s: float
    scopes: frozenset[str] | None
    refresh_until: float | None = None
    """The store's least age at which the refresh token ends; None where nobody knows."""

    def age_s(self, now: StoreTime) -> float:
        """Seconds that may have passed since it was asked for."""
        return now.most - self.began

    @property
    def secrets(self) -> list[str]:
        """The values that nobody may be shown."""
        return [value for value in (self.access, self.refresh, self.previous) if value]


def chain_name(vendor: str, oauth: OAuth, request: TokenRequest, first: Secret | None) -> str:
    """The name of a chain. It tells nothing of the token but whether it is the same."""
    parts = [
        oauth.server or "", oauth.token, request.grant, request.client_id, request.scope or "", request.resource or "",
        request.audience or "", first.reveal() if first is not None else "",
    ]  # fmt: skip
    digest = hashlib.sha256(b"tidegate token chain\n" + orjson.dumps(parts)).hexdigest()
    return f"{vendor} {digest[:16]}"


def next_token(
    before: ChainToken | None, grant: TokenGrant, used: str, version: int, began: float, refresh_life_s: float = 0.0
) -> ChainToken:
    """The next version, from a grant that `used` was given for. No new refresh token: the one that was used stays.

    `refresh_life_s` is how long a new refresh token is good for where the grant does not say.
    """
    is_new = bool(grant.refresh) and grant.refresh != used
    previous = used if is_new else before.previous if before is not None else ""
    life_s = grant.refresh_life_s or (refresh_life_s if is_new else 0.0)
    until = None if is_new or before is None else before.refresh_until
    return ChainToken(
        version, grant.access, grant.refresh or used, previous, began, grant.life_s, grant.scopes,
        began + life_s if life_s else until,
    )  # fmt: skip


def written(token: ChainToken) -> bytes:
    """A version as it is stored."""
    return orjson.dumps(
        {
            "access": token.access,
            "refresh": token.refresh,
            "previous": token.previous,
            "began": token.began,
            "life": token.life_s,
            "scopes": None if token.scopes is None else sorted(token.scopes),
            "refresh_until": token.refresh_until,
        }
    )


def read(row: TokenRow) -> ChainToken | None:
    """The version in a row; None where there is none, or it cannot be read."""
    if not row.payload:
        return None
    try:
        fields: dict[str, Any] = orjson.loads(row.payload)
        scopes, until = fields["scopes"], fields.get("refresh_until")  # rows of earlier versions have none
        return ChainToken(
            row.version,
            str(fields["access"]),
            str(fields["refresh"]),
            str(fields["previous"]),
            float(fields["began"]),
            float(fields["life"]),
            None if scopes is None else frozenset(map(str, scopes)),
            None if until is None else float(until),
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None
