"""JSON Pointers (RFC 6901): taken apart, written, and followed in a value. What stands there is none of its matter."""

from typing import Any

_PLACE_DIGITS_MAX = 9
"""No list is so long that a place in it has more digits."""


def steps_of(pointer: str) -> list[str]:
    """The names that lead to the place: `/paths/~1things` has `paths` and `/things`."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def token_of(name: str) -> str:
    """A name as it stands in a pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def at_pointer(document: Any, pointer: str) -> Any:
    """The value at a pointer, None where there is none."""
    for step in steps_of(pointer):
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list) and is_place(step) and int(step) < len(document):
            document = document[int(step)]
        else:
            return None
    return document


def is_place(step: str) -> bool:
    """True where a step can be a place in a list (RFC 6901 §4)."""
    return step.isascii() and step.isdecimal() and len(step) <= _PLACE_DIGITS_MAX
