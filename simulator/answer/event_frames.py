"""Server-sent events as they are written (WHATWG HTML, §9.2.6): the lines of each, then an empty one.

It knows no operation and no document.
"""

import re
from collections.abc import Mapping

from tidegate.values.json_value import Value, as_text

Event = tuple[str, Value] | Mapping[str, Value] | bytes
"""An event: its name and its data (a string as it is), or its fields, or as it is written."""

_FIELDS = ("id", "event", "retry", "data")
_LINE = re.compile(r"\r\n|\n|\r")
_EMPTY_LINE = re.compile(r"(?:\r\n|\n|\r){2,}")
_BEGINS = re.compile(r"\s*(?:id|event|retry|data)?:")


def framed(event: Event) -> bytes:
    """An event, its data last."""
    if isinstance(event, bytes):
        return event
    fields = event if isinstance(event, Mapping) else {**({"event": event[0]} if event[0] else {}), "data": event[1]}
    texts = ((name, as_text(fields[name])) for name in _FIELDS if fields.get(name) is not None)
    lines = [f"{name}: {line}\n" for name, text in texts for line in _LINE.split(text)]
    return "".join((*lines, "\n")).encode()


def events_in(text: str) -> tuple[bytes, ...]:
    """The events of a text that is a stream, as a document's example may be; none where it is something else."""
    if _BEGINS.match(text) is None:
        return ()
    return tuple(f"{event}\n\n".encode() for event in _EMPTY_LINE.split(text.strip()))
