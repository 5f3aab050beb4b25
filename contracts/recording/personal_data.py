"""Hides in an exchange what patterns know by its form: numbers of cards and accounts, addresses. JSON stays JSON."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote_plus

import orjson

from tidegate.cassette.recorded_exchange import Message, RecordedExchange
from tidegate.redaction.patterns import Patterns

FORM = "application/x-www-form-urlencoded"

PAIRS_MAX = 10_000
"""Of a query or a form, so many fields are decoded; what follows is looked at as it is."""


def without_personal_data(exchange: RecordedExchange, patterns: Patterns) -> RecordedExchange:
    """The exchange without what the patterns find in its path and its bodies; what is no text stays."""
    place, mark, query = exchange.path.partition("?")
    return replace(
        exchange,
        path=patterns.hidden(place) + mark + _hidden_form(query, patterns),
        request=_without(exchange.request, patterns),
        answer=_without(exchange.answer, patterns),
    )


def _without(message: Message, patterns: Patterns) -> Message:
    try:
        text = message.body.decode()
    except UnicodeDecodeError:
        return message
    if message.headers.get("content-type", "").lower().startswith(FORM):
        return Message(message.headers, _hidden_form(text, patterns).encode())
    shown = patterns.hidden(text)
    if shown == text or not _is_json(text) or _is_json(shown):
        return Message(message.headers, shown.encode())
    # A number was hidden that stands without quotes, so the values are looked at one by one.
    return Message(message.headers, orjson.dumps(_hidden_within(orjson.loads(text), patterns)))


def _hidden_form(written: str, patterns: Patterns) -> str:
    """A form or a query. Values are looked at decoded: in one that is coded, no number has its own spaces."""
    return "&".join(_pairs(written, patterns))


def _pairs(written: str, patterns: Patterns) -> Iterator[str]:
    *pairs, rest = written.split("&", PAIRS_MAX)
    for pair in (*pairs, rest):
        name, mark, value = pair.partition("=")
        plain = unquote_plus(value)
        shown = patterns.hidden(plain)
        yield pair if shown == plain else f"{name}{mark}{shown}"


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _hidden_within(value: Any, patterns: Patterns) -> Any:
    """The same of JSON's values, one by one. orjson reads no deeper than its own bound."""
    if isinstance(value, dict):
        return {name: _hidden_within(inner, patterns) for name, inner in value.items()}
    if isinstance(value, list):
        return [_hidden_within(inner, patterns) for inner in value]
    text = value if isinstance(value, str) else str(value) if type(value) is int else ""
    shown = patterns.hidden(text)
    return value if shown == text else shown
