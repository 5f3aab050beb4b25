"""From an answer of a vendor's to values, or to the failure that it amounts to: what adapters of plain mapping share.

Knows statuses as HTTP has them, and no vendor's words: an adapter that knows better looks before it asks here.
"""

import contextlib
from collections.abc import Callable
from typing import Final, TypeVar

from tidegate.adapters.fields import FieldError, Fields, parse, parse_list
from tidegate.adapters.gateway import GatewayResponse
from tidegate.adapters.ports.failures import VendorFailure
from tidegate.adapters.vendor_answer import broken, failure_by_status

Value = TypeVar("Value")

_TEXTS: Final = ("message", "detail", "error_description", "description", "title", "error", "msg")
_CODES: Final = ("code", "error_code", "errorCode", "type", "error")
_ENVELOPES: Final = ("error", "errors", "fault")


def read_object(answer: GatewayResponse, read: Callable[[Fields], Value], *at: str) -> Value:
    """The object of an answer of success; `at` leads to it. Raises the failure that any other answer amounts to."""
    ensure_success(answer)
    try:
        return read(_inner(parse(answer.body), at))
    except FieldError as error:
        raise broken(answer, error) from None


def read_list(answer: GatewayResponse, read: Callable[[Fields], Value], *at: str) -> list[Value]:
    """The list of an answer of success; `at` leads to it. Raises the failure that any other answer amounts to."""
    ensure_success(answer)
    try:
        if not at:
            return [read(item) for item in parse_list(answer.body)]
        return [read(item) for item in _inner(parse(answer.body), at[:-1]).children(at[-1])]
    except FieldError as error:
        raise broken(answer, error) from None


def ensure_success(answer: GatewayResponse) -> None:
    """Raise the failure that an answer amounts to, unless it is one of success."""
    if not 200 <= answer.status < 300:
        raise vendor_failure(answer)


def vendor_failure(answer: GatewayResponse) -> VendorFailure:
    """The failure that an answer without success amounts to, by its status alone."""
    text, code = _words(answer)
    return failure_by_status(answer, text, code=code)


def _inner(fields: Fields, at: tuple[str, ...]) -> Fields:
    for name in at:
        fields = fields.child(name)
    return fields


def _words(answer: GatewayResponse) -> tuple[str, str]:
    """Message and code of an error, by the names that most vendors use; a sentence of our own where there is none."""
    text = f"The vendor answered {answer.status}"
    try:
        fields = parse(answer.body)
    except FieldError:
        return text, ""
    places = [fields]
    for name in _ENVELOPES:
        with contextlib.suppress(FieldError):
            places.append(fields.child(name))
    message = next((found for place in places for name in _TEXTS if (found := place.maybe(name, str))), None)
    code = next((found for place in places for name in _CODES if (found := place.maybe(name, str))), "")
    return message or text, code
