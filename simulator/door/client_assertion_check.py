"""A client's signed assertion at the token endpoint (RFC 7523 §3), verified with code of the simulator's own."""

import base64
from binascii import Error as Base64Error
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

LIFE_MAX_S = 600.0
SKEW_S = 60.0
SEEN_MAX = 100_000


class ClientAssertionCheck:
    """Verifies assertions by the public half of `key`, a private key in PEM. Each is good once."""

    def __init__(self, key: str, algorithm: str, audience: str) -> None:
        self._public: Any = load_pem_private_key(key.encode(), None).public_key()
        self._algorithm, self._audience = algorithm, audience
        self._seen: dict[str, None] = {}

    def flaw(self, assertion: str, client: str, wall: float) -> str:
        """What is wrong with an assertion; empty where it is good."""
        try:
            signed, _, signature = assertion.rpartition(".")
            header, claims = (orjson.loads(_decoded(part)) for part in signed.split("."))
            given = _decoded(signature)
        except (ValueError, Base64Error):
            return "the assertion is no JWT"
        if header.get("alg") != self._algorithm or not self._holds(signed.encode(), given):
            return "the assertion is not signed by this client's key"
        if claims.get("iss") != client or claims.get("sub") != client:
            return "the assertion is of another client"
        audience = claims.get("aud")
        if not (audience == self._audience or str(audience).endswith(self._audience)):
            return "the assertion is for another server"
        expires, identifier = claims.get("exp"), claims.get("jti")
        if not isinstance(expires, int) or not wall - SKEW_S <= expires <= wall + LIFE_MAX_S:
            return "the assertion has expired, or is good for too long"
        if not isinstance(identifier, str) or identifier in self._seen:
            return "the assertion was used before"
        self._seen[identifier] = None
        if len(self._seen) > SEEN_MAX:
            del self._seen[next(iter(self._seen))]
        return ""

    def _holds(self, text: bytes, given: bytes) -> bool:
        try:
            match self._algorithm:
                case "RS256":
                    self._public.verify(given, text, padding.PKCS1v15(), hashes.SHA256())
                case "PS256":
                    self._public.verify(given, text, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
                case "ES256" | "ES384":
                    half = len(given) // 2
                    numbers = int.from_bytes(given[:half], "big"), int.from_bytes(given[half:], "big")
                    digest = hashes.SHA256() if self._algorithm == "ES256" else hashes.SHA384()
                    self._public.verify(encode_dss_signature(*numbers), text, ECDSA(digest))
                case _:
                    self._public.verify(given, text)
        except InvalidSignature:
            return False
        return True


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
