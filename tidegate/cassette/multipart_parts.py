"""The parts of a multipart body (RFC 2046 §5.1.1), as bytes: what stands between the boundary's lines.

Whoever compares two bodies, or hides a field of one, needs no more. It reads no file and judges nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

PARTS_MAX = 1_000
"""A body of more parts is taken as a whole."""

_BOUNDARY = re.compile(r'(?i);\s*boundary=(?:"([^"]{1,200})"|([^\s;,"]{1,200}))')
_NAME = re.compile(r'(?i);\s*name=(?:"((?:[^"\\]|\\.){0,1000})"|([^\s;"]{0,1000}))')
_HEAD_END = re.compile(rb"\r?\n\r?\n")


_PARAMETER = re.compile(rb';\s*([^\s=;]{1,100})\s*=\s*(?:"((?:[^"\\]|\\.){0,1000})"|([^\s;"]{0,1000}))')

IDLE = {b"content-length": rb"(?s).*", b"content-transfer-encoding": rb"(?i)binary|[78]bit"}
PLAIN_TEXT = {b"content-type": rb"(?i)text/plain(?:\s*;\s*charset=\"?(?:utf-8|us-ascii)\"?)?"}
"""Headers of a part, and of one that is no file, that say nothing."""


@dataclass(frozen=True, slots=True)
class BodyPart:
    """One part. `head` is its headers as they came, `name` the form's field, "" where it names none."""

    head: bytes
    name: str
    content: bytes

    @property
    def headers(self) -> tuple[bytes, ...]:
        """Its headers, sorted; names in lower case, whatever space and quotes there are.

        What clients leave out or write without a meaning is left out: lengths, encodings that change nothing, the type
        that a field has anyway (RFC 7578 §4.4, §4.7).
        """
        lines = (line.partition(b":") for line in self.head.splitlines() if line.strip())
        told = {name.strip().lower(): value.strip() for name, _, value in lines}
        shown = {name: _parameters(value) if name == b"content-disposition" else value for name, value in told.items()}
        is_file = b"filename" in shown.get(b"content-disposition", b"")
        idle = IDLE if is_file else {**IDLE, **PLAIN_TEXT}
        return tuple(
            sorted(b"%b: %b" % line for line in shown.items() if not re.fullmatch(idle.get(line[0], b"$^"), line[1]))
        )


def _parameters(value: bytes) -> bytes:
    """A Content-Disposition with its parameters sorted and in quotes; `filename*` (RFC 8187) is a file's name, too."""
    found = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(value)}
    extended = found.pop(b"filename*", b"").split(b"'", 2)
    if len(extended) == 3:
        found[b"filename"] = unquote_to_bytes(extended[2])
    kind = value.partition(b";")[0].strip().lower()
    return b"; ".join((kind, *(b'%b="%b"' % parameter for parameter in sorted(found.items()))))


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
