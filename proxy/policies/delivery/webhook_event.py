"""What a verified webhook says of itself: the name of its event, and the name of what must be told in order.

A body is read only here, after it was verified, and only as far as somebody asked for a part of it. What cannot be read
has no name and no order; it is delivered all the same. A form that has its JSON in a field `payload`, as GitHub's and
Slack's have, is read as that JSON.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import parse_qsl

from tidegate.json_pointer import at_pointer

EVENT_NAME_CHARS_MAX = 128
"""Of a longer name the beginning counts: a pattern still tells it."""
ORDER_KEY_CHARS_MAX = 256
"""A longer one is told by its digest."""
FORM_FIELDS_MAX = 1000
FORM_TYPE = "application/x-www-form-urlencoded"


_UNREADABLE = object()


class WebhookEvent:
    """One webhook, read when somebody asks. `headers` have their names in small letters."""

    def __init__(self, headers: dict[str, str], body: bytes) -> None:
        self._headers = headers
        self._body = body
        self._document: object = None
        self._is_read = False

    @property
    def is_unreadable(self) -> bool:
        """Whether somebody asked for a part of the body, and it is neither JSON nor a form."""
        return self._is_read and self._document is _UNREADABLE

    @property
    def document(self) -> object:
        """The body as JSON, or a form as an object of texts; None where it is neither."""
        if not self._is_read:
            self._is_read = True
            self._document = _document(self._headers.get("content-type", ""), self._body)
        return None if self._document is _UNREADABLE else self._document

    def name(self, parts: Sequence[str]) -> str:
        """The event's name: its parts (pointers into the body, or headers) joined by dots; empty without any.

        It is one line that can be shown and stored, whatever the vendor writes: other letters are question marks.
        """
        values = [self._part(part) for part in parts]
        name = ".".join(value for value in values if value)[:EVENT_NAME_CHARS_MAX]
        return "".join(letter if letter.isprintable() else "?" for letter in name).strip()

    def order_key(self, source: str, pointer: str | None) -> str:
        """The order key of an event; empty where it has none. A JSON list, so that no two keys run into each other."""
        value = None if pointer is None else at_pointer(self.document, pointer)
        if isinstance(value, bool) or not isinstance(value, str | int):
            return ""
        key = json.dumps([source, value], separators=(",", ":"))
        if len(key) <= ORDER_KEY_CHARS_MAX:
            return key
        return json.dumps([source, {"sha256": sha256(key.encode()).hexdigest()}], separators=(",", ":"))

    def _part(self, part: str) -> str:
        if not part.startswith("/"):
            return self._headers.get(part.lower(), "")
        value = at_pointer(self.document, part)
        is_number = isinstance(value, int) and not isinstance(value, bool)  # Discord's types
        return str(value) if is_number or isinstance(value, str) else ""


def _document(content_type: str, body: bytes) -> object:
    try:
        if content_type.partition(";")[0].strip().lower() == FORM_TYPE:
            return _form(dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FORM_FIELDS_MAX)))
        return json.loads(body)
    except (ValueError, RecursionError):
        return _UNREADABLE


def _form(fields: dict[str, str]) -> object:
    try:
        payload = json.loads(fields.get("payload", ""))
    except (ValueError, RecursionError):
        return fields
    return fields | payload if isinstance(payload, dict) else fields
