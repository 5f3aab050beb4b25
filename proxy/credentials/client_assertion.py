"""The signed assertion by which a client proves who it is at a token endpoint (RFC 7523 §2.2, `private_key_jwt`).

It makes one; the token endpoint sends it. The private key never leaves it.
"""

import random
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Literal

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import import_key

from tidegate.problems import UsageError
from tidegate.redaction.secret import Secret
from tidegate.vendor.token_facts import TokenRequest

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFE_S = 60
"""It is used once, at once. Vendors refuse a long life."""
JTI_BITS = 128
KINDS: Mapping[str, Literal["RSA", "EC", "OKP"]] = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
"""The kind of key that an algorithm signs with (RFC 7518 §6, RFC 8037 §2), by how the algorithm's name begins."""


class ClientAssertion:
    """Makes assertions for one client. Raises UsageError where the secret is no private key for the algorithm."""

    def __init__(self, request: TokenRequest, key: Secret, audience: str, nonces: random.Random) -> None:
        self._header = {"alg": request.algorithm, "typ": "JWT"}
        if request.key_id:
            self._header["kid"] = request.key_id
        self._client, self._audience, self._nonces = request.client_id, request.assertion_audience or audience, nonces
        try:
            self._key = import_key(key.reveal(), KINDS[request.algorithm[:2]])
            self.made(0.0)  # a key of another kind is told now, not in the first refresh
        except (JoseError, ValueError, TypeError, AttributeError, Base64Error):
            # What went wrong may repeat the key, so it is not repeated.
            raise UsageError(f"auth.secret is not a private key that {request.algorithm} signs with") from None

    def made(self, wall: float) -> str:
        """An assertion made at the wall-clock second `wall`."""
        now = int(wall)
        claims = {
            "iss": self._client, "sub": self._client, "aud": self._audience,
            "iat": now, "exp": now + LIFE_S, "jti": f"{self._nonces.getrandbits(JTI_BITS):032x}",
        }  # fmt: skip
        return jwt.encode(self._header, claims, self._key, algorithms=[self._header["alg"]])
