"""The number or the text at a JSON Pointer (RFC 6901). It knows nothing of what the value means."""

from tidegate.json_pointer import at_pointer


def number_at(document: object, pointer: str) -> float | None:
    """The number at a pointer that is not negative, or None. Digits in a string are no number."""
    value = at_pointer(document, pointer)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf"):
        return float(value)
    return None


def text_at(document: object, pointer: str, *, numbers: bool) -> str | None:
    """The text at a pointer, as a header would have it: a number in digits, or a string unless only `numbers`."""
    value = number_at(document, pointer)
    if value is not None:
        return f"{value:.9f}"
    text = at_pointer(document, pointer)
    return text if isinstance(text, str) and not numbers else None
