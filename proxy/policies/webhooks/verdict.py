"""What comes in as a webhook, and what verification says of it. It knows no scheme."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

RawHeaders = Sequence[tuple[bytes, bytes]]
"""Header fields as they came, names in any case."""


@dataclass(frozen=True, slots=True)
class InboundWebhook:
    """A request as it came: nothing decoded, nothing unpacked.

    `url` is our address as the vendor called it, with the query, and in the letters of the request line: a URL that was
    read and written again is another one to Twilio.
    """

    headers: RawHeaders = field(repr=False)
    body: bytes = field(repr=False)
    url: str = field(default="", repr=False)
    method: str = "POST"


class WebhookFlaw(StrEnum):
    """Why a webhook was refused. The list is closed: metrics count by it."""

    BODY_TOO_LARGE = "body-too-large"
    TOO_MANY_HEADERS = "too-many-headers"
    URL_TOO_LONG = "url-too-long"
    NO_SECRET = "no-secret"  # noqa: S105 - the name of a reason
    """No secret is set, or none can be read: everything is refused, because an empty key is anybody's."""
    MISSING_HEADER = "missing-header"
    DUPLICATE_HEADER = "duplicate-header"
    HEADER_TOO_LARGE = "header-too-large"
    MALFORMED_HEADER = "malformed-header"
    NO_SIGNATURE = "no-signature"
    """There is none of the version that counts."""
    TOO_MANY_SIGNATURES = "too-many-signatures"
    NO_TIMESTAMP = "no-timestamp"
    MALFORMED_TIMESTAMP = "malformed-timestamp"
    BODY_NOT_UTF8 = "body-not-utf8"
    """A form, or a body that is read before it is verified, is not UTF-8."""
    MALFORMED_BODY = "malformed-body"
    """As above: it is no form or JSON of the declared shape."""
    TOO_MANY_ITEMS = "too-many-items"
    NO_MATCH = "no-match"
    DIGEST_MISMATCH = "digest-mismatch"
    """The address is signed, and the body is another one than the address says."""
    TOO_OLD = "too-old"
    TOO_NEW = "too-new"
    MALFORMED_CHALLENGE = "malformed-challenge"
    WRONG_TOKEN = "wrong-token"  # noqa: S105 - the name of a reason


@dataclass(frozen=True, slots=True)
class VerifiedWebhook:
    """The vendor's own.

    `timestamp` is when it was signed, in wall-clock seconds since 1970, and `skew_s` how much later our clock says it
    is; both are None where no time is signed.
    """

    dedupe_id: str
    """What makes the event the same event, as JSON: a list of the source, the kind of id, and its parts."""
    body_sha256: str
    """The body's digest, in hexadecimal digits. An id in a header is seldom signed, so that a replay can wear a new
    one: the same body under another id is worth counting."""
    secret: int
    """Which of the secrets it was signed with, from 0: the oldest one, where items were signed with several."""
    timestamp: float | None = None
    skew_s: float | None = None


@dataclass(frozen=True, slots=True)
class RefusedWebhook:
    """Forged, broken, or out of time.

    `skew_s` is known where the signature is right and the time is not: a clock that is wrong by more than the tolerance
    shows here alone.
    """

    flaw: WebhookFlaw
    skew_s: float | None = None
