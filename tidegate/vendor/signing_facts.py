"""How requests to a vendor are signed: a grammar of HMAC signatures, message signatures (RFC 9421), AWS SigV4.

Data only: the proxy signs by it, the simulator verifies with code of its own. How webhooks are signed is
tidegate.vendor.signature_facts.
"""

import re
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from tidegate.configfile.block import Block
from tidegate.configfile.sent_header import HeaderText, SentHeaderName

SignedPlace = Literal[
    "method", "scheme", "host", "path", "query", "sorted_query", "target", "url", "timestamp", "nonce", "key_id",
    "body", "body_digest",
]  # fmt: skip
"""What a template of signed text may name, beside headers like {header:X-Date}."""

_PLACES = get_args(SignedPlace)
_PLACE = re.compile(r"\{([^{}]*)\}")
_VALUE_PLACES = ("signature", "key_id", "timestamp", "nonce", "signed_headers")

Digest = Literal["sha256", "sha512", "sha1", "md5"]
Encoding = Literal["hex", "base64"]
TimeForm = Literal["epoch_s", "epoch_ms", "iso8601", "http-date"]


class HmacSigning(Block):
    """An HMAC over parts of each request, declared: which parts, which digest, which encoding, which header."""

    text: Annotated[str, Field(max_length=2048, examples=["{method}\n{path}\n{timestamp}\n{body_digest}"])]
    """The signed text. Its places: {method}, {scheme}, {host}, {path} (as sent, without the query), {query} (as sent,
    without the question mark), {sorted_query}, {target} (path and query), {url}, {timestamp}, {nonce}, {key_id},
    {body}, {body_digest}, and headers like {header:Content-Type}, empty where the request has none."""
    digest: Digest = "sha256"
    """The hash function of the HMAC."""
    encoding: Encoding = "hex"
    """How the signature is written: hexadecimal digits (small letters) or base64."""
    key: Literal["utf8", "base64", "hex"] = "utf8"
    """How the secret is written."""
    key_id: Annotated[HeaderText, Field(max_length=256)] = ""
    """The name of the key, where the vendor wants it."""
    header: SentHeaderName = "X-Signature"
    """The header that carries the signature."""
    value: Annotated[HeaderText, Field(max_length=512, examples=["HMAC {key_id}:{signature}"])] = "{signature}"
    """The header's value, with the places {signature}, {key_id}, {timestamp} and {nonce}."""
    timestamp_header: SentHeaderName | None = None
    """The header that carries the time."""
    timestamp: TimeForm = "epoch_s"
    """How the time is written: whole seconds or milliseconds since 1970, 2026-11-30T12:00:00Z, or an HTTP date."""
    nonce_header: SentHeaderName | None = None
    """The header that carries a text that is drawn anew for each attempt."""
    key_id_header: SentHeaderName | None = None
    """The header that carries `key_id`."""
    body_digest: Digest = "sha256"
    """The hash function of {body_digest}."""
    body_encoding: Encoding = "hex"
    """How {body_digest} is written."""
    body_digest_header: SentHeaderName | None = None
    """The header that carries {body_digest}."""
    tolerance_s: Annotated[int, Field(ge=1, le=86_400)] = 300
    """How far the vendor lets the time be off, in seconds. The simulator holds requests to it."""

    @model_validator(mode="after")
    def _sensible(self) -> "HmacSigning":
        flaw = _flaw(self)
        if flaw:
            raise ValueError(flaw)
        return self

    @property
    def needs_body(self) -> bool:
        """Whether the content must be known whole before the head is sent."""
        return "{body}" in self.text or "{body_digest}" in self.text or self.body_digest_header is not None


def _flaw(signing: HmacSigning) -> str:
    for name, template, known in (("text", signing.text, _PLACES), ("value", signing.value, _VALUE_PLACES)):
        if re.search(r"[{}]", _PLACE.sub("", template)):
            return f"a brace of {name} is not closed, or not opened"
        for place in _PLACE.findall(template):
            if place not in known and not (name == "text" and re.fullmatch(r"header:[\w-]+", place)):
                return f"{name} has no place {{{place}}}; known are {', '.join(known)}"
    if "{signature}" not in signing.value:
        return "the signature does not stand in value; write {signature}"
    both = signing.text + signing.value
    if signing.timestamp_header and "{timestamp}" not in signing.text:
        return "a time that is not signed proves nothing; write {timestamp} in text"
    if "{timestamp}" in signing.text and not (signing.timestamp_header or "{timestamp}" in signing.value):
        return "the vendor cannot know the time; write timestamp_header, or {timestamp} in value"
    if "{nonce}" in signing.text and not (signing.nonce_header or "{nonce}" in signing.value):
        return "the vendor cannot know the nonce; write nonce_header, or {nonce} in value"
    if ("{key_id}" in both or signing.key_id_header) and not signing.key_id:
        return "key_id is named and not written"
    return ""


Algorithm9421 = Literal[
    "hmac-sha256", "rsa-pss-sha512", "rsa-v1_5-sha256", "ecdsa-p256-sha256", "ecdsa-p384-sha384", "ed25519"
]  # fmt: skip
"""RFC 9421 §3.3."""


class MessageSigning(Block):
    """HTTP message signatures (RFC 9421), with `Content-Digest` (RFC 9530) where it is covered."""

    algorithm: Algorithm9421
    """The algorithm. For `hmac-sha256` the secret is the key in base64; for the others it is a private key in PEM."""
    key_id: Annotated[HeaderText, Field(min_length=1, max_length=256)]
    """The name of the key, as the vendor knows it."""
    components: Annotated[tuple[str, ...], Field(max_length=32)] = ("@method", "@target-uri", "content-digest")
    """What is covered, in order: derived components and header names in small letters. `content-digest` and
    `content-type` are left out of a request without a body."""
    label: Annotated[str, Field(pattern=r"^[a-z*][a-z0-9_.*-]*$", max_length=64)] = "sig1"
    """The signature's name in the two headers."""
    tag: Annotated[HeaderText, Field(max_length=256)] = ""
    """The application's tag (§2.3), where the vendor wants one."""
    expires_s: Annotated[int, Field(ge=0, le=86_400)] = 300
    """How long a signature is good for, in seconds; 0 leaves `expires` out."""
    nonce: bool = True
    """Whether each signature has a nonce."""
    include_alg: bool = True
    """Whether the parameter `alg` is written."""

    @property
    def needs_body(self) -> bool:
        """Whether the content must be known whole before the head is sent."""
        return "content-digest" in self.components


class AwsSigning(Block):
    """AWS Signature Version 4, in the header `Authorization`."""

    service: Annotated[str, Field(pattern=r"^[a-z0-9-]+$", examples=["execute-api"])]
    """The service's name in the signed scope."""
    region: Annotated[str, Field(pattern=r"^[a-z0-9-]+$", examples=["eu-central-1"])]
    """The region in the signed scope."""
    unsigned_payload: bool = False
    """Whether the body is left out of the signature (S3 over TLS takes that), so that streams can be signed."""

    @property
    def needs_body(self) -> bool:
        """Whether the content must be known whole before the head is sent."""
        return not self.unsigned_payload
