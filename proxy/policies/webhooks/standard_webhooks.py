"""Signs what we push to apps, by Standard Webhooks v1 (github.com/standard-webhooks, spec/standard-webhooks.md)."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

SECRET_PREFIX = "whsec_"  # noqa: S105 - what secrets begin with
KEY_BYTES_MIN, KEY_BYTES_MAX = 24, 64
"""The length of a key, as the specification has it."""
SIGNING_SECRETS_MAX = 10
"""Secrets of one app, during rotation: each adds a signature to every push."""


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The keys of one app, the newest first."""

    keys: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"SigningKeys({len(self.keys)})"


def signing_keys(secrets: Sequence[str]) -> SigningKeys:
    """The keys behind `whsec_` secrets. Raises ValueError where one is none, without a word of it."""
    if not 1 <= len(secrets) <= SIGNING_SECRETS_MAX:
        raise ValueError(f"pushes are signed with 1 to {SIGNING_SECRETS_MAX} secrets, not {len(secrets)}")
    return SigningKeys(tuple(_key(secret) for secret in secrets))


def sign(keys: SigningKeys, name: str, body: bytes, now: float) -> dict[str, str]:
    """The headers of one try. `name` is the message's id, the same at each try; `now` is in wall-clock seconds.

    Raises ValueError where the id holds a full stop or is no printable ASCII: the signature would not say where the id
    ends.
    """
    if not name or "." in name or not (name.isascii() and name.isprintable()) or name != name.strip():
        raise ValueError("the id of a message is of printable ASCII without a full stop")
    at = int(now)
    signed = b"%b.%d.%b" % (name.encode("ascii"), at, body)
    marks = (b64encode(hmac.new(key, signed, sha256).digest()).decode("ascii") for key in keys.keys)
    return {
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{mark}" for mark in marks),
    }


def _key(secret: str) -> bytes:
    bare = secret.strip().removeprefix(SECRET_PREFIX)
    try:
        key = b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except ValueError:
        raise ValueError("a signing secret is whsec_ and base64") from None
    if not KEY_BYTES_MIN <= len(key) <= KEY_BYTES_MAX:
        raise ValueError(f"a signing secret holds {KEY_BYTES_MIN} to {KEY_BYTES_MAX} bytes, not {len(key)}")
    return key
