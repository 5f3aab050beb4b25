"""Draws odd bytes: requests of an app and answers of a vendor, most of them near to right ones.

The same generator state draws the same bytes; it knows nothing of who reads them.
"""

import random
from collections.abc import Sequence

from tests.fuzz.framings import FORMS, HIDDEN, METHODS, written

MUTATIONS_MAX = 4
PIECES_MAX = 4

_TOKENS: Sequence[bytes] = (
    b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b";", b",", b"\x0b", b"\x7f", b"\xff", b"0", b"-1", b"+1", b"0x",
    b"1e3",
    b"Content-Length: 5\r\n", b"Content-Length: 0\r\n", b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip\r\n",
    b"Connection: close\r\n", b"Connection: keep-alive\r\n", b"Expect: 100-continue\r\n", b"0\r\n\r\n",
    b"5\r\nhello\r\n",
    b"ffffffffffffffff\r\n", b"\r\n\r\n", b" HTTP/1.1", b" HTTP/1.0", b" HTTP/2.0", HIDDEN, b"X" * 9000,
    b"a: b\r\n" * 150,
    b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"Content-Encoding: gzip\r\n", b"Upgrade: websocket\r\n",
)  # fmt: skip


def mutated(rng: random.Random, data: bytes) -> bytes:
    """With a few places changed: bytes taken out, doubled, moved, or put in."""
    for _ in range(rng.randint(0, MUTATIONS_MAX)):
        begin = rng.randint(0, len(data))
        end = min(begin + rng.choice((0, 1, 1, 2, 4, 20)), len(data))
        part = data[begin:end]
        match rng.randint(0, 4):
            case 0:
                data = data[:begin] + data[end:]
            case 1:
                data = data[:end] + part + data[end:]
            case 2:
                data = data[:begin] + rng.choice(_TOKENS) + data[end:]
            case 3:
                data = data[:begin] + bytes(rng.randrange(256) for _ in part) + data[end:]
            case _:
                place = rng.randint(0, len(data) - len(part))
                rest = data[:begin] + data[end:]
                data = rest[:place] + part + rest[place:]
    return data


def pieces(rng: random.Random, data: bytes) -> list[bytes]:
    """The same bytes in the pieces in which they are sent."""
    cuts = sorted(rng.randint(0, len(data)) for _ in range(rng.randint(0, PIECES_MAX - 1)))
    return [data[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


_NAMES = tuple(FORMS)


def request(rng: random.Random, target: str) -> bytes:
    """A request, or something like it."""
    form = FORMS[rng.choice(_NAMES)]
    return mutated(rng, written(rng.choice(METHODS), target, form))


def answer(rng: random.Random, tag: bytes) -> bytes:
    """An answer whose content is made of its tag, or something like it."""
    body = tag * rng.choice((0, 1, 1, 3, 2000))
    status = rng.choice((200, 200, 200, 201, 204, 304, 404, 500, 503))
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * rng.choice((0, 0, 0, 1, 5, 60))
    head = b"HTTP/1.1 %d Fine\r\nContent-Type: text/plain\r\n" % status
    head += rng.choice(
        (
            b"",
            b"",
            b"no field: x\r\n",
            b"X-Long: " + b"y" * 9000 + b"\r\n",
            b"X-Many: y\r\n" * 200,
            b"Connection: close\r\n",
        )
    )
    match rng.randint(0, 5):
        case 0:
            framed = b"Content-Length: %d\r\n\r\n" % len(body) + body
        case 1:
            framed = b"Transfer-Encoding: chunked\r\n\r\n" + _chunks(rng, body)
        case 2:
            framed = b"\r\n" + body
        case 3:
            framed = b"Content-Length: %d\r\n" % len(body) * 2 + b"\r\n" + body
        case 4:
            framed = b"Content-Length: 7\r\nTransfer-Encoding: chunked,\r\n\r\n" + _chunks(rng, body)
        case _:
            framed = (
                b"Content-Length: %d\r\n\r\n" % len(body) + body + b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nBEHIND"
            )
    whole = mutated(rng, interim + head + framed) if rng.random() < 0.7 else interim + head + framed
    return whole[: rng.randint(0, len(whole))] if rng.random() < 0.15 else whole


def _chunks(rng: random.Random, body: bytes) -> bytes:
    size = rng.choice((1, 7, 4000)) if len(body) < 200 else 4000
    parts = [body[place : place + size] for place in range(0, len(body), size)]
    extension = rng.choice((b"", b"", b";a=b"))
    return b"".join(b"%x%b\r\n%b\r\n" % (len(part), extension, part) for part in parts) + b"0\r\n\r\n"
