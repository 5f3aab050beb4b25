"""What the answer of a token endpoint says (RFC 6749 §5): a grant, or why there is none.

Nothing that a vendor may write there raises. It refuses to know what follows from it: token_life decides that.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

LIFE_UNSAID_S = 300.0
"""The life of a token whose answer names none, or one that is no number. A 401 corrects it."""
LIFE_MAX_S = 366 * 86_400.0
"""A longer one is a slip, or means for ever: asking again once a year does no harm."""
TOKEN_CHARS_MAX = 16_384
"""Of an access token, and of a refresh token. It has to fit into a header."""
SCOPES_MAX = 1024
REFRESH_LIVES = ("refresh_expires_in", "refresh_token_expires_in", "x_refresh_token_expires_in")
"""How vendors say how long a refresh token is good for, which no standard names: Keycloak, GitHub, Intuit."""

Failure = Literal["invalid-grant", "client-refused", "transient"]
"""Why there is no grant: the refresh token is no good, we or what we ask for are refused, or it may go well later."""

_GRANT = frozenset(
    {"invalid_grant", "invalid_refresh_token", "bad_refresh_token", "refresh_token_expired", "token_expired",
     "expired_token", "token_revoked"}
)  # fmt: skip
"""RFC 6749 §5.2, and what GitHub, Slack and others write instead, the first two of them under a status of 200."""
_CLIENT = frozenset(
    {"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_request",
     "invalid_target", "access_denied", "incorrect_client_credentials", "bad_client_secret", "invalid_client_id"}
)  # fmt: skip
"""RFC 6749 §5.2, RFC 8707 §2, and what GitHub and Slack write under a status of 200: asked again without a change it
says the same again."""
_BEARER = frozenset(
    {"bearer", "bearertoken", "application access token", "user access token", "bot", "user"}
)  # fmt: skip
"""RFC 6750, and what Apigee, eBay and Slack call a token that goes behind `Bearer`."""


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """An access token as it was given. `refresh` is empty where none came; `scopes` is None where none are named."""

    access: str = field(repr=False)
    life_s: float
    refresh: str = field(default="", repr=False)
    scopes: frozenset[str] | None = None
    refresh_life_s: float = 0.0
    """Seconds for which the refresh token is good; 0.0 where the vendor does not say, or says that it does not end."""


@dataclass(frozen=True, slots=True)
class NoGrant:
    """Why there is no grant. `reason` repeats nothing that the vendor wrote but a known error code."""

    failure: Failure
    reason: str
    retry_after_s: float = 0.0


def life_of(expires_in: object) -> float:
    """Seconds that a token is good for, from the member `expires_in` (RFC 6749 §5.1).

    A number, or a text that is one. 0 and less is a token that has expired: 0.0. What is missing, or no number at all,
    is LIFE_UNSAID_S.
    """
    if isinstance(expires_in, str) and len(expires_in) <= 32:
        try:
            expires_in = float(expires_in.strip())
        except ValueError:
            return LIFE_UNSAID_S
    if isinstance(expires_in, bool) or not isinstance(expires_in, int | float):
        return LIFE_UNSAID_S
    if isinstance(expires_in, float) and math.isnan(expires_in):
        return LIFE_UNSAID_S
    return float(min(max(expires_in, 0), LIFE_MAX_S))


def refresh_life_of(fields: Mapping[str, Any]) -> float:
    """Seconds that a refresh token is good for; 0.0 where nothing that can be read says so, or it is 0 (no end)."""
    written = next((fields[name] for name in REFRESH_LIVES if name in fields), None)
    is_number = isinstance(written, int | float) or (isinstance(written, str) and written.strip().isdecimal())
    return life_of(written) if is_number and not isinstance(written, bool) else 0.0


def read_answer(status: int, document: object, retry_after_s: float = 0.0) -> TokenGrant | NoGrant:
    """What an answer says. `document` is its JSON; None where the body was none."""
    fields: Mapping[str, Any] = document if isinstance(document, dict) else {}
    code = fields.get("error")
    if 200 <= status < 300 and not code:
        return _granted(fields)
    if isinstance(code, str) and code in _GRANT:
        return NoGrant("invalid-grant", code)
    # Whoever is asked too often, or is in trouble, may say so in the same words (Auth0: 429, access_denied).
    if isinstance(code, str) and code in _CLIENT and status != 429 and status < 500:
        return NoGrant("client-refused", code)
    if status == 401:  # a 403 without a code may be a firewall's, and heal by itself
        return NoGrant("client-refused", f"status {status}")
    return NoGrant("transient", f"status {status}", retry_after_s)


def _granted(fields: Mapping[str, Any]) -> TokenGrant | NoGrant:
    access, refresh = fields.get("access_token"), fields.get("refresh_token")
    if not _sendable(access):
        return NoGrant("transient", "the answer has no access token that can be sent")
    kind = fields.get("token_type", "Bearer")
    if not isinstance(kind, str) or kind.lower() not in _BEARER:
        return NoGrant("client-refused", "the token is of a type that is not Bearer (RFC 6749 §7.1)")
    life_s = life_of(fields.get("expires_in"))
    if life_s <= 0.0:
        return NoGrant("transient", "the token had expired when it was given")
    scopes, refresh_life_s = _scopes(fields.get("scope")), refresh_life_of(fields)
    return TokenGrant(str(access), life_s, str(refresh) if _sendable(refresh) else "", scopes, refresh_life_s)


def _sendable(token: object) -> bool:
    """Whether it is a token that can stand in a header and a form."""
    return isinstance(token, str) and 0 < len(token) <= TOKEN_CHARS_MAX and token.isascii() and token.isprintable()


def _scopes(written: object) -> frozenset[str] | None:
    """Scopes stand between spaces (§3.3); some vendors write commas, or a list."""
    if isinstance(written, str):
        return frozenset(written.replace(",", " ").split()[:SCOPES_MAX])
    if isinstance(written, list):
        return frozenset(str(scope) for scope in written[:SCOPES_MAX])
    return None
