"""A request as the server hands it over, made fit to be read: its path, its headers as text, and its body.

The server refuses by itself what is no HTTP, as a path with bytes beyond ASCII. What the request asks for is none of
this file's matter.
"""

from aiohttp import HttpVersion11, web

from tidegate.simulator.answer import errors

BODY_BYTES_MAX = 1 << 20
"""aiohttp's own limit for a request that is read whole."""


def legible(request: web.BaseRequest) -> web.BaseRequest:
    """The request with every header a text that can be written again. It costs only one with bytes beyond ASCII.

    The server reads headers as UTF-8. What is none is Latin-1, as HTTP once had it (RFC 9110 §5.5, obs-text).
    """
    if all(value.isascii() for _, value in request.raw_headers):
        return request
    return request.clone(headers=[(name, _legible(value)) for name, value in request.headers.items()])


def _legible(value: str) -> str:
    sent = value.encode("utf-8", "surrogateescape")
    try:
        return sent.decode()
    except UnicodeDecodeError:
        return sent.decode("latin-1")


def path_of(request: web.BaseRequest) -> str:
    """Path and query as sent; a proxy's absolute form (RFC 9112 §3.2.2) loses its host."""
    raw = request.raw_path
    return raw if raw.startswith("/") else request.rel_url.raw_path_qs


def _invite(request: web.BaseRequest) -> None:
    """Tell a client that waits for it to send the body (RFC 9110 §10.1.1). HTTP/1.0 knows no such word."""
    waits = request.headers["Expect"].lower() == "100-continue" and not request.content.is_eof()
    if waits and request.version >= HttpVersion11 and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


async def body_of(request: web.BaseRequest) -> bytes:
    """The whole body, decoded. Raises errors.VendorError where it is too large, or not in the encoding it names."""
    if not request.body_exists:
        return b""
    if "Expect" in request.headers:
        _invite(request)
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise errors.too_large(BODY_BYTES_MAX) from None
    except web.RequestPayloadError:
        request.content.feed_eof()  # or the server, which reads what is left, fails
        refused = errors.refused(f"The body is not {request.headers.get('Content-Encoding', 'whole')}.")
        refused.headers["Connection"] = "close"  # the server has lost its place in it
        raise refused from None
