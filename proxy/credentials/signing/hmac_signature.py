"""HMAC signatures of requests, by the grammar that a vendor file declares (tidegate.vendor.signing_facts)."""

import base64
import hashlib
import hmac
import random
import re
from binascii import Error as Base64Error
from collections.abc import Callable
from email.utils import formatdate
from time import gmtime, strftime

from tidegate.problems import UsageError
from tidegate.proxy.credentials.signing.signed_request import RequestSigner, SignedRequest
from tidegate.redaction.secret import Secret
from tidegate.vendor.signing_facts import Encoding, HmacSigning, TimeForm

_PLACE = re.compile(r"\{([^{}]*)\}")
NONCE_BITS = 128


class HmacSignature(RequestSigner):
    """See the module. `wall` is the wall clock. Raises UsageError where the secret is not written as declared."""

    def __init__(
        self, signing: HmacSigning, secret: Secret, scheme: str, wall: Callable[[], float], nonces: random.Random
    ) -> None:
        self._signing, self._scheme, self._wall, self._nonces = signing, scheme, wall, nonces
        self._key = _key(signing, secret)
        self.needs_body = signing.needs_body
        names = (signing.header, signing.timestamp_header, signing.nonce_header, signing.key_id_header)
        self.headers = frozenset(name.lower() for name in (*names, signing.body_digest_header) if name)

    def sign(self, request: SignedRequest) -> None:
        """See RequestSigner.sign."""
        signing = self._signing
        time = written_time(self._wall(), signing.timestamp)
        nonce = f"{self._nonces.getrandbits(NONCE_BITS):032x}"
        digest = encoded(hashlib.new(signing.body_digest, request.body).digest(), signing.body_encoding)
        lines = (
            (signing.timestamp_header, time),
            (signing.nonce_header, nonce),
            (signing.key_id_header, signing.key_id),
            (signing.body_digest_header, digest),
        )
        for name, value in lines:  # before the text is made: it may name them
            if name is not None:
                request.put(name, value)
        host = request.header("Host")
        places = {
            "method": request.method, "scheme": self._scheme, "host": host, "path": request.path,
            "query": request.query, "target": request.target, "url": f"{self._scheme}://{host}{request.target}",
            "sorted_query": "&".join(sorted(pair for pair in request.query.split("&") if pair)),
            "timestamp": time, "nonce": nonce, "key_id": signing.key_id, "body_digest": digest,
        }  # fmt: skip
        text = b"".join(self._parts(request, places))
        signature = encoded(hmac.digest(self._key, text, signing.digest), signing.encoding)
        value = _PLACE.sub(lambda place: {**places, "signature": signature}[place[1]], signing.value)
        request.put(signing.header, value)

    def _parts(self, request: SignedRequest, places: dict[str, str]) -> list[bytes]:
        """The signed text: what stands between the places, and what stands for them."""
        parts = []
        for number, part in enumerate(_PLACE.split(self._signing.text)):
            if number % 2 == 0:
                parts.append(part.encode())
            elif part == "body":
                parts.append(request.body)
            elif part.startswith("header:"):
                parts.append(request.header(part[7:]).encode("latin-1"))
            else:
                parts.append(places[part].encode("latin-1"))
        return parts


def _key(signing: HmacSigning, secret: Secret) -> bytes:
    value = secret.reveal()
    try:
        match signing.key:
            case "base64":
                return base64.b64decode(value, validate=True)
            case "hex":
                return bytes.fromhex(value)
            case _:
                return value.encode()
    except (Base64Error, ValueError):
        raise UsageError(f"auth.secret is not written in {signing.key}, as auth.hmac.key says") from None


def encoded(digest: bytes, encoding: Encoding) -> str:
    """A digest as it is written."""
    return digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()


def written_time(wall: float, form: TimeForm) -> str:
    """A moment as it is written."""
    match form:
        case "epoch_ms":
            return str(int(wall * 1000))
        case "iso8601":
            return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(wall))
        case "http-date":
            return formatdate(wall, usegmt=True)
        case _:
            return str(int(wall))
