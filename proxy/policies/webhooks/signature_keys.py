"""Keys, and whether a signature was made with one of them. Every comparison takes the same time, right or wrong.

What is compared is the written form: a signature in capitals, or with other bits in its last letter of base64, is not
the one that the vendor writes.
"""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tidegate.proxy.policies.webhooks.bounds import ASYMMETRIC_CHECKS_MAX
from tidegate.proxy.policies.webhooks.verdict import WebhookFlaw
from tidegate.vendor.signature_facts import ASYMMETRIC, KeyDecoding, SignatureGrammar
from tidegate.vendor.webhook_facts import SECRETS_MAX

Key = bytes | Ed25519PublicKey | EllipticCurvePublicKey

_ED25519_KEY_BYTES = 32
_SIGNATURE_BYTES = {"ed25519": range(64, 65), "ecdsa-p256-sha256": range(8, 73)}
"""An ECDSA signature is two numbers in DER, of which the small ones are short (RFC 3279 §2.2.3)."""


def keys_of(grammar: SignatureGrammar, secrets: Sequence[str]) -> list[tuple[int, Key]]:
    """The keys that can be used, each with the place of its secret. An empty secret is no key."""
    keys: list[tuple[int, Key]] = []
    for place, secret in enumerate(secrets[:SECRETS_MAX]):
        key = key_of(grammar, secret)
        if key is not None:
            keys.append((place, key))
    return keys


def key_of(grammar: SignatureGrammar, secret: str) -> Key | None:
    """The key that a secret stands for, or None where it is empty or not written as the scheme has it."""
    key = _decoded(secret, grammar.key_decoding) if secret.strip() else None
    if not key:
        return None
    if grammar.alg not in ASYMMETRIC:
        return key
    try:
        if grammar.alg == "ecdsa-p256-sha256":
            loaded = load_der_public_key(key)
            is_p256 = isinstance(loaded, EllipticCurvePublicKey) and isinstance(loaded.curve, SECP256R1)
            return loaded if is_p256 and isinstance(loaded, EllipticCurvePublicKey) else None
        return Ed25519PublicKey.from_public_bytes(key) if len(key) == _ED25519_KEY_BYTES else None
    except (ValueError, UnsupportedAlgorithm):
        return None


def _decoded(secret: str, decoding: KeyDecoding) -> bytes | None:
    try:
        match decoding:
            case "utf8":
                return secret.encode("utf-8", "surrogateescape")
            case "hex":
                return bytes.fromhex(secret)
            case "whsec" | "whpk":
                return _base64(secret.strip().removeprefix(f"{decoding}_"))
            case "base64":
                return _base64(secret.strip())
    except ValueError:
        return None


def _base64(text: str) -> bytes:
    """With or without its padding."""
    return b64decode(text + "=" * (-len(text) % 4), validate=True)


def matching_secret(
    grammar: SignatureGrammar, keys: Sequence[tuple[int, Key]], text: Sequence[bytes], signatures: Sequence[bytes]
) -> int | WebhookFlaw:
    """The place of the first secret under which one of the signatures is right for the text."""
    if grammar.alg in ASYMMETRIC:
        if len(keys) * len(signatures) > ASYMMETRIC_CHECKS_MAX:
            return WebhookFlaw.TOO_MANY_SIGNATURES
        whole = b"".join(text)
        raw = [bare for signature in signatures if (bare := _signature_bytes(signature, grammar)) is not None]
        right = (place for place, key in keys if any(_is_signed(key, bare, whole) for bare in raw))
    else:
        right = (
            place
            for place, key in keys
            if isinstance(key, bytes) and _is_among(written_hmac(grammar, key, text), signatures)
        )
    return next(right, WebhookFlaw.NO_MATCH)


def written_hmac(grammar: SignatureGrammar, key: bytes, text: Sequence[bytes]) -> bytes:
    """The HMAC of a text, written as the scheme writes it."""
    digest = hmac.new(key, digestmod=grammar.alg.removeprefix("hmac-"))
    for part in text:
        digest.update(part)
    return digest.hexdigest().encode() if grammar.sig_encoding == "hex" else b64encode(digest.digest())


def _is_among(expected: bytes, signatures: Sequence[bytes]) -> bool:
    """All are compared, so that the time does not tell which one was right."""
    return sum(hmac.compare_digest(expected, signature) for signature in signatures) > 0


def _signature_bytes(signature: bytes, grammar: SignatureGrammar) -> bytes | None:
    try:
        if grammar.sig_encoding == "hex":
            bare = bytes.fromhex(signature.decode("ascii"))
            written = bare.hex().encode()
        else:
            bare = b64decode(signature, validate=True)
            written = b64encode(bare)
    except (ValueError, Base64Error):
        return None
    return bare if len(bare) in _SIGNATURE_BYTES[grammar.alg] and written == signature else None


def _is_signed(key: Key, signature: bytes, text: bytes) -> bool:
    if isinstance(key, bytes):
        return False
    try:
        if isinstance(key, EllipticCurvePublicKey):
            key.verify(signature, text, ECDSA(SHA256()))
        else:
            key.verify(signature, text)
    except InvalidSignature:
        return False
    return True
