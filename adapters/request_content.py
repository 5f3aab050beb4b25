"""The content of a request: a JSON document, or a form. What neither can hold is refused before anything is sent."""

import json
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from tidegate.adapters.ports.failures import Rejected


def json_content(document: object) -> bytes:
    """A JSON document (RFC 8259). Raises Rejected for what none can hold: half a surrogate pair, NaN, a circle."""
    try:
        return json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, TypeError, RecursionError) as error:
        raise Rejected(f"this cannot be written as JSON: {type(error).__name__}", field="document") from None


def form_content(pairs: Mapping[str, str] | Sequence[tuple[str, str]]) -> bytes:
    """A form (application/x-www-form-urlencoded). Raises Rejected for half a surrogate pair."""
    try:
        return urlencode(pairs).encode()
    except UnicodeEncodeError:
        raise Rejected("this cannot be written as a form: half a surrogate pair", field="form") from None
