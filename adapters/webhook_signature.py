"""Verifies what Tidegate's inbox posts to an app: the Standard Webhooks signature, by the app's own secrets.

Source: the specification of Standard Webhooks, "Verifying webhook authenticity". An app may use that project's library
instead; this is the same in few lines. Symmetric signatures only (`v1`).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

TOLERANCE_S: Final = 300.0
PREFIX: Final = "whsec_"
SIGNATURES_MAX: Final = 16
"""More in one header are not looked at."""
KEY_BYTES_MIN: Final = 24


class SignatureRefused(Exception):
    """The post is not Tidegate's, or not of now. The message tells which, and nothing of the secret."""


@dataclass(frozen=True, slots=True)
class SignedPost:
    """A post that is Tidegate's. `id` is the same each time that the same webhook is posted."""

    id: str
    body: bytes


class WebhookVerifier:
    """Knows the secrets of one app, the newest first; during a rotation there are two.

    Raises ValueError for a secret that is none.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._keys = tuple(_key(secret) for secret in secrets)
        if not self._keys:
            raise ValueError("an app needs a secret at least")

    def verify(self, headers: Mapping[str, str], body: bytes, now: float) -> SignedPost:
        """The post in a request. `headers` find names in any case, `now` is wall time. Raises SignatureRefused."""
        name, stamp, given = (headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
        if not name or not given:
            raise SignatureRefused("it has no signature")
        if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
            raise SignatureRefused("it has no time")
        if abs(now - int(stamp)) > TOLERANCE_S:
            raise SignatureRefused("its time is not now")
        signed = f"{name}.{stamp}.".encode("utf-8", "surrogateescape") + body
        expected = [hmac.digest(key, signed, hashlib.sha256) for key in self._keys]
        for signature in given.split()[:SIGNATURES_MAX]:
            version, _, text = signature.partition(",")
            if version == "v1" and _fits(_decoded(text), expected):
                return SignedPost(name, body)
        raise SignatureRefused("no signature fits")


def _fits(given: bytes, expected: Sequence[bytes]) -> bool:
    """Compares with all of them, so that the time taken does not tell which one it is."""
    return sum(hmac.compare_digest(given, digest) for digest in expected) > 0


def _decoded(text: str) -> bytes:
    """The bytes of a signature; none where it is not base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _key(secret: str) -> bytes:
    """The key that a secret stands for."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < KEY_BYTES_MIN:
        raise ValueError(f"a secret is {PREFIX} and at least {KEY_BYTES_MIN} bytes in base64")
    return key
