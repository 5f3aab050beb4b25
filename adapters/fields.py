"""Reads the fields of a vendor's JSON one by one, and says which one is not as agreed.

Knows types and JSON Pointers (RFC 6901), no vendor. Whatever the bytes are, reading them ends in a value or in
FieldError: an adapter must survive any answer.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, TypeVar

from tidegate.adapters.ports.moments import read_epoch, read_moment
from tidegate.adapters.ports.money import Money

COUNT_MAX: Final = 2**63 - 1
"""No amount and no count of any vendor is larger, and Python refuses to print a number of thousands of digits."""

Kind = TypeVar("Kind", bound=str | float)

_TYPES: Final = {
    dict: "an object",
    list: "an array",
    str: "a text",
    bool: "a boolean",
    int: "a whole number",
    float: "a number",
}


class FieldError(ValueError):
    """One field is not as agreed. `pointer` is its place, `found` the kind of what is there, never its value."""

    def __init__(self, pointer: str, expected: str, found: str) -> None:
        super().__init__(f"{pointer or 'the body'}: expected {expected}, found {found}")
        self.pointer = pointer
        self.expected = expected
        self.found = found


def parse(body: bytes) -> "Fields":
    """The object that `body` holds. Raises FieldError where it holds anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):  # also: not UTF-8, a number of thousands of digits, nested without end
        raise FieldError("", "a JSON object", "no JSON" if body else "nothing") from None
    if not isinstance(value, dict):
        raise FieldError("", "a JSON object", kind_of(value))
    return Fields(value, "")


def parse_list(body: bytes) -> "list[Fields]":
    """The objects of the array that `body` holds. Raises FieldError where it holds anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise FieldError("", "a JSON array", "no JSON" if body else "nothing") from None
    if not isinstance(value, list):
        raise FieldError("", "a JSON array", kind_of(value))
    return [*Fields({"": value}, "").children("")]


def kind_of(value: object) -> str:
    """The JSON type of a value, in words."""
    return "null" if value is None else _TYPES.get(type(value), type(value).__name__)


class Fields:
    """An object of a JSON document, with its place in it."""

    def __init__(self, value: dict[str, object], pointer: str) -> None:
        self._value = value
        self._pointer = pointer

    def at(self, name: str) -> str:
        """The JSON Pointer of a field."""
        return f"{self._pointer}/{name.replace('~', '~0').replace('/', '~1')}"

    def wrong(self, name: str, expected: str) -> FieldError:
        """The error to raise where a field's value is of no use."""
        return FieldError(
            self.at(name), expected, kind_of(self._value[name]) if name in self._value else "no such field"
        )

    def has(self, name: str) -> bool:
        """True where the field is there and not null."""
        return self._value.get(name) is not None

    def text(self, name: str) -> str:
        """A text that is not empty."""
        value = self.maybe_text(name)
        if not value:
            raise self.wrong(name, "a text")
        return value

    def maybe_text(self, name: str) -> str:
        """A text; empty where it is null or not there."""
        value = self._value.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or not _is_unicode(value):
            raise self.wrong(name, "a text")
        return value

    def count(self, name: str) -> int:
        """A whole number, not negative and not beyond `COUNT_MAX`."""
        value = self._value.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= COUNT_MAX:
            raise self.wrong(name, "a whole number, not negative")
        return value

    def flag(self, name: str) -> bool:
        """A boolean."""
        value = self._value.get(name)
        if not isinstance(value, bool):
            raise self.wrong(name, "a boolean")
        return value

    def maybe(self, name: str, kind: type[Kind]) -> Kind | None:
        """A value of one JSON type; None where it is null, not there, or of another type. A whole number is a float."""
        value: Kind | None = _of_kind(self._value.get(name), kind)
        return value

    def moment(self, name: str) -> datetime:
        """A moment as a text of RFC 3339, in UTC. One without an offset is none."""
        text = self.text(name)
        try:
            return read_moment(text)
        except ValueError:
            raise self.wrong(name, "a time with its offset from UTC") from None

    def epoch(self, name: str) -> datetime:
        """A moment as whole seconds since 1970, in UTC."""
        seconds = self.count(name)
        try:
            return read_epoch(seconds)
        except ValueError:
            raise self.wrong(name, "a time in seconds since 1970") from None

    def decimal_money(self, name: str, currency: str) -> Money:
        """An amount of a currency, as a decimal number in a text."""
        text = self.text(name)
        try:
            return Money.of_decimal(text, currency)
        except ValueError as error:
            raise self.wrong(name, f"an amount ({error})") from None

    def child(self, name: str) -> "Fields":
        """An object."""
        child = self.maybe_child(name)
        if child is None:
            raise self.wrong(name, "an object")
        return child

    def maybe_child(self, name: str) -> "Fields | None":
        """An object; None where it is null or not there."""
        value = self._value.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.wrong(name, "an object")
        return Fields(value, self.at(name))

    @property
    def names(self) -> "list[str]":
        """The names of the fields."""
        return list(self._value)

    def is_text(self, name: str) -> bool:
        """True where the field is a text."""
        return isinstance(self._value.get(name), str)

    def entries(self, name: str) -> "list[object]":
        """What is in an array, of any type."""
        value = self._value.get(name)
        if not isinstance(value, list):
            raise self.wrong(name, "an array")
        return value

    def children(self, name: str) -> "Iterator[Fields]":
        """The objects of an array."""
        value = self._value.get(name)
        if not isinstance(value, list):
            raise self.wrong(name, "an array")
        for index, item in enumerate(value):
            if not isinstance(item, dict):
                raise FieldError(f"{self.at(name)}/{index}", "an object", kind_of(item))
            yield Fields(item, f"{self.at(name)}/{index}")


def _is_unicode(value: str) -> bool:
    """False for half a surrogate pair, which JSON can spell and no file or log can hold."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _of_kind(value: Any, kind: type[object]) -> Any:
    """The value where it is of this type, else None."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > COUNT_MAX:
        return None
    if kind is float and type(value) is int:
        return float(value)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        return None
    return value if not isinstance(value, str) or _is_unicode(value) else None
