"""Tokens that Tidegate makes for apps and for the admin port, and what is kept of them: an id, a salt, and a hash.

A token is `tga_<id>_<secret>`. The secret is drawn with 256 bits, so one round of SHA-256 is enough: nobody can try so
many, and a slow hash would only slow down whoever has the right one. The salt keeps equal tokens apart. The id is no
secret: it says which hash to compare with, and which token a log means. It refuses to know where hashes are written.
"""

import hmac
import math
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from tidegate.problems import UsageError

PREFIX = "tga_"
ID_DIGITS = 8
SECRET_BYTES = 32
SALT_BYTES = 16
RANDOM_BYTES = ID_DIGITS // 2 + SALT_BYTES + SECRET_BYTES
"""So many random bytes make one token and its hash."""
TOKEN_CHARS_MAX = 128

_TOKEN = re.compile(rf"{PREFIX}([0-9a-f]{{{ID_DIGITS}}})_[A-Za-z0-9_-]{{43}}")
_HASH = re.compile(rf"sha256:([0-9a-f]{{{ID_DIGITS}}}):([0-9a-f]{{{2 * SALT_BYTES}}}):([0-9a-f]{{64}})")


@dataclass(frozen=True, slots=True)
class TokenHash:
    """What is kept of a token."""

    id: str
    salt: bytes
    digest: bytes

    def matches(self, token: str) -> bool:
        """Whether this is the token, in a time that does not depend on how nearly it is."""
        return hmac.compare_digest(_digest(self.salt, token), self.digest)

    def __str__(self) -> str:
        return f"sha256:{self.id}:{self.salt.hex()}:{self.digest.hex()}"


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A token and whose it is: in clear where the configuration refers to one, else by its hash."""

    name: str
    token: str = ""
    hash: TokenHash | None = None
    expires_wall: float = math.inf


class CallerTokens(NamedTuple):
    """The tokens of a configuration: those of apps, and those for the admin port."""

    apps: tuple[KnownToken, ...] = ()
    admin: tuple[KnownToken, ...] = ()

    @property
    def secrets(self) -> list[str]:
        """Those that are known in clear, and must never be shown."""
        return [known.token for known in (*self.apps, *self.admin) if known.token]

    def unshared(self) -> "CallerTokens":
        """These. Raises UsageError where two names have one token: it would be the first one's, whoever sends it."""
        if flaws := list(self._shared()):
            raise UsageError("\n".join(flaws))
        return self

    def _shared(self) -> Iterator[str]:
        for key, tokens in (("tokens", self.apps), ("admin_tokens", self.admin)):
            owners: dict[str, str] = {}
            for known in tokens:
                owner = owners.setdefault(known.token, known.name) if known.token else known.name
                if owner != known.name:
                    yield f"{key}: {owner} and {known.name} have the same token; give each one of its own"


def new_token(random_bytes: bytes) -> tuple[str, TokenHash]:
    """A token and its hash, of RANDOM_BYTES bytes from a source for secrets."""
    if len(random_bytes) != RANDOM_BYTES:
        raise ValueError(f"a token is made of {RANDOM_BYTES} random bytes")
    id_, salt, secret = random_bytes[:4], random_bytes[4 : 4 + SALT_BYTES], random_bytes[4 + SALT_BYTES :]
    token = f"{PREFIX}{id_.hex()}_{urlsafe_b64encode(secret).rstrip(b'=').decode()}"
    return token, TokenHash(id_.hex(), salt, _digest(salt, token))


def id_of(token: str) -> str:
    """The id in a token; empty for what is none of ours."""
    if len(token) > TOKEN_CHARS_MAX:
        return ""
    match = _TOKEN.fullmatch(token)
    return match[1] if match else ""


def parse_hash(value: object) -> TokenHash:
    """`sha256:<id>:<salt>:<hash>` → TokenHash. The value is not repeated in the error: it may be a token itself."""
    if isinstance(value, str) and (match := _HASH.fullmatch(value)):
        return TokenHash(match[1], bytes.fromhex(match[2]), bytes.fromhex(match[3]))
    raise ValueError("this is no hash of a token; `tidegate apps token NAME` makes a token and prints its hash")


def _digest(salt: bytes, token: str) -> bytes:
    return sha256(salt + token.encode("utf-8", "surrogateescape")).digest()
