"""HTTP message signatures (RFC 9421) and Content-Digest (RFC 9530), verified with code of the simulator's own.

The key and its algorithm are pinned, a set of components is demanded, the times are kept to, a nonce is taken once, and
the digest is compared with the body. It knows requests, and no answers.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import http_sf
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tidegate.simulator.door.request_signature import Nonces, ReceivedForm, unsigned, wrongly_signed
from tidegate.url_port import USUAL_PORTS
from tidegate.vendor.signing_facts import MessageSigning

SKEW_S = 60.0
_OF_CONTENT = ("content-digest", "content-type", "content-length")
_DIGESTS: Mapping[str, Callable[[bytes], bytes]] = {
    "sha-256": lambda body: hashlib.sha256(body).digest(),
    "sha-512": lambda body: hashlib.sha512(body).digest(),
}
_PKCS1 = padding.PKCS1v15()
_RSA: Mapping[str, tuple[padding.AsymmetricPadding, hashes.HashAlgorithm]] = {
    "rsa-pss-sha512": (padding.PSS(padding.MGF1(hashes.SHA512()), 64), hashes.SHA512()),
    "PS256": (padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()),
    "rsa-v1_5-sha256": (_PKCS1, hashes.SHA256()),
    "RS256": (_PKCS1, hashes.SHA256()),
}
_ECDSA: Mapping[str, hashes.HashAlgorithm] = {
    "ecdsa-p256-sha256": hashes.SHA256(),
    "ES256": hashes.SHA256(),
    "ecdsa-p384-sha384": hashes.SHA384(),
    "ES384": hashes.SHA384(),
}


class MessageSignatureCheck:
    """See the module. With a secret of None every signature is right."""

    def __init__(self, signing: MessageSigning, secret: str | None) -> None:
        self._signing, self._nonces = signing, Nonces()
        self._verify = None if secret is None else _verifier(signing.algorithm, secret)

    def signer(self, received: ReceivedForm) -> str:
        """See SignatureCheck."""
        written, signature = (received.headers.get(name, "") for name in ("Signature-Input", "Signature"))
        if not written or not signature:
            raise unsigned()
        try:
            inputs: Any = http_sf.parse(written.encode(), tltype="dictionary")
            signatures: Any = http_sf.parse(signature.encode(), tltype="dictionary")
            components, parameters = inputs[self._signing.label]
            value = signatures[self._signing.label][0]
        except (ValueError, KeyError, TypeError):
            raise wrongly_signed(f"there is no signature {self._signing.label}") from None
        if self._verify is None:
            return str(parameters.get("keyid", "signed"))
        self._check_parameters(parameters, received.wall)
        names = [str(name) for name, _ in components]
        wanted = [name for name in self._signing.components if received.body or name not in _OF_CONTENT]
        if not set(wanted) <= set(names):
            raise wrongly_signed(f"it does not cover {', '.join(sorted(set(wanted) - set(names)))}")
        lines = [f'"{name}": {_component(name, received)}' for name in names]
        of_label = written.partition(f"{self._signing.label}=")[2]
        lines.append(f'"@signature-params": {of_label}')
        if not isinstance(value, bytes) or not self._verify("\n".join(lines).encode(), value):
            raise wrongly_signed("it is not of this request")
        if "content-digest" in names:
            _check_digest(received)
        if self._signing.nonce and not self._nonces.is_new(str(parameters.get("nonce", ""))):
            raise wrongly_signed("this nonce was used before")
        return self._signing.key_id

    def _check_parameters(self, parameters: Mapping[str, Any], wall: float) -> None:
        signing = self._signing
        if parameters.get("keyid") != signing.key_id:
            raise wrongly_signed("this key is unknown")
        if parameters.get("alg", signing.algorithm) != signing.algorithm:
            raise wrongly_signed("this key is used with another algorithm")
        if signing.tag and parameters.get("tag") != signing.tag:
            raise wrongly_signed("it is of another application")
        created, expires = parameters.get("created"), parameters.get("expires")
        if not isinstance(created, int) or created > wall + SKEW_S:
            raise wrongly_signed("it was made in the future")
        if signing.expires_s and (not isinstance(expires, int) or expires < wall - SKEW_S):
            raise wrongly_signed("it has expired")


def _component(name: str, received: ReceivedForm) -> str:
    """The value of a component (RFC 9421 §2.1, §2.2)."""
    path, mark, query = received.target.partition("?")
    usual = USUAL_PORTS[received.scheme]
    try:
        url = urlsplit(f"{received.scheme}://{received.host}")
        host = (url.hostname or "") + (f":{url.port}" if url.port not in (None, usual) else "")
    except ValueError:
        raise wrongly_signed("its Host cannot be read") from None
    derived = {
        "@method": received.method,
        "@target-uri": f"{received.scheme}://{received.host}{received.target}",
        "@authority": host,
        "@scheme": received.scheme,
        "@request-target": received.target,
        "@path": path or "/",
        "@query": f"?{query}" if mark else "?",
    }
    if name.startswith("@"):
        if name not in derived:
            raise wrongly_signed(f"the component {name} is unknown here")
        return derived[name]
    if name not in received.headers:
        raise wrongly_signed(f"it covers {name}, which is not there")
    return received.headers[name].strip()


def _check_digest(received: ReceivedForm) -> None:
    written: Any = http_sf.parse(received.headers["Content-Digest"].encode(), tltype="dictionary")
    for name, (value, _) in written.items():
        if name in _DIGESTS and _DIGESTS[name](received.body) != value:
            raise wrongly_signed("Content-Digest is not that of the body")


def _verifier(algorithm: str, secret: str) -> Callable[[bytes, bytes], bool]:
    if algorithm == "hmac-sha256":
        key = base64.b64decode(secret)
        return lambda text, given: hmac.compare_digest(hmac.new(key, text, hashlib.sha256).digest(), given)
    public = load_pem_private_key(secret.encode(), None).public_key()
    return lambda text, given: is_signed(public, algorithm, text, given)


def is_signed(public: Any, algorithm: str, text: bytes, given: bytes) -> bool:
    """Whether a signature is good, by an algorithm of RFC 9421 §3.3 or RFC 7518 §3.1; by EdDSA where it is another."""
    try:
        if algorithm in _RSA:
            public.verify(given, text, *_RSA[algorithm])
        elif algorithm in _ECDSA:
            half = len(given) // 2
            numbers = int.from_bytes(given[:half], "big"), int.from_bytes(given[half:], "big")
            public.verify(encode_dss_signature(*numbers), text, ECDSA(_ECDSA[algorithm]))
        else:
            public.verify(given, text)
    except InvalidSignature:
        return False
    return True
