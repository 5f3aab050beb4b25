"""Counts the events of `text/event-stream` as its bytes pass (WHATWG HTML, server-sent events, §9.2.6). Pure.

An event is a block of lines that ends with an empty line and has a `data` field; comments, with which vendors keep
connections awake, are none. Lines end with CR LF, LF or CR, and a byte order mark before the first is left out. The
bytes themselves are not touched; where they are coded, a decoder beside them is what is read.
"""

from tidegate.content_coding import DecodeError, decoder_of

DECODED_BYTES_MAX = 1024 * 1024
"""One piece of a stream may stand for so many bytes; after one that stands for more, events are no longer counted."""

_BOM = b"\xef\xbb\xbf"


class EventCounter:
    """Feed it the bytes of a stream under a content coding; it holds no more of them than the beginning of a line.

    What cannot be decoded counts as one event: somebody sends something, and what is not known to be wrong is let pass.
    """

    __slots__ = ("_after_cr", "_blind", "_decoder", "_has_data", "_line", "_line_bytes", "_opening", "events")

    def __init__(self, coding: str = "") -> None:
        self.events = 0
        self._decoder = decoder_of(coding) if coding else None
        self._blind = bool(coding) and self._decoder is None
        self._opening: bytes | None = b""
        self._line = b""
        self._line_bytes = 0
        self._has_data = False
        self._after_cr = False

    @property
    def begun(self) -> bool:
        """True once an event has ended, or data of one has begun to come."""
        return bool(self.events) or self._has_data or self._line == b"data:"

    def feed(self, data: bytes) -> int:
        """Take the next bytes; returns how many events have ended so far."""
        if self._decoder is not None and not self._blind:
            try:
                data = self._decoder.decode(data, DECODED_BYTES_MAX)
            except DecodeError:
                self._blind = True
        if not data:
            return self.events
        if self._blind:
            self.events = max(self.events, 1)
            return self.events
        if self._opening is not None:
            data = self._opened(data)
        self._count(data)
        return self.events

    def _opened(self, data: bytes) -> bytes:
        """The beginning of the stream without its byte order mark; nothing yet where that may still come."""
        assert self._opening is not None
        data = self._opening + data
        if len(data) < len(_BOM) and _BOM.startswith(data):
            self._opening = data
            return b""
        self._opening = None
        return data.removeprefix(_BOM)

    def _count(self, data: bytes) -> None:
        if self._after_cr and data.startswith(b"\n"):
            data = data[1:]
        self._after_cr = data.endswith(b"\r")
        lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        last = len(lines) - 1
        for number, line in enumerate(lines):
            if self._line_bytes < 5:
                self._line += line[: 5 - len(self._line)]
            self._line_bytes += len(line)
            if number < last:
                self._ended()

    def _ended(self) -> None:
        if not self._line_bytes:
            self.events += self._has_data
            self._has_data = False
        elif self._line == b"data:" or (self._line == b"data" and self._line_bytes == 4):
            self._has_data = True
        self._line, self._line_bytes = b"", 0
