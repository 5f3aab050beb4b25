"""Counts the events of `text/event-stream` as its bytes pass (WHATWG HTML, server-sent events, §9.2.6). Pure.

An event is a block of lines that ends with an empty line and has a `data` field; comments, with which vendors keep
connections awake, are none. Lines end with CR LF, LF or CR. The bytes themselves are not touched.
"""


class EventCounter:
    """Feed it the bytes; it holds no more of them than the beginning of a line."""

    __slots__ = ("_after_cr", "_has_data", "_line", "_line_bytes", "events")

    def __init__(self) -> None:
        self.events = 0
        self._line = b""
        self._line_bytes = 0
        self._has_data = False
        self._after_cr = False

    def feed(self, data: bytes) -> int:
        """Take the next bytes; returns how many events have ended so far."""
        if not data:
            return self.events
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
        return self.events

    def _ended(self) -> None:
        if not self._line_bytes:
            self.events += self._has_data
            self._has_data = False
        elif self._line == b"data:" or (self._line == b"data" and self._line_bytes == 4):
            self._has_data = True
        self._line, self._line_bytes = b"", 0
