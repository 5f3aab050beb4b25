"""Values as YAML on one line, so that any text of a document is read back as what it was."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def written(value: Any) -> str:
    """A value in YAML's flow style."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return text(value)
        case Mapping():
            return "{" + ", ".join(f"{text(str(key))}: {written(inner)}" for key, inner in value.items()) + "}"
        case Sequence():
            return "[" + ", ".join(map(written, value)) + "]"
        case _:
            return "null"


def text(value: str) -> str:
    """A text: plain where that is safe, else in double quotes. What cannot be printed becomes a blank."""
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else " " for char in escaped) + '"'


def comment(value: str) -> str:
    """A text that may stand in a comment: one line, bounded."""
    line = " ".join("".join(char if char.isprintable() else " " for char in value).split())
    return line if len(line) <= 100 else f"{line[:97].rstrip()}…"
