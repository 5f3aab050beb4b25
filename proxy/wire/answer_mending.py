"""Rewrites the answer of a server that does not keep to HTTP's letter, where it is clear what is meant. Pure.

The parser is strict about framing, and rightly: on a connection that is used again, whatever two readers take for
different ends lets one answer be read as another. Here is a whole answer, read on its own: what curl, urllib3 and
browsers take is taken, one clear way to frame it is written out, and the connection is closed after it. So nothing that
follows a whole answer is part of anything.
"""

import re
from collections.abc import Mapping
from typing import Literal

from tidegate.content_coding import DecodeError, Decoder, decoder_of

DECODED_BYTES_MAX = 4 * 1024 * 1024
"""One piece of a body under a transfer coding may stand for so many bytes."""

LINE_BYTES_MAX = 16 * 1024
"""A chunk's size with its extensions, or a trailer."""

_STATUS = re.compile(rb"HTTP/([12])(?:\.([0-9]))?[ \t]+([1-9][0-9][0-9])(?:[ \t]+(.*))?", re.IGNORECASE | re.DOTALL)
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_SIZE = re.compile(rb"[ \t]*0*([0-9A-Fa-f]{1,12})[ \t]*(?:;|$)")
_PART_OF_SIZE = re.compile(rb"[ \t]*[0-9A-Fa-f]*[ \t]*(?:;.*)?\r?", re.DOTALL)
_PLAIN_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})\r\n")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_END_OF_TRAILERS = re.compile(rb"\n\r?\n")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_BARE = re.compile(rb"\0|\r(?!\n)")
_NOT_IN_VALUES = bytes.maketrans(b"\0\r", b"  ")
"""RFC 9110 §5.5: NUL and CR become spaces."""

_State = Literal["head", "counted", "to the end", "size", "data", "end of data", "trailers", "whole"]


class Unmendable(ValueError):
    """It is no HTTP, or it can be read in two ways."""


def is_misread(headers: Mapping[str, str], *, chunked: bool) -> bool:
    """True of an answer whose Transfer-Encoding is a list, or has another coding: the parser goes by its last word."""
    coding = headers.get("Transfer-Encoding")
    return coding is not None and (not chunked or coding.lower() != "chunked")


