"""A client's signed assertion at the token endpoint (RFC 7523 §3), verified with code of the simulator's own."""

import base64
from binascii import Error as Base64Error
from typing import Any

import orjson
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tidegate.simulator.door.message_signature_check import is_signed
from tidegate.simulator.door.request_signature import Nonces

LIFE_MAX_S = 600.0
SKEW_S = 60.0


class ClientAssertionCheck:
    """Verifies assertions by the public half of `key`, a private key in PEM. Each is good once."""

    def __init__(self, key: str, algorithm: str, audience: str) -> None:
        self._public: Any = load_pem_private_key(key.encode(), None).public_key()
        self._algorithm, self._audience = algorithm, audience
        self._identifiers = Nonces()

    def flaw(self, assertion: str, client: str, wall: float) -> str:
        """What is wrong with an assertion; empty where it is good."""
        try:
            signed, _, signature = assertion.rpartition(".")
            header, claims = (orjson.loads(_decoded(part)) for part in signed.split("."))
            given = _decoded(signature)
            algorithm, issuer, subject = header.get("alg"), claims.get("iss"), claims.get("sub")
        except (AttributeError, ValueError, Base64Error):
            return "the assertion is no JWT"
        if algorithm != self._algorithm or not is_signed(self._public, algorithm, signed.encode(), given):
            return "the assertion is not signed by this client's key"
        if not issuer == subject == client:
            return "the assertion is of another client"
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]  # RFC 7519 §4.1.3
        if not any(str(one).endswith(self._audience) for one in audiences):
            return "the assertion is for another server"
        expires, identifier = claims.get("exp"), claims.get("jti")
        if not isinstance(expires, int) or not wall - SKEW_S <= expires <= wall + LIFE_MAX_S:
            return "the assertion has expired, or is good for too long"
        if not isinstance(identifier, str) or not self._identifiers.is_new(identifier):
            return "the assertion was used before"
        return ""


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
