"""HTTP message signatures (RFC 9421) with Content-Digest (RFC 9530), by the library http-message-signatures.

It says what is covered, by whom, when and for how long; the library writes the signature base and signs it.
"""

import base64
import random
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from http_message_signatures import (
    HTTPMessageSigner,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from multidict import CIMultiDict

from tidegate.problems import UsageError
from tidegate.proxy.credentials.signing.signed_request import RequestSigner, SignedRequest
from tidegate.redaction.secret import Secret
from tidegate.vendor.signing_facts import Algorithm9421, MessageSigning

NONCE_BITS = 128
ALGORITHMS: Mapping[Algorithm9421, type[HTTPSignatureAlgorithm]] = {
    "hmac-sha256": algorithms.HMAC_SHA256,
    "rsa-pss-sha512": algorithms.RSA_PSS_SHA512,
    "rsa-v1_5-sha256": algorithms.RSA_V1_5_SHA256,
    "ecdsa-p256-sha256": algorithms.ECDSA_P256_SHA256,
    "ecdsa-p384-sha384": algorithms.ECDSA_P384_SHA384,
    "ed25519": algorithms.ED25519,
}
_OF_CONTENT = frozenset({"content-digest", "content-type", "content-length"})


@dataclass(slots=True)
class _Message:
    """A request in the library's shape."""

    method: str
    url: str
    headers: CIMultiDict[str]


class _Key(HTTPSignatureKeyResolver):
    """The one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def resolve_private_key(self, key_id: str) -> bytes:
        del key_id
        return self._key


class MessageSignature(RequestSigner):
    """See the module. Raises UsageError where the secret is no key for the algorithm."""

    headers = frozenset({"signature", "signature-input", "content-digest"})

    def __init__(
        self, signing: MessageSigning, secret: Secret, scheme: str, wall: Callable[[], float], nonces: random.Random
    ) -> None:
        self._signing, self._scheme, self._wall, self._nonces = signing, scheme, wall, nonces
        self.needs_body = signing.needs_body
        algorithm = ALGORITHMS[signing.algorithm]
        try:
            key = secret.reveal().encode()
            key = base64.b64decode(key, validate=True) if signing.algorithm == "hmac-sha256" else key
            algorithm(private_key=key).sign(b"")
        except (HTTPMessageSignaturesException, Base64Error, ValueError, TypeError):
            # What went wrong may repeat the key, so it is not repeated.
            raise UsageError(f"auth.secret is not a key that {signing.algorithm} signs with") from None
        self._signer = HTTPMessageSigner(signature_algorithm=algorithm, key_resolver=_Key(key))

    def sign(self, request: SignedRequest) -> None:
        """See RequestSigner.sign."""
        signing, created = self._signing, datetime.fromtimestamp(int(self._wall()), UTC)
        url = f"{self._scheme}://{request.header('Host')}{request.target}"
        message = _Message(request.method, url, CIMultiDict(request.lines))
        covered = [name for name in signing.components if request.body or name not in _OF_CONTENT]
        self._signer.sign(
            message,
            key_id=signing.key_id,
            created=created,
            expires=created + timedelta(seconds=signing.expires_s) if signing.expires_s else None,
            nonce=base64.b64encode(self._nonces.randbytes(NONCE_BITS // 8)).decode() if signing.nonce else None,
            label=signing.label,
            tag=signing.tag or None,
            include_alg=signing.include_alg,
            covered_component_ids=covered,
            body=request.body if "content-digest" in covered else None,
        )
        request.lines = list(message.headers.items())