class AnswerMender:
    """Feed it the bytes of one answer, interim ones before it included; it gives the same, well formed.

    `to_head`: it answers a HEAD.
    """

    def __init__(self, *, to_head: bool) -> None:
        self._to_head = to_head
        self._held = b""
        self._at = self._searched = 0
        self._state: _State = "head"
        self._interim = False
        self._left = 0
        self._decoder: Decoder | None = None

    def feed(self, data: bytes) -> bytes:
        """What these bytes come to. Raises Unmendable."""
        self._held = self._held[self._at :] + data
        self._at = 0
        parts: list[bytes] = []
        while (part := self._step()) is not None:
            parts.append(part)
        return b"".join(parts)

    def _step(self) -> bytes | None:
        """The next piece; None where more has to come first, or nothing will."""
        state, waiting = self._state, len(self._held) - self._at
        if state == "head":
            return self._head()
        if state == "whole" or not waiting:
            self._at += waiting
            return None
        if state == "to the end":
            return self._undone(self._taken(waiting))
        if state == "counted":
            piece = self._taken(self._left)
            self._state = "counted" if self._left else "whole"
            return piece
        return (self._trailers() or None) if state == "trailers" else self._chunks()

    def _taken(self, most: int) -> bytes:
        piece = self._held[self._at : self._at + most]
        self._at += len(piece)
        self._left = max(self._left - len(piece), 0)
        return piece

    def _head(self) -> bytes | None:
        held = self._held = self._held[self._at :].lstrip(b"\r\n")
        self._at = 0
        if not b"HTTP/".startswith(held[:5].upper()):
            raise Unmendable("it does not begin like HTTP")
        end = _END_OF_HEAD.search(held, max(self._searched - 3, 0))
        self._searched = 0 if end else len(held)
        if end is None:
            return None
        self._at = end.end()
        lines = [line.removesuffix(b"\r") for line in held[: end.start()].split(b"\n")]
        status = _STATUS.fullmatch(lines[0])
        if status is None or status[3] == b"101" or _BARE.search(lines[0]):
            raise Unmendable("its status line cannot be read")
        code, version = int(status[3]), b"1.0" if (status[1], status[2]) == (b"1", b"0") else b"1.1"
        if code < 200:
            self._interim = True
            return b"HTTP/1.1 %d \r\n\r\n" % code
        found = _fields(lines[1:])
        framing, fields = self._framing(found, code)
        broken = self._interim or len(found) < len(lines) - 1 or _BARE.search(held, 0, self._at)
        if broken and self._state == "to the end":
            raise Unmendable("some of its lines are broken, and the length may have been in one")
        return b"".join([b"HTTP/%b %d %b\r\n" % (version, code, status[4] or b""), *fields, framing, b"\r\n"])

    def _framing(self, fields: list[tuple[bytes, bytes]], code: int) -> tuple[bytes, list[bytes]]:
        """How the body ends (RFC 9112 §6.3), and every other line."""
        lengths, codings, kept = set[bytes](), list[str](), list[bytes]()
        for name, value in fields:
            lower = name.lower()
            if lower == b"content-length":
                lengths.update(one.strip(b" \t") for one in value.split(b","))
            elif lower == b"transfer-encoding":
                codings += (one.strip(" \t").lower() for one in value.decode("latin-1").split(","))
            else:
                kept.append(b"%b: %b\r\n" % (name, value))
        codings = [one for one in codings if one not in ("", "identity")]
        if self._to_head or code in (204, 304):
            self._state = "whole"
            told = next(iter(lengths)) if len(lengths) == 1 and not codings else b""
            return (b"Content-Length: %b\r\n" % told if _LENGTH.fullmatch(told) else b""), kept
        if codings:  # with a length beside them, it is they that count
            return self._transferred(codings), kept
        if not lengths:
            self._state = "to the end"
            return b"Connection: close\r\n", kept
        if len({one.lstrip(b"0") for one in lengths}) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
            raise Unmendable("nobody knows its length")
        self._left = int(lengths.pop())
        self._state = "counted" if self._left else "whole"
        return b"Content-Length: %d\r\n" % self._left, kept

    def _transferred(self, codings: list[str]) -> bytes:
        chunked = codings[-1] == "chunked"
        others = [one for one in codings if one != "chunked"]
        if others:
            self._decoder = decoder_of(", ".join(others))
            if self._decoder is None or codings.index("chunked" if chunked else others[-1]) != len(codings) - 1:
                raise Unmendable(f"its transfer coding is not known: {', '.join(others)}")
        self._state = "size" if chunked else "to the end"
        return b"Transfer-Encoding: chunked\r\n" if chunked else b"Connection: close\r\n"

    def _chunks(self) -> bytes | None:
        """The data of all the chunks at hand, as one chunk, and their end; None where a line has to come first."""
        begin, pieces = self._at, list[bytes]()
        if self._state == "size":
            self._at = _plain_chunks(self._held, self._at, pieces)
        while self._at < len(self._held) and self._state != "trailers":
            if self._state == "data":
                pieces.append(self._taken(self._left))
                self._state = "data" if self._left else "end of data"
            elif (line := self._line()) is None:
                if self._state == "size" and not _PART_OF_SIZE.fullmatch(self._held, self._at):
                    raise Unmendable("the size of a chunk cannot be read")
                break
            elif self._state == "end of data":
                if line:
                    raise Unmendable("a chunk does not end where it says")
                self._state = "size"
            else:
                size = _SIZE.match(line)
                if size is None:
                    raise Unmendable("the size of a chunk cannot be read")
                self._left = int(size[1], 16)
                self._state = "data" if self._left else "trailers"
        piece = self._undone(b"".join(pieces))
        written = b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""
        if self._state == "trailers":
            self._at -= 1  # to the end of the line before, which an empty one may follow
            return written + self._trailers()
        return written if self._at > begin else None

    def _trailers(self) -> bytes:
        """Their end, which is the answer's; nothing where it has not come. They are passed over."""
        end = _END_OF_TRAILERS.search(self._held, self._at)
        if end is None:
            self._at = max(self._at, len(self._held) - 2)
            return b""
        self._at, self._state = end.end(), "whole"
        return b"0\r\n\r\n"

    def _line(self) -> bytes | None:
        end = self._held.find(b"\n", self._at, self._at + LINE_BYTES_MAX)
        if end < 0 and len(self._held) - self._at >= LINE_BYTES_MAX:
            raise Unmendable("a line between its chunks is too long")
        if end < 0:
            return None
        line = self._held[self._at : end].removesuffix(b"\r")
        self._at = end + 1
        return line

    def _undone(self, piece: bytes) -> bytes:
        try:
            return piece if self._decoder is None else self._decoder.decode(piece, DECODED_BYTES_MAX)
        except DecodeError as error:
            raise Unmendable(f"its transfer coding cannot be undone: {error}") from None


def _plain_chunks(data: bytes, at: int, pieces: list[bytes]) -> int:
    """Append what whole chunks hold that are written the plain way, of which there may be many; returns their end."""
    while (size := _PLAIN_SIZE.match(data, at)) is not None:
        begin = size.end()
        end = begin + int(size[1], 16)
        if end == begin or data[end : end + 2] != b"\r\n":
            break
        pieces.append(data[begin:end])
        at = end + 2
    return at


def _fields(lines: list[bytes]) -> list[tuple[bytes, bytes]]:
    """The lines that are fields. One whose name no field can have, as of a broken script, goes."""
    fields: list[tuple[bytes, bytes]] = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or _CONTROL.search(name) or line[:1] in (b" ", b"\t"):
            raise Unmendable("a line of its head is broken")
        name = name.rstrip(b" \t")  # RFC 9112 §5.1
        if _TOKEN.fullmatch(name):
            fields.append((name, value.translate(_NOT_IN_VALUES).strip(b" \t")))
    return fields
