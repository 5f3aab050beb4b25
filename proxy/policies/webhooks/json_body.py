"""A body read as JSON, within bounds.

A signature that stands in the body covers what we read of it. Where a name stands twice in an object, the next reader
may read the other one: such a body is refused before it is verified. Where the whole body is signed, that is no matter.
"""

import json
from typing import Any

import orjson

from tidegate.proxy.policies.webhooks.bounds import PARSED_BYTES_MAX, UNVERIFIED_BYTES_MAX
from tidegate.proxy.policies.webhooks.verdict import WebhookFlaw


class _Ambiguous(ValueError):
    """A name stands twice, or a number is not finite."""


def verified_json(body: bytes) -> Any | WebhookFlaw:
    """The value that a verified body holds."""
    if len(body) > PARSED_BYTES_MAX:
        return WebhookFlaw.BODY_TOO_LARGE
    try:
        return orjson.loads(body)
    except ValueError:
        return WebhookFlaw.MALFORMED_BODY


def unverified_json(body: bytes) -> Any | WebhookFlaw:
    """The value that a body holds, of which nobody knows yet whose it is."""
    if len(body) > UNVERIFIED_BYTES_MAX:
        return WebhookFlaw.BODY_TOO_LARGE
    try:
        text = body.decode("utf-8")
    except UnicodeError:
        return WebhookFlaw.BODY_NOT_UTF8
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return WebhookFlaw.MALFORMED_BODY


def scalar_text(value: object) -> str | None:
    """A text, a whole number or a truth value as text; an absent or null value as an empty one. None for others."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:d}" if abs(value) < 10**30 else None
    return value if isinstance(value, str) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) != len(pairs):
        raise _Ambiguous
    return whole


def _no_number(_constant: str) -> None:
    raise _Ambiguous
