"""Signs webhooks by the grammar that a vendor file declares (`webhooks.scheme` as a block), with code of its own.

The header is written from its parts, and nothing is read back.
"""

import hmac
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

import orjson

from tidegate.json_pointer import at_pointer, steps_of
from tidegate.simulator.behaviour.signatures import (
    Headers,
    SignatureScheme,
    WebhookMessage,
    ecdsa_signature,
    key_of,
    private_key,
    with_query,
)
from tidegate.values.string_values import iso_8601
from tidegate.vendor.signature_facts import Scheme, SignatureGrammar

_DIGESTS = {"hmac-sha256": "sha256", "hmac-sha1": "sha1", "hmac-sha512": "sha512"}


class DeclaredSignature(SignatureScheme):
    """A scheme by its grammar."""

    def __init__(self, grammar: SignatureGrammar) -> None:
        self._grammar = grammar

    def address(self, url: str, body: bytes) -> str:
        """The address with the body's digest, where the grammar puts it there."""
        name = self._grammar.digest_parameter
        return with_query(url, f"{name}={sha256(body).hexdigest()}") if name else url

    def headers(self, message: WebhookMessage, secrets: tuple[str, ...]) -> Headers:
        """Signature, time and id, in the headers that the grammar names."""
        grammar = self._grammar
        if grammar.header is None:
            return {}
        time = _time(message.at, grammar.ts_form)
        signed = b"".join(self._places(grammar.signed, message, time))
        marks = [self._mark(secret, signed) for secret in secrets]
        told = {grammar.header: self._line(marks, time)}
        if grammar.ts_header is not None:
            told[grammar.ts_header] = time
        if grammar.id_header is not None:
            told[grammar.id_header] = message.name
        return told

    def sealed(self, body: bytes, secrets: tuple[str, ...]) -> bytes:
        """The body with a signature in it, or in each of its items."""
        if self._grammar.pointer is None:
            return body
        document: Any = orjson.loads(body)
        items = at_pointer(document, self._grammar.items) if self._grammar.items else [document]
        for item in items if isinstance(items, list) else ():
            text = "".join(
                _scalar(at_pointer(item, part)) if is_place else part for is_place, part in _parts(self._grammar.signed)
            )
            _put(item, self._grammar.pointer, self._mark(secrets[0], text.encode()))
        return orjson.dumps(document)

    def _places(self, template: str, message: WebhookMessage, time: str) -> list[bytes]:
        known: Mapping[str, Callable[[], bytes]] = {
            "id": message.name.encode,
            "ts": time.encode,
            "raw": lambda: message.body,
            "url": message.url.encode,
            "sorted_form": lambda: self._form(message),
        }
        return [known[part]() if is_place else part.encode() for is_place, part in _parts(template)]

    def _form(self, message: WebhookMessage) -> bytes:
        digest = self._grammar.digest_parameter
        if digest and digest in parse_qs(message.url.partition("?")[2]):
            return b""
        fields = parse_qs(message.body.decode(), keep_blank_values=True)
        return "".join(name + value for name in sorted(fields) for value in sorted({*fields[name]})).encode()

    def _line(self, marks: list[str], time: str) -> str:
        grammar = self._grammar
        if grammar.parse == "kv":
            between, within = grammar.separator or ",", grammar.assignment or "="
            first = [f"{grammar.ts_key}{within}{time}"] if grammar.ts_key else []
            return between.join([*first, *(f"{grammar.version}{within}{mark}" for mark in marks)])
        if grammar.parse == "spaced":
            within = grammar.assignment or ","
            return (grammar.separator or " ").join(f"{grammar.version}{within}{mark}" for mark in marks)
        return grammar.prefix + marks[0]

    def _mark(self, secret: str, text: bytes) -> str:
        if self._grammar.alg == "ed25519":
            raw = private_key(secret).sign(text)
        elif self._grammar.alg == "ecdsa-p256-sha256":
            raw = ecdsa_signature(secret, text)
        else:
            raw = hmac.digest(key_of(secret, self._grammar.key_decoding), text, _DIGESTS[self._grammar.alg])
        return raw.hex() if self._grammar.sig_encoding == "hex" else b64encode(raw).decode()


def declared_scheme(written: SignatureGrammar | Scheme | None) -> SignatureScheme | Scheme | None:
    """The scheme by its grammar, or the name of a known one as it is."""
    return DeclaredSignature(written) if isinstance(written, SignatureGrammar) else written


def _time(at: int, form: str) -> str:
    if form == "iso8601":
        return iso_8601(at)
    return str(at if form == "epoch_s" else at * 1000)


def _parts(template: str) -> list[tuple[bool, str]]:
    """A template taken apart: whether each part is a place, and the part."""
    return [(bool(n % 2), part) for n, part in enumerate(re.split(r"\{([^{}]*)\}", template))]


def _put(document: Any, pointer: str, text: str) -> None:
    *above, last = steps_of(pointer)
    for step in above:
        document = document.setdefault(step, {})
    document[last] = text


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
