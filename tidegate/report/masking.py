"""Makes each text of a report fit to be shown, wherever it stands: no secret, nothing that deceives, not too long."""

import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, TypeVar

from tidegate.junit import legible
from tidegate.redaction.patterns import Patterns
from tidegate.redaction.redactor import Redactor
from tidegate.redaction.secret import REDACTED
from tidegate.redaction.secret_names import FIELD_HIDDEN

D = TypeVar("D")

CHARS_MAX: Final = 2_000
"""So long is a text; of the rest, an ellipsis."""
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that make the text behind them read another way (UAX 9)."""


def masked(report: D, secrets: Iterable[str]) -> D:
    """The report without the known secrets in any spelling, and without what names itself one or looks like one.

    Control characters, and what no text has, are replaced.
    """
    redactor, patterns = Redactor(secret for secret in secrets if secret), Patterns()

    def hidden(value: Any) -> Any:
        if isinstance(value, str):
            return _fit(patterns.hidden(redactor.url(FIELD_HIDDEN.sub(rf'\1"{REDACTED}"', value))))
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{one.name: hidden(getattr(value, one.name)) for one in fields(value)})
        if isinstance(value, list | tuple):
            return [hidden(one) for one in value]
        return value

    masked_report: D = hidden(report)
    return masked_report


def _fit(text: str) -> str:
    short = text if len(text) <= CHARS_MAX else f"{text[:CHARS_MAX]}…"
    return legible(_DIRECTIONS.sub("\N{REPLACEMENT CHARACTER}", short))
