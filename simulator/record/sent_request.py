"""What an app sent: the headers and the body of one request, as they came, within bounds; and as they may be shown.

Shown are no credentials: values of headers are hidden but for a list of harmless ones, fields that sound like a secret
are hidden, and known secrets are scrubbed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.redaction.redactor import Redactor
from tidegate.redaction.secret_names import hidden_fields

BODY_KEPT_MAX = 65_536
"""Bytes of a body that are kept. The rest is counted only."""

BODY_SHOWN_MAX = 4_096
"""Characters of a body that are shown."""

HEADERS_SHOWN_MAX = 100

HEADER_SHOWN_MAX = 1_024
"""Characters of one header's value that are shown."""


@dataclass(slots=True)
class SentRequest:
    """`body` is the beginning of the body, `length` the bytes of all of it. Not frozen: the body comes later."""

    headers: Mapping[str, str]
    body: bytes = b""
    length: int = 0

    def take(self, body: bytes) -> None:
        """The body has come."""
        self.body, self.length = body[:BODY_KEPT_MAX], len(body)

    @property
    def whole(self) -> bool:
        """True where all of the body is kept."""
        return len(self.body) == self.length

    def described(self, redactor: Redactor) -> dict[str, Any]:
        """As data that may be shown. `cut` says that the body goes on."""
        text = self.text(redactor)
        items = [(name, value[:HEADER_SHOWN_MAX]) for name, value in self.headers.items()]
        return {
            "headers": redactor.headers(items[:HEADERS_SHOWN_MAX]),
            "body": text[:BODY_SHOWN_MAX],
            "bytes": self.length,
            "cut": not self.whole or len(text) > BODY_SHOWN_MAX,
        }

    def text(self, redactor: Redactor) -> str:
        """The body as text, without secrets; what is no text is told by its length."""
        try:
            plain = self.body.decode("utf-8", "strict" if self.whole else "ignore")
        except UnicodeDecodeError:
            return f"({self.length} bytes that are no text)"
        return hidden_fields(redactor.text(plain))
