"""Credentials: the key or token that a request carries, in the place that the vendor file names.

As a bearer token (RFC 6750), as basic auth (RFC 7617), in a header as it is, in the query, or in a field of the body;
or the name of the key that has signed the request. What tokens there are is simulator.door.oauth's business, how a
signature is verified that of the files beside this one.
"""

import hmac
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tidegate.simulator.answer import errors
from tidegate.simulator.answer.media_types import is_json
from tidegate.simulator.door.aws_signature_check import AwsSignatureCheck
from tidegate.simulator.door.request_signature import HmacCheck, ReceivedForm, SignatureCheck
from tidegate.simulator.request.forms import form_fields
from tidegate.simulator.request.json_text import parsed
from tidegate.vendor.vendor import Auth

REALM = "api"
"""The name of what is protected, in challenges."""

Scopes = frozenset[str] | None
"""The scopes of a token; None for everything."""


@dataclass(slots=True)
class Requester:
    """The client by its credential. Limits and idempotency keys count by `name`, which is an access token's account.

    Not frozen: one is made for every request.
    """

    name: str
    scopes: Scopes = None


class AccessTokens(Protocol):
    """Knows the access tokens that were given out."""

    def requester(self, token: str, now: float) -> Requester:
        """Whose token it is. Raises KeyError for one that was never issued, VendorError for an expired one."""
        ...


class Credentials:
    """Checks credentials. `secrets` are the right keys, beside tokens; where there are none every key is right.

    `accept` has others in their place, as a vendor has while a customer exchanges them.
    """

    def __init__(self, auth: Auth, secrets: Sequence[str] = (), tokens: AccessTokens | None = None) -> None:
        self._auth = auth
        self._secrets, self._others = tuple(secrets), tuple[str, ...]()
        self._tokens = tokens
        self._challenge = "Basic" if auth.scheme == "basic" else "Bearer"
        self._signatures = _signature_check(auth, secrets[0] if secrets else None)

    def identify(
        self,
        headers: Mapping[str, str],
        query: str,
        now: float,
        *,
        public: bool = False,
        received: ReceivedForm | None = None,
    ) -> Requester:
        """The requester. Raises errors.VendorError where there is no key, a wrong one, or one that has expired.

        `received` is the whole request, which a signature or a field of the body needs.

        Where the operation is `public`, or the vendor needs no credential, none is fine too.
        """
        try:
            optional = public or self._auth.optional
            if self._signatures is not None and received is not None:
                return self._signed(self._signatures, received, optional=optional)
            return self._identify(headers, query, now, optional, b"" if received is None else received.body)
        except errors.VendorError as refused:
            refused.headers.setdefault("WWW-Authenticate", challenge(self._challenge, refused))
            raise

    def accept(self, keys: Sequence[str]) -> None:
        """Take these keys from now on, and no other; every key, where there is none."""
        self._secrets, self._others = tuple(keys), ()

    @staticmethod
    def _signed(signatures: SignatureCheck, received: ReceivedForm, *, optional: bool) -> Requester:
        try:
            return Requester(signatures.signer(received))
        except errors.VendorError as refused:
            if optional and refused.reason == "no-key":
                return Requester("")
            raise

    def _identify(self, headers: Mapping[str, str], query: str, now: float, optional: bool, body: bytes) -> Requester:
        if self._auth.scheme == "certificate":  # the connection has said it
            return Requester("certificate")
        name, whole = self._sent(headers, query, body)
        if not name and optional:
            return Requester("")
        if not name:
            raise errors.no_key()
        return self.admitted(name, whole, now)

    def admitted(self, name: str, whole: str, now: float) -> Requester:
        """The requester with a key, and what came with it. Raises errors.VendorError for a wrong one, or an old one."""
        by_tokens = self._auth.tokens is not None
        for secret in self._others if by_tokens else (*self._secrets, *self._others):
            if _same(whole if ":" in secret else name, secret):
                return Requester(name)
        if self._tokens is not None:
            try:
                return self._tokens.requester(name, now)
            except KeyError:
                pass
        if self._secrets or by_tokens:
            raise errors.wrong_key(name)
        return Requester(name)

    def _sent(self, headers: Mapping[str, str], query: str, body: bytes) -> tuple[str, str]:
        """The key, and user and password together where it came as basic auth."""
        auth = self._auth
        if auth.scheme == "query":
            key = form_fields(query).get(auth.parameter, "")
            return key, key
        if auth.scheme == "body":
            key = (sent_fields(headers.get("Content-Type", ""), body) or {}).get(auth.field[1:], "")
            return key, key
        header = headers.get(auth.header, "")
        if auth.scheme == "header":
            return header, header
        scheme, _, rest = header.partition(" ")
        scheme = scheme.lower()
        if scheme == "basic":
            return basic_pair(rest)
        if scheme in ("bearer", "token") and auth.scheme == "bearer":
            return rest.strip(), rest.strip()
        return "", ""


def challenge(scheme: str, refused: errors.VendorError) -> str:
    """The challenge of a scheme (RFC 9110 §11.6.1); RFC 6750 §3.1 adds the error where a token was sent."""
    error = f', error="invalid_token", error_description="{refused.reason}"'
    return f'{scheme} realm="{REALM}"' + (error if scheme == "Bearer" and refused.reason != "no-key" else "")


def check_scopes(asking: Requester, needed: frozenset[str]) -> None:
    """Raise errors.VendorError for a token that lacks a scope (RFC 6750 §3.1)."""
    if asking.scopes is None or needed <= asking.scopes:
        return
    refused = errors.forbidden(" ".join(sorted(needed - asking.scopes)))
    scope = " ".join(sorted(needed))
    refused.headers["WWW-Authenticate"] = f'Bearer realm="{REALM}", error="insufficient_scope", scope="{scope}"'
    raise refused


def _signature_check(auth: Auth, secret: str | None) -> SignatureCheck | None:
    if auth.hmac is not None:
        return HmacCheck(auth.hmac, secret)
    if auth.aws is not None:
        return AwsSignatureCheck(auth.aws, secret)
    if auth.message_signature is not None:
        # It needs cryptography, and few vendors do.
        from tidegate.simulator.door.message_signature_check import MessageSignatureCheck

        return MessageSignatureCheck(auth.message_signature, secret)
    return None


def sent_fields(media: str, body: bytes) -> dict[str, str] | None:
    """The fields of a form, or those at the top of JSON, which some vendors take instead; None where it is neither."""
    try:
        if not is_json(media):
            return form_fields(body.decode())
        value = parsed(body)
    except ValueError:
        return None
    return {name: str(field) for name, field in value.items() if field is not None} if isinstance(value, dict) else None


def app_of(key: str) -> str:
    """The journal's name for the app that sent a key: its last characters, four at most and a third at most."""
    shown = min(len(key) // 3, 4)
    return "***" + key[len(key) - shown :]


def basic_pair(written: str) -> tuple[str, str]:
    """The user name, and `user:password`; empty where it is not basic auth (RFC 7617)."""
    try:
        pair = b64decode(written.strip(), validate=True).decode()
    except (Base64Error, UnicodeDecodeError, ValueError):
        return "", ""
    return pair.partition(":")[0], pair


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())
