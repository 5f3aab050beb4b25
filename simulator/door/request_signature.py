"""The signature of a request, verified: HMACs as the vendor file declares them. Other schemes have their own files.

Written from the grammar alone: the proxy signs with other code, so that a mistake in one is caught by the other.
"""

import calendar
import hashlib
import hmac
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Protocol

from tidegate.simulator.answer.errors import VendorError
from tidegate.vendor.signing_facts import HmacSigning

NONCES_MAX = 100_000
"""So many nonces are remembered; the oldest are forgotten."""


@dataclass(frozen=True, slots=True)
class ReceivedForm:
    """A request as a signature sees it. `target` is path and query as they came."""

    method: str
    scheme: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    wall: float

    @property
    def host(self) -> str:
        """The host, as the client wrote it."""
        return self.headers.get("Host", "")


class SignatureCheck(Protocol):
    """Verifies the signatures of one scheme."""

    def signer(self, received: ReceivedForm) -> str:
        """The name of the key that has signed. Raises VendorError where it is not signed, or wrongly."""
        ...


def unsigned() -> VendorError:
    """No signature at all."""
    return VendorError("no-key", "The request is not signed.")


def wrongly_signed(why: str) -> VendorError:
    """A signature that does not hold."""
    return VendorError("wrong-key", f"The signature was not accepted: {why}.")


class Nonces:
    """Nonces that were seen."""

    def __init__(self) -> None:
        self._seen: dict[str, None] = {}

    def is_new(self, nonce: str) -> bool:
        """Note one. False where it was seen before."""
        if nonce in self._seen:
            return False
        self._seen[nonce] = None
        if len(self._seen) > NONCES_MAX:
            del self._seen[next(iter(self._seen))]
        return True


class HmacCheck:
    """See the module. With a secret of None every signature is right."""

    def __init__(self, signing: HmacSigning, secret: str | None) -> None:
        self._signing, self._secret = signing, secret
        self._nonces = Nonces()

    def signer(self, received: ReceivedForm) -> str:
        """See SignatureCheck."""
        signing, headers = self._signing, received.headers
        given = headers.get(signing.header, "")
        if not given:
            raise unsigned()
        parts = _read_by(signing.value, given)
        if parts is None:
            raise wrongly_signed(f"{signing.header} is not written as {signing.value}")
        stamp = headers.get(signing.timestamp_header, "") if signing.timestamp_header else parts.get("timestamp", "")
        nonce = headers.get(signing.nonce_header, "") if signing.nonce_header else parts.get("nonce", "")
        if self._secret is None:
            return signing.key_id or "signed"
        if "{timestamp}" in signing.text:
            self._in_time(stamp, received.wall)
        digest = _wrote(hashlib.new(signing.body_digest, received.body).digest(), signing.body_encoding)
        if signing.body_digest_header and headers.get(signing.body_digest_header, "") != digest:
            raise wrongly_signed(f"{signing.body_digest_header} is not the digest of the body")
        key_id = headers.get(signing.key_id_header, "") if signing.key_id_header else parts.get("key_id", "")
        if signing.key_id and (signing.key_id_header or "key_id" in parts) and key_id != signing.key_id:
            raise wrongly_signed("this key is unknown")
        text = _filled(signing.text, received, {"timestamp": stamp, "nonce": nonce, "body_digest": digest}, signing)
        mac = hmac.new(_key_of(signing, self._secret), text, signing.digest)
        if not hmac.compare_digest(_wrote(mac.digest(), signing.encoding), parts["signature"]):
            raise wrongly_signed("it is not of this request")
        if "{nonce}" in signing.text and not self._nonces.is_new(nonce):
            raise wrongly_signed("this nonce was used before")
        return signing.key_id or "signed"

    def _in_time(self, stamp: str, wall: float) -> None:
        moment = _moment(stamp, self._signing.timestamp)
        if moment is None or abs(moment - wall) > self._signing.tolerance_s:
            raise wrongly_signed("its time is too far off")


def _filled(template: str, received: ReceivedForm, made: Mapping[str, str], signing: HmacSigning) -> bytes:
    path, _, query = received.target.partition("?")
    text, rest = b"", template
    while rest:
        plain, brace, rest = rest.partition("{")
        text += plain.encode()
        if not brace:
            break
        place, _, rest = rest.partition("}")
        if place.startswith("header:"):
            value = received.headers.get(place.removeprefix("header:"), "").encode("latin-1")
        elif place == "body":
            value = received.body
        else:
            named = {
                "method": received.method, "scheme": received.scheme, "host": received.host, "path": path,
                "query": query, "target": received.target, "key_id": signing.key_id,
                "url": f"{received.scheme}://{received.host}{received.target}",
                "sorted_query": "&".join(sorted(filter(None, query.split("&")))), **made,
            }  # fmt: skip
            value = named[place].encode("latin-1")
        text += value
    return text


def _read_by(template: str, given: str) -> dict[str, str] | None:
    """The parts of a header's value, by its template; None where it is written otherwise."""
    parts: dict[str, str] = {}
    while template:
        plain, brace, template = template.partition("{")
        if not given.startswith(plain):
            return None
        given = given[len(plain) :]
        if not brace:
            break
        place, _, template = template.partition("}")
        until = template.partition("{")[0]
        value, _, _ = given.partition(until) if until else (given, "", "")
        parts[place], given = value, given[len(value) :]
    return parts if not given else None


def _moment(stamp: str, form: str) -> float | None:
    try:
        if form == "iso8601":
            return float(calendar.timegm(time.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ")))
        if form == "http-date":
            return parsedate_to_datetime(stamp).timestamp()
        return int(stamp) / (1000 if form == "epoch_ms" else 1)
    except ValueError:
        return None


def _key_of(signing: HmacSigning, secret: str) -> bytes:
    if signing.key == "hex":
        return bytes.fromhex(secret)
    return b64decode(secret) if signing.key == "base64" else secret.encode()


def _wrote(digest: bytes, encoding: str) -> str:
    return b64encode(digest).decode() if encoding == "base64" else digest.hex()
