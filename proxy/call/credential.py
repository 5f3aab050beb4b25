"""A vendor's secret as it is sent: one header line, put in place of whatever credential the app sent; or a signer.

It knows the three ways to send a secret in a header (bearer, basic, a header of its own), and neither where the secret
comes from nor who is calling. What is no header line is its signer's: tidegate.proxy.credentials.signing.
"""

import base64
from collections.abc import Sequence
from typing import Protocol

from multidict import CIMultiDict, istr

from tidegate.redaction.secret import Secret
from tidegate.vendor.vendor import Auth

APP_CREDENTIALS = ("Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "Api-Key")
"""Headers that may hold a credential of the app's own. None of them goes to a vendor."""

HEADER_SCHEMES = ("bearer", "basic", "header")


class Signer(Protocol):
    """Makes whole requests wear a credential that is no header line."""

    headers: frozenset[str]
    """Names, in lower case, of the headers that it sets. An app's own are taken out first."""
    needs_body: bool
    """Whether it needs the whole content, so that none can be streamed."""

    def signed(self, request: bytes) -> bytes:
        """A written request, head and content, as it is to be sent."""
        ...

    def flaw(self, method: str, content_type: str, body: bytes) -> str:
        """Why a request cannot wear it, in words for the app; empty where it can."""
        ...


class Credential:
    """One vendor's credential, ready to be sent. Its repr shows no secret.

    With a `signer` it has no header line. `hidden` are further values that nobody may be shown, and `identity` is what
    it is told from another by; the header's value where that is left out.
    """

    def __init__(
        self,
        auth: Auth,
        secret: Secret,
        *,
        name: str = "",
        version: int = 0,
        signer: Signer | None = None,
        hidden: Sequence[str] = (),
        identity: Secret | None = None,
    ) -> None:
        self.secret, self.signer, self._hidden = secret, signer, tuple(hidden)
        self.name, self.version = name, version
        """Which of several it is, empty where there is one alone, and which of its values."""
        self.header_value = Secret(_header_value(auth, secret.reveal()))
        """The header's value, as it is sent."""
        self.header = istr(auth.header)
        self.identity = identity or self.header_value
        """Where it is the same, it stands for the same account: what was kept under one is good under the other."""
        line = f"{auth.header}: {self.header_value.reveal()}\r\n"
        self.line = line.encode("latin-1") if auth.scheme in HEADER_SCHEMES else b""
        """The whole header line, for those who write requests as bytes."""
        own = signer.headers if signer is not None else ()
        self._strip = tuple(istr(name) for name in dict.fromkeys((*APP_CREDENTIALS, auth.header, *own)))
        self.strip = frozenset(name.lower().encode() for name in self._strip)
        """Names, in lower case, of the header lines that an app's request loses."""

    @property
    def secrets(self) -> list[str]:
        """The values that nobody may be shown: as they are stored, as they are sent, and a part of either alone."""
        secret, sent = self.secret.reveal(), self.header_value.reveal()
        if not secret:
            return [*self._hidden]
        user, _, password = secret.partition(":")
        scheme, _, pair = sent.partition(" ")
        parts = [password if user else "", pair if scheme == "Basic" else ""]
        return [secret, sent, *(part for part in parts if part), *self._hidden]

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
