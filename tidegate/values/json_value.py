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


def is_same(one: Value, other: Value) -> bool:
    """True for equal values: 1 and 1.0 are, 1 and true are not (RFC 6902 §4.6)."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(inner, other[name]) for name, inner in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
