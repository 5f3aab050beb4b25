"""Values as headers have them (OpenAPI 3.1, style `simple`), and names that a header may have."""

import re

from tidegate.values.json_value import Value, as_text

_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)


def is_sendable(name: str) -> bool:
    """True for a name that a header may have (RFC 9110 §5.6.2); with another no message could be read."""
    return _NAME.fullmatch(name) is not None


def simple(value: Value, *, explode: bool = False) -> str:
    """A value as a header has it: lists with commas, objects too, and nothing that would end the line."""
    if isinstance(value, list):
        text = ",".join(as_text(item) for item in value)
    elif isinstance(value, dict):
        between = "=" if explode else ","
        text = ",".join(f"{key}{between}{as_text(item)}" for key, item in value.items())
    else:
        text = as_text(value)
    if text.isascii() and text.isprintable():
        return text
    return "".join(char for char in text if " " <= char <= "~" or "\xa0" <= char <= "\xff")
