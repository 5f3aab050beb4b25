"""Keys that seal bytes and open them again: AES-256-GCM-SIV (RFC 8452), the newest seals, any that is listed opens.

Sealed bytes are a mark, eight bytes that name the key, the nonce (12 bytes), the ciphertext and its tag. They are bound
to the place where they stand: copied to another one they do not open. A nonce that is drawn twice tells no more than
that the same was sealed twice at one place (§9), so the world's randomness is enough, a seeded one included.
"""

import base64
import hashlib
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

KEY_BYTES = 32
_MARK = b"\x1atidegate-sealed:"
_SEALED, _PLAIN = _MARK + b"1:", _MARK + b"0:"
"""What is sealed; and what is as it was, and happened to begin with the mark."""
_NAME_BYTES, _NONCE_BYTES = 8, 12


@dataclass(frozen=True, slots=True)
class Unopened:
    """Bytes that cannot be opened. `reason` is a sentence without any of them."""

    reason: str
    keyless: bool = False
    """Only the key is missing: another proxy on the store may have it."""


def sealing_key(text: str) -> bytes | None:
    """The key that a secret stands for: 32 bytes in base64, of either alphabet. None where it is not that."""
    try:
        key = base64.b64decode(text.strip().translate(_URL_SAFE), validate=True)
    except (Base64Error, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


_URL_SAFE = str.maketrans("-_", "+/")


class SealingKeys:
    """See the module. `keys` are the newest first, 32 bytes each; without any nothing is sealed."""

    def __init__(self, keys: Sequence[bytes] = ()) -> None:
        self._by_name = {_name_of(key): AESGCMSIV(key) for key in keys}
        self._newest = _name_of(keys[0]) if keys else b""
        self.secrets = tuple(base64.b64encode(key).decode() for key in keys)
        """The keys as they are written, which nobody may be shown."""

    def __bool__(self) -> bool:
        return bool(self._by_name)

    @property
    def names(self) -> tuple[str, ...]:
        """What the keys are called in messages, the newest first."""
        return tuple(name.hex() for name in self._by_name)

    def sealed(self, data: bytes, place: str, nonces: Random) -> bytes:
        """The bytes under the newest key. Empty ones stay as they are: they hold nothing."""
        if not data or not self._by_name:
            return unsealed(data)
        nonce = nonces.getrandbits(8 * _NONCE_BYTES).to_bytes(_NONCE_BYTES, "big")
        text = self._by_name[self._newest].encrypt(nonce, data, place.encode())
        return b"".join((_SEALED, self._newest, nonce, text))

    def opened(self, data: bytes, place: str) -> bytes | Unopened:
        """The bytes as they were, sealed or not."""
        if not data.startswith(_MARK):
            return data
        if data.startswith(_PLAIN):
            return data[len(_PLAIN) :]
        start = len(_SEALED)
        name, nonce = data[start : start + _NAME_BYTES], data[start + _NAME_BYTES :][:_NONCE_BYTES]
        if not data.startswith(_SEALED) or len(nonce) < _NONCE_BYTES:
            return Unopened("What is stored of it was changed, or sealed by a later Tidegate, so it cannot be opened.")
        cipher = self._by_name.get(name)
        if cipher is None:
            return Unopened(f"It is sealed with the key {name.hex()}, which is not among sealing.keys.", keyless=True)
        try:
            return cipher.decrypt(nonce, data[start + _NAME_BYTES + _NONCE_BYTES :], place.encode())
        except (InvalidTag, ValueError):
            return Unopened("What is stored of it was changed since it was sealed, so it cannot be opened.")


def unsealed(data: bytes) -> bytes:
    """Bytes that need not be sealed, as they are stored: marked where they would be taken for sealed ones."""
    return _PLAIN + data if data.startswith(_MARK) else data


def is_sealed(data: bytes) -> bool:
    """Whether stored bytes are sealed."""
    return data.startswith(_SEALED)


def _name_of(key: bytes) -> bytes:
    return hashlib.sha256(b"tidegate sealing key\n" + key).digest()[:_NAME_BYTES]
