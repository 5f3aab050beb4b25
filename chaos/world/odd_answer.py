"""Makes whole answers odd, as they pass on a line: bytes in, bytes out."""

import re
from collections.abc import Sequence

_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)
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
    line, _, rest = head.partition(b"\r\n")
    more = (_LONG if "long" in forms else b"") + (_MANY if "many" in forms else b"")
    before, behind = (_INTERIM if "interim" in forms else b""), (b"x" if "surplus" in forms else b"")
    return before + line + b"\r\n" + more + rest + gap + body + behind
