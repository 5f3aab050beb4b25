"""The vendor's secret: read from its reference at load, put in place of whatever credential the app sent.

It knows the three ways to send a secret (bearer, basic, a header of its own) and nothing of who is calling.
"""

import base64
from collections.abc import Mapping
from pathlib import Path

from multidict import CIMultiDict, istr

from tidegate.configfile.units import SecretRef
from tidegate.problems import UsageError
from tidegate.redact import Secret
from tidegate.vendor.vendor import Auth

APP_CREDENTIALS = ("Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "Api-Key")
"""Headers that may hold a credential of the app's own. None of them goes to a vendor."""


def resolve(ref: SecretRef, environ: Mapping[str, str]) -> Secret:
    """The secret behind a reference. Raises UsageError that names the reference, never what was found there."""
    if ref.source == "env":
        value = environ.get(ref.name)
        if value is None:
            raise UsageError(f"{ref}: the environment variable {ref.name} is not set")
    else:
        try:
            value = Path(ref.name).read_text(encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{ref}: the file cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise UsageError(f"{ref}: the file is not text") from None
        value = value.rstrip("\r\n")
    if not value:
        raise UsageError(f"{ref}: the secret is empty")
    if not (value.isascii() and value.isprintable()):
        raise UsageError(f"{ref}: the secret holds a line break or a character that cannot stand in a header")
    return Secret(value)


class Credential:
    """One vendor's credential, ready to be sent. Its repr shows no secret."""

    def __init__(self, auth: Auth, secret: Secret) -> None:
        self.secret = secret
        self.header_value = Secret(_header_value(auth, secret.reveal()))
        """The header's value, as it is sent."""
        self.header = istr(auth.header)
        self.line = f"{auth.header}: {self.header_value.reveal()}\r\n".encode("latin-1")
        """The whole header line, for those who write requests as bytes."""
        self._strip = tuple(istr(name) for name in dict.fromkeys((*APP_CREDENTIALS, auth.header)))
        self.strip = frozenset(name.lower().encode() for name in self._strip)
        """Names, in lower case, of the header lines that an app's request loses."""

    @classmethod
    def load(cls, auth: Auth, environ: Mapping[str, str], secret: SecretRef | None = None) -> "Credential":
        """Read the secret that the vendor file names, or the one given in its place. Raises UsageError."""
        if auth.scheme == "query":
            raise UsageError("facts.auth.scheme: query: the proxy cannot put a secret into the query yet")
        return cls(auth, resolve(secret or auth.secret, environ))

    @property
    def secrets(self) -> list[str]:
        """The values that nobody may be shown: as they are stored, as they are sent, and a password alone."""
        secret = self.secret.reveal()
        user, _, password = secret.partition(":")
        return [secret, self.header_value.reveal(), *([password] if user and password else [])]

    def apply(self, headers: CIMultiDict[str]) -> None:
        """Take out every credential of the app's and put the vendor's in."""
        for name in self._strip:
            headers.popall(name, None)
        headers[self.header] = self.header_value.reveal()

    def __repr__(self) -> str:
        return f"Credential({self.header!s})"


def _header_value(auth: Auth, secret: str) -> str:
    if auth.scheme == "bearer":
        return f"Bearer {secret}"
    if auth.scheme == "basic":
        pair = secret if ":" in secret else f"{secret}:"
        return "Basic " + base64.b64encode(pair.encode()).decode()
    return secret
