"""The parts of a multipart body (RFC 2046 §5.1.1), as bytes: what stands between the boundary's lines.

Whoever compares two bodies, or hides a field of one, needs no more. It reads no file and judges nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

PARTS_MAX = 1_000
"""A body of more parts is taken as a whole."""

_BOUNDARY = re.compile(r'(?i);\s*boundary=(?:"([^"]{1,200})"|([^\s;,"]{1,200}))')
_NAME = re.compile(r'(?i);\s*name=(?:"((?:[^"\\]|\\.){0,1000})"|([^\s;"]{0,1000}))')
_HEAD_END = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class BodyPart:
    """One part. `head` is its headers as they came, `name` the form's field, "" where it names none."""

    head: bytes
    name: str
    content: bytes

    @property
    def headers(self) -> tuple[bytes, ...]:
        """Its headers, sorted; names in lower case, whatever space around them."""
        lines = (line.partition(b":") for line in self.head.splitlines() if line.strip())
        return tuple(sorted(b"%b: %b" % (name.strip().lower(), value.strip()) for name, _, value in lines))


def boundary_of(media: str) -> str | None:
    """The boundary that a Content-Type names, None where it is no multipart type, or names none."""
    found = _BOUNDARY.search(media) if media.lstrip()[:10].lower() == "multipart/" else None
    return (found[1] or found[2]) if found else None


def parts_of(body: bytes, media: str) -> tuple[BodyPart, ...] | None:
    """The parts of a body of this Content-Type, None where it does not keep to the boundary."""
    boundary = boundary_of(media)
    if boundary is None:
        return None
    mark = b"--" + boundary.encode()
    pieces = body.split(mark, PARTS_MAX + 1)
    if len(pieces) not in range(2, PARTS_MAX + 2) or not pieces[-1].startswith(b"--"):
        return None
    return tuple(_part(piece) for piece in pieces[1:-1])


def body_of_parts(parts: Sequence[BodyPart], boundary: str) -> bytes:
    """A body of these parts."""
    mark = b"--" + boundary.encode()
    return b"".join(b"%b\r\n%b\r\n\r\n%b\r\n" % (mark, part.head, part.content) for part in parts) + mark + b"--\r\n"


def _part(piece: bytes) -> BodyPart:
    """What follows the boundary: the rest of its line, headers, an empty line, content, the end of a line."""
    piece = piece.removeprefix(b"\r").removeprefix(b"\n").removesuffix(b"\n").removesuffix(b"\r")
    end = _HEAD_END.search(piece)
    head, content = (piece[: end.start()], piece[end.end() :]) if end else (b"", piece)
    found = _NAME.search(head.decode("utf-8", "replace"))
    return BodyPart(head, (found[1] or found[2] or "") if found else "", content)
