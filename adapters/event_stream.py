"""Reads a stream of server-sent events as it comes (WHATWG HTML, "Server-sent events"): the data of each, as a text.

Bytes in, data out. Names, ids and retry times of events are passed over. It does no input or output.
"""

import codecs
from collections.abc import Iterator
from typing import Final

EVENT_CHARS_MAX: Final = 1024 * 1024
"""A longer line, or a longer event, is none."""


class EventTooLong(ValueError):
    """An event has no end within the bound."""


class EventReader:
    """Feed it what has come; it gives the data of the events that are whole."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._data: list[str] = []
        self._chars = 0

    def feed(self, part: bytes) -> Iterator[str]:
        """The data of each event that has ended. Raises EventTooLong."""
        text = self._rest + self._decoder.decode(part)
        held = "\r" if text.endswith("\r") else ""  # a line feed may follow
        lines = text.removesuffix("\r").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._rest = lines.pop() + held
        if len(self._rest) > EVENT_CHARS_MAX:
            raise EventTooLong
        for line in lines:
            if line:
                self._take(line)
            elif self._data:
                yield "\n".join(self._data)
                self._data, self._chars = [], 0

    def _take(self, line: str) -> None:
        name, _, value = line.partition(":")
        if name == "data":
            self._data.append(value.removeprefix(" "))
            self._chars += len(value)
            if self._chars > EVENT_CHARS_MAX:
                raise EventTooLong
