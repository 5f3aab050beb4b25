"""Headers, paths and bodies as people may see them: without secrets, and without personal data.

Deny by default. Of headers the values on the list of tidegate.redaction are shown; of bodies those that can be read
member by member, JSON and forms; of these no member that the vendor file lists as personal data, wherever it stands,
and none whose name sounds like a secret; or only those that `redact.fields` lists. Every known secret is scrubbed from
what is left, in any spelling, and what is personal by its form. What cannot be read is not shown.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, quote_plus

import orjson

from tidegate.content_coding import decoded
from tidegate.policy.privacy.redact import Redact
from tidegate.proxy.call.reply import DIGESTS
from tidegate.proxy.desk.shown_fields import ShownFields
from tidegate.redaction.patterns import Patterns
from tidegate.redaction.redactor import Redactor
from tidegate.redaction.secret import REDACTED

READ_BYTES_MAX = 1024 * 1024
"""A longer body is not read, and not shown."""
SHOWN_CHARS_MAX = 65_536
"""So much of a body is shown."""
MEMBERS_MAX = 100_000
"""A body of more members is not shown."""
FIELDS_MAX = 10_000
NESTED_MAX = 3
"""A document that stands as a text in a document is read so deep; what is deeper is not shown."""
HEADERS_MAX = 256

_SECRET_NAME = re.compile(
    r"""(?ix) token | secret | password | passwd | passphrase | api[-_.]?key | access[-_.]?key | private[-_.]?key
      | signature | credential | \bauth\b | authorization | session | \bjwt\b | \bcvc\b | \bcvv\b | card.?number
      | ^number$ | \biban\b | account.?number"""
)
_FORM_STEP = re.compile(r"[^\[\]]+")

_LONG_NUMBER = 10**11
"""A shorter number is none of a card."""

Lines = Iterable[tuple[str, str]]

_USUAL = Redact()


class HiddenContent:
    """See the module. `personal` are the pointers of a vendor file's `personal_data`."""

    def __init__(self, redactor: Redactor, personal: Iterable[str] = (), redact: Redact = _USUAL) -> None:
        self._redactor, self._patterns = redactor, Patterns(redact.patterns)
        self._headers = frozenset(name.lower() for name in redact.headers)
        self._depth = 0
        self._fields = None if redact.fields is None else ShownFields(redact.fields)
        names = (pointer.rpartition("/")[2] for pointer in personal)
        self._personal = frozenset(name.replace("~1", "/").replace("~0", "~").lower() for name in names)

    def text(self, text: str) -> str:
        """A text without known secrets."""
        return self._redactor.text(text)

    def headers(self, stored: bytes) -> dict[str, str]:
        """Stored header lines, JSON as a delivery has them."""
        return self._redactor.headers(lines_of(stored), self._headers)

    def destination(self, target: str) -> str:
        """A path or URL: no user information, no fragment, no values of the query that may not be shown."""
        bare, mark, query = target.partition("#")[0].partition("?")
        scheme, slashes, rest = bare.partition("://")
        if slashes:
            authority, slash, path = rest.partition("/")
            bare = f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"
        return self._patterns.hidden(self._redactor.url(bare + mark + (self._form(query, anywhere=True) or "")))

    def body(self, body: bytes, headers: bytes) -> str | None:
        """A body as text; None where it may not be shown, because nobody can tell what it holds."""
        lines = [(name.lower(), value.lower()) for name, value in lines_of(headers)]
        coding = ", ".join(value for name, value in lines if name == "content-encoding" and value != "identity")
        media = next((value for name, value in lines if name == "content-type"), "").partition(";")[0].strip()
        plain = decoded(body, coding, READ_BYTES_MAX)
        if plain is None:
            return None
        shown: str | None = None
        if media == "application/x-www-form-urlencoded":
            shown = self._form(plain.decode("utf-8", "replace"))
        elif media == "application/json" or media.endswith("+json") or not media:
            shown = self._json(plain)
        if shown is None:
            return None
        text = self._redactor.text(shown)  # before it is cut: half a secret is not known as one
        return text if len(text) <= SHOWN_CHARS_MAX else text[:SHOWN_CHARS_MAX] + "…"

    def _hides(self, name: str) -> bool:
        return name.lower() in self._personal or _SECRET_NAME.search(name) is not None

    def _form(self, text: str, *, anywhere: bool = False) -> str | None:
        """`a=1&b[c]=2`, each value whose name, or a part of it, may not be shown hidden. `anywhere`: it is no body."""
        if not text:
            return ""
        try:
            # Known secrets go first: in what is decoded a plus sign of theirs is a space.
            pairs = parse_qsl(self._redactor.text(text), keep_blank_values=True, max_num_fields=FIELDS_MAX)
        except ValueError:
            return None
        return "&".join(
            f"{quote_plus(self._redactor.text(name), safe='[].')}="
            + (REDACTED if self._hidden(_FORM_STEP.findall(name), anywhere=anywhere) else self._plain(value))
            for name, value in pairs
        )

    def _hidden(self, steps: list[str], *, anywhere: bool) -> bool:
        if self._fields is not None and not anywhere and not self._fields.shows(steps):
            return True
        return any(map(self._hides, steps))

    def _plain(self, value: str) -> str:
        return quote_plus(self._value(value), safe="[]:/@,.")

    def _value(self, value: Any) -> Any:
        """A value of a body: without known secrets, and without what is personal by its form."""
        if isinstance(value, str):
            nested = self._nested(value) if value[:1] in ("{", "[") else None
            return self._patterns.hidden(self._redactor.url(value) if nested is None else self._redactor.text(nested))
        if type(value) is int and value >= _LONG_NUMBER:
            return value if (shown := self._patterns.hidden(str(value))) == str(value) else shown
        return value

    def _nested(self, text: str) -> str | None:
        """A text that is a JSON document itself, as an event quotes an answer; None where it is another text."""
        if self._depth >= NESTED_MAX:
            return REDACTED
        self._depth += 1
        try:
            return self._json(text.encode())
        finally:
            self._depth -= 1

    def _header_values(self, value: Any) -> Any:
        """What stands in a member `headers`: lines, as an event quotes an answer's, or an object."""
        if isinstance(value, dict):
            return self._redactor.headers(((name, str(text)) for name, text in value.items()), self._headers)
        if not isinstance(value, list):
            return REDACTED
        pairs = [line for line in value if isinstance(line, list) and len(line) == 2 and isinstance(line[0], str)]
        return [
            [name, self._redactor.headers([(name, str(text))], self._headers)[name.lower()]] for name, text in pairs
        ]

    def _json(self, body: bytes) -> str | None:
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError:
            return None
        document = self._fields.of(document) if self._fields is not None else self._value(document)
        left = MEMBERS_MAX
        parts: list[Any] = [document] if isinstance(document, dict | list) else []
        while parts:
            part = parts.pop()
            left -= len(part)
            if left < 0:
                return None
            members: list[tuple[Any, Any]] = [*(part.items() if isinstance(part, dict) else enumerate(part))]
            quotes = isinstance(part, dict) and "headers" in part
            if isinstance(part, dict):
                part.clear()
            for given, value in members:
                name = self._redactor.text(given) if isinstance(given, str) else given
                if isinstance(name, str) and self._hides(name):
                    part[name] = REDACTED
                elif name == "headers":
                    part[name] = self._header_values(value)
                    continue
                elif quotes and name in ("body", "body_base64"):  # it is shown as a body is: where it can be read
                    part[name] = (self._nested(value) if isinstance(value, str) else None) or REDACTED
                else:
                    part[name] = self._value(value)
                if isinstance(part[name], dict | list):
                    parts.append(value)
        return orjson.dumps(document).decode()


def lines_of(stored: bytes) -> list[tuple[str, str]]:
    """Stored header lines as pairs; none where they cannot be read."""
    try:
        lines = orjson.loads(stored) if stored else []
    except orjson.JSONDecodeError:
        return []
    if not isinstance(lines, list):
        return []
    pairs = (line for line in lines[:HEADERS_MAX] if isinstance(line, list) and len(line) == 2)
    return [(name, value) for name, value in pairs if isinstance(name, str) and isinstance(value, str)]


def speaks_of_body(stored: bytes) -> bool:
    """Whether stored header lines are true of one body alone: they hold a digest of it, or its coding."""
    names = {name.lower().encode() for name, value in lines_of(stored) if value.lower() != "identity"}
    return bool(names & (DIGESTS | {b"content-encoding"}))
