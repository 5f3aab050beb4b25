"""What drift makes of one value: a function for each kind of change. None where the change means nothing for it.

Pure: a new value comes out, nothing is changed in place.
"""

import re
from datetime import UTC, datetime
from typing import Any

UNIX_TIMES = range(1_000_000_000, 4_000_000_000)
"""Whole numbers of 2001 to 2096, when read as seconds since 1970."""

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DECIMAL = re.compile(r"-?\d+\.\d+")


def retyped(value: Any) -> Any:
    """Another type that says the same: 100 → "100", "100" → 100, true → "true", text and objects into a list."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return int(value) if value.isdecimal() and len(value) < 16 else [value]
    if isinstance(value, list):
        return {str(place): item for place, item in enumerate(value)}
    return [value]


def unlisted(value: Any, listed: Any) -> Any:
    """A value of an enumeration that the enumeration does not list."""
    known = listed if isinstance(listed, list) else [value]
    if isinstance(value, str):
        made = f"{value}_extended" if value.islower() or not value.isupper() else f"{value}_EXTENDED"
        while made in known:
            made += "_2"
        return made
    if isinstance(value, int) and not isinstance(value, bool):
        return max((one for one in known if isinstance(one, int)), default=value) + 1
    return None


def scaled(value: Any, by: float | None) -> Any:
    """Another unit: seconds since 1970 become milliseconds, any other number its hundredth; or times `by`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if by is None:
        return value * 1000 if value in UNIX_TIMES else value / 100
    product = value * by
    return int(product) if isinstance(value, int) and float(by).is_integer() else round(product, 9)


def reformatted(value: Any) -> Any:
    """Another way of writing: seconds since 1970 ↔ ISO 8601, another order of a date, a comma in a decimal."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value in UNIX_TIMES else None
    if not isinstance(value, str):
        return None
    if found := _DATE.fullmatch(value):
        return f"{found[3]}/{found[2]}/{found[1]}"
    if _DECIMAL.fullmatch(value):
        return value.replace(".", ",")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return int(moment.timestamp()) if "T" in value or " " in value else None


def longer_id(value: Any, prefix: str | None, letters: str) -> Any:
    """An id of another shape: a new prefix, or the old one, and so many letters more."""
    if not isinstance(value, str) or not value:
        return None
    old, mark, rest = value.rpartition("_")
    head = prefix if prefix is not None else old + mark
    return f"{head}{rest}{letters}"


def new_name(name: str) -> str:
    """A field's new name: in camel case, or with a word more where it has only one."""
    first, *rest = name.split("_")
    if first and any(rest):
        return first + "".join(word[:1].upper() + word[1:] for word in rest)
    return f"{name}_value"


def as_problem(body: Any, status: int, phrase: str) -> dict[str, Any]:
    """An error body as problem details (RFC 9457), its sentence kept."""
    return {"type": "about:blank", "title": phrase, "status": status, "detail": _sentence(body) or phrase}


def _sentence(body: Any) -> str:
    values = list(body.values()) if isinstance(body, dict) else body if isinstance(body, list) else []
    texts = [value for value in values if isinstance(value, str) and " " in value]
    return max(texts, key=len) if texts else next((text for value in values if (text := _sentence(value))), "")
