"""A body that a person edited as it was shown: what was hidden there, and left as it stood, is put back.

A member that is as it was shown gets the value it had. Items of a list are known by their place alone, so one with
something hidden in it must stand there unchanged, in a list as long as before. What is hidden and cannot be put back is
a `Misread`: a vendor is never sent what stands for a hidden value. It refuses to know what is hidden, and why.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlencode

from tidegate.proxy.desk.delivery_query import Misread
from tidegate.redaction.secret import REDACTED

NOT_PUT_BACK = (
    "in the body stands a hidden value that cannot be put back: leave the members that hold one, and the lists around "
    "them, as they were shown, or write out the value"
)
UNREADABLE = "the edited body cannot be read as what it was before: JSON, or a form"
DEPTH_MAX = 100
"""What was hidden deeper is not put back."""
FIELDS_MAX = 10_000


def put_back(edited: bytes, shown: str, body: bytes) -> bytes | Misread:
    """The edited text of a body that was `shown` → what is to be sent. Untouched where nothing is to be put back."""
    try:
        documents = [_document(text) for text in (edited, shown, body)]
    except (ValueError, RecursionError):
        return _form(edited, shown, body)
    try:
        whole = _whole(*documents, depth=DEPTH_MAX)
        return edited if whole == documents[0] else _written(whole).encode()
    except _Lost:
        return Misread(NOT_PUT_BACK)
    except RecursionError:
        return Misread(UNREADABLE)


class _Lost(Exception):
    """Something hidden has no value to put back."""


@dataclass(frozen=True, slots=True)
class _Literal:
    """A number as it is written: none is rounded, and 1, 1.0 and true are not the same."""

    text: str


def _document(text: str | bytes) -> Any:
    return json.loads(text, parse_int=_Literal, parse_float=_Literal, parse_constant=_no_constant)


def _no_constant(name: str) -> NoReturn:
    """NaN and Infinity are no JSON (RFC 8259 §6)."""
    raise ValueError(name)


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{_written(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return value.text if isinstance(value, _Literal) else json.dumps(value)


def _whole(edited: Any, shown: Any, was: Any, *, depth: int) -> Any:
    if edited == shown:
        return was
    if depth and isinstance(edited, dict) and isinstance(shown, dict) and isinstance(was, dict):
        return {name: _member(name, value, shown, was, depth - 1) for name, value in edited.items()}
    lists = isinstance(edited, list) and isinstance(shown, list) and isinstance(was, list)
    if lists and len(edited) == len(shown) == len(was):
        triples = zip(edited, shown, was, strict=True)
        return [old if new == seen else _plain(new) for new, seen, old in triples]
    return _plain(edited)


def _member(name: str, value: Any, shown: Mapping[str, Any], was: Mapping[str, Any], depth: int) -> Any:
    _plain(name)
    if name in shown and name in was:
        return _whole(value, shown[name], was[name], depth=depth)
    return _plain(value)


def _plain(value: Any) -> Any:
    """A value that a person wrote: nothing in it may stand for a hidden one."""
    if REDACTED in _written(value):
        raise _Lost
    return value


def _form(edited: bytes, shown: str, body: bytes) -> bytes | Misread:
    """As above, for `a=1&b[c]=2`. A name that stands there more than once is changed as a whole, or not at all."""
    try:
        new, seen, was = (
            parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=FIELDS_MAX)
            for text in (edited.decode().strip(), shown, body.decode())
        )
    except ValueError:
        return Misread(UNREADABLE)
    now, then, before = (_by_name(form) for form in (new, seen, was))
    unchanged = {name for name, values in now.items() if values == then.get(name)}
    kept = {name for name in unchanged if len(before.get(name, ())) == len(now[name])}
    pairs = [(name, before[name].pop(0) if name in kept else value) for name, value in new]
    if any(REDACTED in text for name, value in pairs for text in (name, "" if name in kept else value)):
        return Misread(NOT_PUT_BACK)
    return urlencode(pairs).encode() if pairs != new else edited


def _by_name(form: list[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in form:
        values.setdefault(name, []).append(value)
    return values
