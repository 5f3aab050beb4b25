"""A request as it is about to be sent, taken apart so that a scheme can add to it, and put together again.

It changes nothing by itself: what a scheme does not touch leaves as it came, byte for byte.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

STALE_DIGESTS = frozenset({"content-digest", "content-md5", "digest", "repr-digest"})
"""Digests of a body that a scheme has changed: they are true no more."""


@dataclass(slots=True)
class SignedRequest:
    """A request. Head texts are latin-1, as on the wire. `body` is empty where the content is streamed behind it."""

    method: str
    target: str
    version: str
    lines: list[tuple[str, str]]
    body: bytes

    @classmethod
    def of(cls, request: bytes) -> "SignedRequest":
        """A written request, taken apart."""
        head, _, body = request.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        method, target, version = first.split(" ", 2)
        lines = []
        for line in rest:
            name, _, value = line.partition(":")
            lines.append((name, value.strip(" \t")))
        return cls(method, target, version, lines, body)

    def __bytes__(self) -> bytes:
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.lines)
        return f"{self.method} {self.target} {self.version}\r\n{lines}\r\n".encode("latin-1") + self.body

    @property
    def path(self) -> str:
        """The path, as sent."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The query, as sent, without its question mark."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str:
        """A header's value, its lines joined (RFC 9110 §5.3); empty where there is none."""
        lower = name.lower()
        return ", ".join(value for known, value in self.lines if known.lower() == lower)

    def put(self, name: str, value: str) -> None:
        """Set a header."""
        self.drop({name.lower()})
        self.lines.append((name, value))

    def drop(self, names: set[str] | frozenset[str]) -> None:
        """Take headers out. The names are in lower case."""
        self.lines = [line for line in self.lines if line[0].lower() not in names]

    def reframe(self, body: bytes) -> None:
        """Another body."""
        self.body = body
        self.drop(STALE_DIGESTS | {"transfer-encoding"})
        self.put("Content-Length", str(len(body)))


class RequestSigner(ABC):
    """See tidegate.proxy.call.credential.Signer. A scheme says what it adds to a request."""

    headers: frozenset[str] = frozenset()
    needs_body = False

    def signed(self, request: bytes) -> bytes:
        """See Signer."""
        taken_apart = SignedRequest.of(request)
        self.sign(taken_apart)
        return bytes(taken_apart)

    def flaw(self, method: str, content_type: str, body: bytes) -> str:
        """See Signer: any request can be signed, as far as nothing else is said."""
        del method, content_type, body
        return ""

    @abstractmethod
    def sign(self, request: SignedRequest) -> None:
        """Put the credential into a request, or its signature."""
