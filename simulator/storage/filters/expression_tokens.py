"""The words, texts and signs of a filter that is written as an expression."""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from tidegate.simulator.storage.filters.joined_conditions import UnfollowedError

Token = tuple[str, str]
"""What it is, `text`, `sign` or `word`, and its letters; both empty at the end."""

_TOKEN = re.compile(
    r"\s*(?:(?P<text>(?:datetime|datetimeoffset|guid)?'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<sign>=[a-z]+=|[!<>=]=|[<>=]|&&|\|\||[()\[\],;!~])|(?P<word>[^\s()\[\]'\",;=<>!&|~]+))"
)
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", re.ASCII)


def tokens(text: str) -> Iterator[Token]:
    """All of an expression, and the end. Raises UnfollowedError."""
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            raise UnfollowedError
        place = match.end()
        yield str(match.lastgroup), match[str(match.lastgroup)]
    yield "", ""


def value_of(token: Token) -> Any:
    """The value that a text or a word stands for. Raises UnfollowedError."""
    form, text = token
    if form == "text":
        return _unquoted(text)
    if form != "word":
        raise UnfollowedError
    if text in ("true", "false"):
        return text == "true"
    if text == "null":
        return None
    return (float(text) if "." in text else int(text)) if _NUMBER.fullmatch(text) else text


def _unquoted(text: str) -> Any:
    if not text.startswith('"'):
        return text[text.index("'") + 1 : -1].replace("''", "'")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text[1:-1]
