"""Makes whole answers odd, as they pass on a line, and reads them again: bytes in, bytes out."""

import gzip
import re
from collections.abc import Sequence

_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)
_CODED = b"\r\nContent-Encoding: gzip"
_INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
_LONG = b"X-Long: " + b"y" * 9000 + b"\r\n"
_MANY = b"X-Many: y\r\n" * 150


def odd(answer: bytes, forms: Sequence[str]) -> bytes:
    """A piece of a vendor's bytes in these forms, where it is one whole answer; else as it was."""
    if not answer.startswith(b"HTTP/1.1 ") or answer[9:10] == b"1":
        return answer
    head, gap, body = answer.partition(b"\r\n\r\n")
    length = _LENGTH.search(head + b"\r\n")
    if length is None or len(body) != int(length[1]):
        return answer
    if "coded" in forms and body and b"\r\ncontent-encoding:" not in head.lower():
        body = gzip.compress(body, compresslevel=1, mtime=0)
        head = _LENGTH.sub(b"\r\nContent-Length: %d\r\n" % len(body), head + b"\r\n")[:-2] + _CODED
    line, _, rest = head.partition(b"\r\n")
    more = (_LONG if "long" in forms else b"") + (_MANY if "many" in forms else b"")
    before, behind = (_INTERIM if "interim" in forms else b""), (b"x" if "surplus" in forms else b"")
    return before + line + b"\r\n" + more + rest + gap + body + behind


def uncoded(piece: bytes) -> bytes:
    """A piece of a vendor's bytes with its body as it was before it was coded; what is no whole answer stays."""
    head, gap, body = piece.partition(b"\r\n\r\n")
    if piece.startswith(b"HTTP/1.1 1"):
        return head + gap + uncoded(body)
    if _CODED not in head:
        return piece
    length = _LENGTH.search(head + b"\r\n")
    if length is None or len(body) < int(length[1]):
        return piece
    plain = gzip.decompress(body[: int(length[1])])
    named = _LENGTH.sub(b"\r\nContent-Length: %d\r\n" % len(plain), head + b"\r\n")[:-2]
    return named.replace(_CODED, b"") + gap + plain + body[int(length[1]) :]
