"""The shape of a value: what stays of it without its content. An id's prefix, a date's form, a code's length.

Shapes are few for one field of one vendor, so a new one tells of a change; and they hold nothing personal. Content that
is free (text, names) has the shape `text`.
"""

import re
from math import isfinite
from typing import Any

TEXT_CHARS_MAX = 256
"""A longer text is a text, whatever it looks like."""

_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:([Tt ])\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(Z|z|[+-]\d\d:?\d\d)?)?")
_DIGITS = re.compile(r"-?\d+")
_DECIMAL = re.compile(r"-?\d+\.(\d+)")
_CODE = re.compile(r"[A-Z]{2,4}")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.:/-]{0,47}")
_ID = re.compile(r"([A-Za-z]{1,12}(?:_[a-z]{2,8})*[_-])?([A-Za-z0-9]{6,})")
_HEX = re.compile(r"(?:[0-9a-f]{16,}|[0-9A-F]{16,})")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"([a-z][a-z0-9+.-]{1,10})://\S+")
_PHONE = re.compile(r"\+\d{6,15}")
_PLAIN = ((_UUID, "uuid"), (_HEX, "hex"), (_MAIL, "e-mail"))


def shape_of(text: str) -> str:
    """The shape of a text."""
    if not text:
        return "empty"
    if len(text) > TEXT_CHARS_MAX:
        return "text"
    if text[0].isdigit() or text[0] in "+-":
        numeric = _numeric(text)
        if numeric:
            return numeric
    for pattern, name in _PLAIN:
        if pattern.fullmatch(text):
            return name
    return _lettered(text)


def _lettered(text: str) -> str:
    """The shape of a text of letters, perhaps with digits among them."""
    if _CODE.fullmatch(text):
        return f"code of {len(text)} letters"
    named = _ID.fullmatch(text)
    if named and _is_random(named[2]):
        return f"id {named[1] or ''}".rstrip()
    if _WORD.fullmatch(text):
        return "WORD" if text.isupper() else "word" if text.islower() else "Word"
    url = _URL.fullmatch(text)
    return f"{url[1]} address" if url else "text"


def _numeric(text: str) -> str:
    if _DIGITS.fullmatch(text):
        return "digits"
    if _DECIMAL.fullmatch(text):
        return "decimal"
    date = _DATE.fullmatch(text)
    if date:
        if date[1] is None:
            return "date"
        return f"date-time {'Z' if date[2] in ('Z', 'z') else 'with an offset' if date[2] else 'without a zone'}"
    return "phone number" if _PHONE.fullmatch(text) else ""


def _is_random(part: str) -> bool:
    """Whether letters and digits are mixed as nobody writes a word."""
    digits = sum(character.isdigit() for character in part)
    return digits > 0 and (digits >= 2 or len(part) >= 12)


def length_of(text: str, shape: str) -> int | None:
    """The length of an id, which is one for all of a vendor's ids of one kind; None for what has none to speak of."""
    return len(text) if shape == "hex" or shape.startswith("id") else None


def number_of(value: Any) -> float | None:
    """A number, or a text that is one; None for all else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        try:
            number = float(value)
        except OverflowError:
            return None
        return number if isfinite(number) else None
    if isinstance(value, str) and len(value) <= 32 and (_DIGITS.fullmatch(value) or _DECIMAL.fullmatch(value)):
        return float(value)
    return None


def decimals_of(value: Any) -> int:
    """The number of decimals that are written, 4 at most."""
    if isinstance(value, float):
        text = repr(value)
        return 0 if value.is_integer() or "e" in text else min(len(text.partition(".")[2]), 4)
    if isinstance(value, str):
        found = _DECIMAL.fullmatch(value)
        return min(len(found[1]), 4) if found else 0
    return 0


def word_of(value: Any) -> str | None:
    """The word that an enum might have; None for what is none."""
    if value is True or value is False:
        return str(value).lower()
    if isinstance(value, str) and len(value) <= 48 and _WORD.fullmatch(value):
        return value
    return None
