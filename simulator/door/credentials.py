"""Credentials: the key or token that a request carries, in the place that the vendor file names.

As a bearer token (RFC 6750), as basic auth (RFC 7617), in a header as it is, or in the query. What tokens there are is
simulator.door.oauth's business.
"""

import hmac
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs

from tidegate.simulator.answer import errors
from tidegate.vendor.vendor import Auth

Scopes = frozenset[str] | None
"""The scopes of a token; None for everything."""


class AccessTokens(Protocol):
    """Knows the access tokens that were given out."""

    def scopes(self, token: str, now: float) -> Scopes:
        """The scopes of a token. Raises KeyError for one that was never issued, VendorError for an expired one."""
        ...


@dataclass(slots=True)
class Requester:
    """The client by its credential. Limits count by `name`. Not frozen: one is made for every request."""

    name: str
    scopes: Scopes = None


class Credentials:
    """Checks credentials. `secret` is the only right key, beside tokens; with None every key is right."""

    def __init__(self, auth: Auth, secret: str | None, tokens: AccessTokens | None = None, realm: str = "api") -> None:
        self._auth = auth
        self._secret = secret
        self._tokens = tokens
        self._challenge = "Basic" if auth.scheme == "basic" else "Bearer"
        self._realm = realm

    def identify(self, headers: Mapping[str, str], query: str, now: float, *, public: bool = False) -> Requester:
        """The requester. Raises errors.VendorError where there is no key, a wrong one, or one that has expired.

        Where the operation is `public`, or the vendor needs no credential, none is fine too.
        """
        try:
            return self._identify(headers, query, now, public or self._auth.optional)
        except errors.VendorError as refused:
            # RFC 9110 §11.6.1 wants the challenge; RFC 6750 §3.1 the error, except where nothing was sent
            challenge = f'{self._challenge} realm="{self._realm}"'
            if self._challenge == "Bearer" and refused.reason != "no-key":
                challenge += f', error="invalid_token", error_description="{refused.reason}"'
            refused.headers.setdefault("WWW-Authenticate", challenge)
            raise

    def forbids(self, asking: Requester, needed: frozenset[str]) -> errors.VendorError | None:
        """The refusal for a token that lacks a scope; None where it may."""
        lacking = sorted(needed - asking.scopes) if asking.scopes is not None else []
        if not lacking:
            return None
        refused = errors.forbidden(" ".join(lacking))
        scope = " ".join(sorted(needed))
        refused.headers["WWW-Authenticate"] = (
            f'Bearer realm="{self._realm}", error="insufficient_scope", scope="{scope}"'
        )
        return refused

    def _identify(self, headers: Mapping[str, str], query: str, now: float, optional: bool) -> Requester:
        name, whole = self._sent(headers, query)
        if not name and optional:
            return Requester("")
        if not name:
            raise errors.no_key()
        if self._secret is not None and _same(whole if ":" in self._secret else name, self._secret):
            return Requester(name)
        if self._tokens is not None:
            try:
                return Requester(name, self._tokens.scopes(name, now))
            except KeyError:
                pass
        if self._secret is not None:
            raise errors.wrong_key(name)
        return Requester(name)

    def _sent(self, headers: Mapping[str, str], query: str) -> tuple[str, str]:
        """The key, and user and password together where it came as basic auth."""
        auth = self._auth
        if auth.scheme == "query":
            key = parse_qs(query).get(auth.parameter, [""])[0]
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
