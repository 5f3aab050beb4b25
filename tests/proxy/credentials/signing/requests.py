"""Requests as they are written, and the same as the simulator receives them."""

from multidict import CIMultiDict

from tidegate.proxy.credentials.signing.signed_request import RequestSigner, SignedRequest
from tidegate.simulator.door.request_signature import ReceivedForm

WALL = 1_618_884_473.0
"""2021-04-20T02:07:53Z, the moment of RFC 9421 B.2."""
JSON = (("Content-Type", "application/json"),)


def written(
    method: str = "POST",
    target: str = "/foo?param=Value&Pet=dog",
    *lines: tuple[str, str],
    body: bytes = b'{"hello": "world"}',
    host: str = "example.com",
) -> bytes:
    """A request, as the request writer writes it."""
    length = [("Content-Length", str(len(body)))] if body else []
    head = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in (("Host", host), *lines, *length))]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


def received(request: bytes, *, wall: float = WALL, scheme: str = "http") -> ReceivedForm:
    """What reaches the simulator of it."""
    taken = SignedRequest.of(request)
    return ReceivedForm(taken.method, scheme, taken.target, CIMultiDict(taken.lines), taken.body, wall)


def signed(signer: RequestSigner, request: bytes | None = None) -> bytes:
    """A request, signed."""
    return signer.signed(written(*("POST", "/foo?param=Value&Pet=dog"), *JSON) if request is None else request)
