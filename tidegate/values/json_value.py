"""JSON values as the simulator passes them around, and the mark of a value that is not there."""

from typing import Any, Final

import orjson

Value = Any
"""A value that JSON can write."""

Obj = dict[str, Any]
"""A JSON object that is one of the vendor's."""

NOTHING: Final = object()
"""No value at all, where None would be JSON's null."""


def as_text(value: Value) -> str:
    """A value as text: a string as it is, anything else as JSON has it."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
