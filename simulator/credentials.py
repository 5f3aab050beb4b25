"""Who asks: the key that a request carries, as a bearer token (RFC 6750) or as the user of basic auth (RFC 7617)."""

import hmac
from base64 import b64decode
from binascii import Error as Base64Error

from tidegate.simulator import errors


def identify(header: str, secret: str | None) -> str:
    """The key that was sent. `secret` is the only right one; with None every key is right.

    Raises errors.VendorError (401) where there is no key, or a wrong one.
    """
    key = _key(header)
    if not key:
        raise errors.no_key()
    if secret is not None and not hmac.compare_digest(key.encode(), secret.encode()):
        raise errors.wrong_key(key)
    return key


def app_of(key: str) -> str:
    """How the journal names the app that sent a key: by its last characters, four at most and a third at most."""
    shown = min(len(key) // 3, 4)
    return "***" + key[len(key) - shown :]


def _key(header: str) -> str:
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return b64decode(rest.strip(), validate=True).decode().partition(":")[0]
        except (Base64Error, UnicodeDecodeError, ValueError):
            return ""
    return ""
