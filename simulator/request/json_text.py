"""JSON as a request brings it: a body, a part of one, or a field. What it means is not known here."""

from typing import Any

import orjson

from tidegate.openapi.validator import is_deeper

DEPTH_MAX = 100
"""More lists and objects in one another are refused: no request of ours comes near, and at 254 none is written again.

orjson reads 1,024 levels and writes 254, and what is kept is written inside of other things.
"""


class JsonError(ValueError):
    """The text cannot be taken. Its message follows a name: `is not JSON`."""


def parsed(text: bytes | str) -> Any:
    """The value. Raises JsonError."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise JsonError("is not JSON") from None
    opened = text.count(b"[") + text.count(b"{") if isinstance(text, bytes) else text.count("[") + text.count("{")
    if opened > DEPTH_MAX and is_deeper(value, DEPTH_MAX):
        raise JsonError(f"is nested more than {DEPTH_MAX} levels deep")
    return value
