"""Forms of a request's framing, right and wrong, as they are found in reports of request smuggling and in RFC 9112.

`METHOD` stands for any method. Some bytes of a content look like a request of their own: read in the wrong place, they
are one.
"""

from collections.abc import Mapping

HIDDEN = b"GET /acme/hidden HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer x\r\n\r\n"
SIZE = b"%x" % len(HIDDEN)
LENGTH = b"%d" % len(HIDDEN)
BY_LENGTH = b"Content-Length: " + LENGTH + b"\r\n"
LARGE = b"ab" * 4000

CHUNKED = b"Transfer-Encoding: chunked\r\n"
LAST = b"0\r\n\r\n"


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    """One chunk."""
    return b"%x%b\r\n%b\r\n" % (len(data), extension, data)


def _length(value: bytes, name: bytes = b"Content-Length") -> tuple[bytes, bytes]:
    return name + value + b"\r\n", HIDDEN


FORMS: Mapping[str, tuple[bytes, bytes]] = {
    # --- a length
    "nothing at all": (b"", b""),
    "a length of nothing": (b"Content-Length: 0\r\n", b""),
    "a length": _length(b": " + LENGTH),
    "a length with zeros before it": _length(b": 000" + LENGTH),
    "a length without a space": _length(b":" + LENGTH),
    "a length with spaces and a tab around": _length(b":  \t" + LENGTH + b" \t"),
    "a length in small letters": _length(b": " + LENGTH, b"content-length"),
    "a length with a space before its colon": _length(b" : " + LENGTH),
    "a length with a tab before its colon": _length(b"\t: " + LENGTH),
    "a length twice, the same": (b"Content-Length: " + LENGTH + b"\r\nContent-Length: " + LENGTH + b"\r\n", HIDDEN),
    "a length twice, and another": (b"Content-Length: " + LENGTH + b"\r\nContent-Length: 0\r\n", HIDDEN),
    "a length twice, the other first": (b"Content-Length: 0\r\nContent-Length: " + LENGTH + b"\r\n", HIDDEN),
    "a length as a list": _length(b": " + LENGTH + b", " + LENGTH),
    "a length as a list of two": _length(b": " + LENGTH + b", 0"),
    "a length with a plus": _length(b": +" + LENGTH),
    "a length with a minus": _length(b": -" + LENGTH),
    "a length in hex": _length(b": 0x" + SIZE),
    "a length with an underscore": _length(b": " + LENGTH[:1] + b"_" + LENGTH[1:]),
    "a length in other digits": _length(b": " + "٣٨".encode()),
    "a length with a fraction": _length(b": " + LENGTH + b".0"),
    "a length that is empty": _length(b": "),
    "a length beyond 64 bits": _length(b": 18446744073709551616"),
    "a length with a NUL": _length(b": " + LENGTH + b"\0"),
    "a length with a word behind": _length(b": " + LENGTH + b" bytes"),
    "a length after a line break of one byte": (b"X: y\nContent-Length: " + LENGTH + b"\r\n", HIDDEN),
    "a length after a carriage return": (b"X: y\rContent-Length: " + LENGTH + b"\r\n", HIDDEN),
    "a length in a folded line": (b"X: y\r\n Content-Length: " + LENGTH + b"\r\n", HIDDEN),
    "a length whose value is folded": (b"Content-Length:\r\n " + LENGTH + b"\r\n", HIDDEN),
    "a length with another dash": _length(b": 38", "Content‐Length".encode()),
    "a length with an underscored name": _length(b": " + LENGTH, b"Content_Length"),
    "a large content": (b"Content-Length: %d\r\n" % len(LARGE), LARGE),
    "a content that is short of its length": (b"Content-Length: 9000\r\n", b"short"),
    # --- chunks
    "chunks": (CHUNKED, chunk(HIDDEN) + LAST),
    "chunks of nothing": (CHUNKED, LAST),
    "many chunks": (CHUNKED, b"".join(chunk(HIDDEN[n : n + 3]) for n in range(0, len(HIDDEN), 3)) + LAST),
    "large chunks": (CHUNKED, chunk(LARGE) + chunk(LARGE) + LAST),
    "chunks in capitals": (b"TRANSFER-ENCODING: CHUNKED\r\n", chunk(HIDDEN) + LAST),
    "a size in capitals with zeros": (CHUNKED, b"00" + SIZE.upper() + b"\r\n" + HIDDEN + b"\r\n" + LAST),
    "a size with an extension": (CHUNKED, chunk(HIDDEN, b";a=b") + LAST),
    "a size with a quoted extension": (CHUNKED, chunk(HIDDEN, b';a="b;c"') + LAST),
    "a size with a space behind": (CHUNKED, chunk(HIDDEN, b" ") + LAST),
    "an extension with a line break of one byte": (CHUNKED, chunk(HIDDEN, b";a\nb") + LAST),
    "an extension with a carriage return": (CHUNKED, chunk(HIDDEN, b";a\rb") + LAST),
    "an extension that is long": (CHUNKED, chunk(HIDDEN, b";a=" + b"b" * 5000) + LAST),
    "a size with a plus": (CHUNKED, b"+" + chunk(HIDDEN) + LAST),
    "a size with a minus": (CHUNKED, b"-" + chunk(HIDDEN) + LAST),
    "a size in C's hex": (CHUNKED, b"0x" + chunk(HIDDEN) + LAST),
    "a size with an underscore": (CHUNKED, b"2_6\r\n" + HIDDEN + b"\r\n" + LAST),
    "a size that is empty": (CHUNKED, b"\r\n" + HIDDEN + b"\r\n" + LAST),
    "a size beyond 64 bits": (CHUNKED, b"1" + b"0" * 16 + SIZE + b"\r\n" + HIDDEN + b"\r\n" + LAST),
    "a size that is far too large": (CHUNKED, b"ffffffffffff\r\n" + HIDDEN),
    "a chunk that is longer than its size": (CHUNKED, b"2\r\n" + HIDDEN + b"\r\n" + LAST),
    "a chunk that is shorter than its size": (CHUNKED, b"fff\r\n" + HIDDEN + b"\r\n" + LAST),
    "a chunk that ends in one byte": (CHUNKED, SIZE + b"\r\n" + HIDDEN + b"\n" + LAST),
    "a size that ends in one byte": (CHUNKED, SIZE + b"\n" + HIDDEN + b"\r\n" + LAST),
    "a last chunk of several zeros": (CHUNKED, chunk(HIDDEN) + b"000\r\n\r\n"),
    "a trailer": (CHUNKED, chunk(HIDDEN) + b"0\r\nX-Sum: 1\r\n\r\n"),
    "a trailer that is a length": (CHUNKED, chunk(HIDDEN) + b"0\r\nContent-Length: 3\r\n\r\n"),
    "a trailer that is a coding": (CHUNKED, chunk(HIDDEN) + b"0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "a trailer without a colon": (CHUNKED, chunk(HIDDEN) + b"0\r\nnonsense\r\n\r\n"),
    "a trailer like a request": (CHUNKED, chunk(HIDDEN) + b"0\r\n" + HIDDEN),
    "chunks without their end": (CHUNKED, chunk(HIDDEN)),
    # --- both, and other codings
    "a length and chunks": (b"Content-Length: " + LENGTH + b"\r\n" + CHUNKED, chunk(HIDDEN) + LAST),
    "chunks and a length": (CHUNKED + b"Content-Length: 5\r\n", chunk(HIDDEN) + LAST),
    "chunks and a length of nothing": (CHUNKED + b"Content-Length: 0\r\n", chunk(HIDDEN) + LAST),
    "chunks twice": (CHUNKED + CHUNKED, chunk(HIDDEN) + LAST),
    "chunks twice in a list": (b"Transfer-Encoding: chunked, chunked\r\n", chunk(HIDDEN) + LAST),
    "identity": (b"Transfer-Encoding: identity\r\nContent-Length: " + LENGTH + b"\r\n", HIDDEN),
    "identity and chunks": (b"Transfer-Encoding: identity, chunked\r\n", chunk(HIDDEN) + LAST),
    "chunks, then another coding": (b"Transfer-Encoding: chunked, gzip\r\n", chunk(HIDDEN) + LAST),
    "another coding, then chunks": (b"Transfer-Encoding: gzip, chunked\r\n", chunk(HIDDEN) + LAST),
    "another coding, then chunks, in two lines": (b"Transfer-Encoding: gzip\r\n" + CHUNKED, chunk(HIDDEN) + LAST),
    "chunks, then another coding, in two lines": (CHUNKED + b"Transfer-Encoding: gzip\r\n", chunk(HIDDEN) + LAST),
    "another coding alone": (b"Transfer-Encoding: gzip\r\n", HIDDEN),
    "a coding that nobody knows": (b"Transfer-Encoding: cow\r\n", chunk(HIDDEN) + LAST),
    "chunks with a parameter": (b"Transfer-Encoding: chunked;q=1\r\n", chunk(HIDDEN) + LAST),
    "chunks in quotes": (b'Transfer-Encoding: "chunked"\r\n', chunk(HIDDEN) + LAST),
    "chunks with a comma before": (b"Transfer-Encoding: , chunked\r\n", chunk(HIDDEN) + LAST),
    "chunks with a comma behind": (b"Transfer-Encoding: chunked,\r\n", chunk(HIDDEN) + LAST),
    "chunks with a space before the colon": (b"Transfer-Encoding : chunked\r\n", chunk(HIDDEN) + LAST),
    "chunks with a vertical tab": (b"Transfer-Encoding: \x0bchunked\r\n", chunk(HIDDEN) + LAST),
    "chunks with a NUL": (b"Transfer-Encoding: chunked\0\r\n", chunk(HIDDEN) + LAST),
    "chunks in a folded line": (b"Transfer-Encoding:\r\n chunked\r\n", chunk(HIDDEN) + LAST),
    "a coding that is empty": (b"Transfer-Encoding: \r\nContent-Length: " + LENGTH + b"\r\n", HIDDEN),
    "chunks by a like name": (b"Transfer_Encoding: chunked\r\nContent-Length: " + LENGTH + b"\r\n", HIDDEN),
    # --- and around it
    "a content that is expected": (b"Expect: 100-continue\r\nContent-Length: " + LENGTH + b"\r\n", HIDDEN),
    "chunks that are expected": (b"Expect: 100-continue\r\n" + CHUNKED, chunk(HIDDEN) + LAST),
    "an expectation that nobody knows": (b"Expect: more\r\nContent-Length: " + LENGTH + b"\r\n", HIDDEN),
    "a length that the connection names": (b"Connection: Content-Length\r\n" + BY_LENGTH, HIDDEN),
    "chunks that the connection names": (b"Connection: Transfer-Encoding\r\n" + CHUNKED, chunk(HIDDEN) + LAST),
    "TE and Trailer": (b"TE: trailers\r\nTrailer: X\r\n" + CHUNKED, chunk(HIDDEN) + b"0\r\nX: 1\r\n\r\n"),
    "an upgrade with a content": (b"Connection: Upgrade\r\nUpgrade: h2c\r\n" + BY_LENGTH, HIDDEN),
    "a line break before the head": (b"\r\n", b""),
    "a method in a header": (b"X-HTTP-Method-Override: DELETE\r\nContent-Length: " + LENGTH + b"\r\n", HIDDEN),
}  # fmt: skip
"""Name → the header lines and the content."""

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


def written(method: str, target: str, form: tuple[bytes, bytes]) -> bytes:
    """The whole request of a form."""
    return (
        f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer app\r\n".encode()
        + form[0]
        + b"\r\n"
        + form[1]
    )


def last(target: str) -> bytes:
    """A plain request that ends the connection: what comes before it must not swallow it, nor be swallowed."""
    return (
        f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer app\r\nConnection: close\r\n\r\n".encode()
    )
