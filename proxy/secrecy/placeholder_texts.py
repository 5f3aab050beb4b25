"""Placeholders in one text: a header's value, the fields of a query or a form, the members of a JSON body.

What stands at a declared place is no placeholder, or one that is granted and stands alone; anything else is refused. No
text is parsed and written anew: numbers, escapes and white space stay as the app wrote them.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import unquote_plus

import orjson

from tidegate.redaction.secret import Secret

PLACES_MAX = 64
"""A body with more texts that look like placeholders is refused."""

PAIRS_MAX = 1000
"""A form, or a query, with more fields is refused."""

Grant = Callable[[str], Secret | None]
"""The secret of a placeholder; None where it is not granted."""

_TOKEN = re.compile(r"tg_[A-Za-z0-9._~-]{1,200}")
_JSON_TOKEN = re.compile(rb'"(tg_[A-Za-z0-9._~-]{1,200})"')


class PlaceholderRefused(Exception):
    """A placeholder that must not become its secret. `where` names the place, never what stands there."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")


_NOT_GRANTED = "this placeholder is not known, or not granted to this app for this vendor"
_NOT_ALONE = "a placeholder must stand alone here"


def _alone(text: str, where: str, grant: Grant) -> str | None:
    """The secret where a text is a placeholder; None where it holds none."""
    if _TOKEN.fullmatch(text):
        secret = grant(text)
        if secret is None:
            raise PlaceholderRefused(where, _NOT_GRANTED)
        return secret.reveal()
    if _TOKEN.search(text):
        raise PlaceholderRefused(where, _NOT_ALONE)
    return None


def header_value(value: bytes, name: str, grant: Grant) -> bytes:
    """The whole value, what follows its first word, or a part of a Basic pair."""
    where, text = f"header {name}", value.decode("latin-1").strip()
    scheme, space, rest = text.partition(" ")
    if scheme.lower() == "basic" and space:
        try:
            pair = base64.b64decode(rest.strip(), validate=True).decode()
            parts = [_alone(part, where, grant) or part for part in pair.split(":", 1)]
        except (binascii.Error, UnicodeDecodeError):
            parts, pair = [], ""
        if changed := ":".join(parts):
            coded = base64.b64encode(changed.encode()).decode()
            return value if changed == pair else f"{scheme} {coded}".encode("latin-1")
    if space and not _TOKEN.search(scheme):
        secret = _alone(rest.strip(), where, grant)
        return value if secret is None else f"{scheme} {secret}".encode("latin-1")
    secret = _alone(text, where, grant)
    return value if secret is None else secret.encode("latin-1")


def with_pairs(text: str, names: Iterable[str], kind: str, grant: Grant, encode: Callable[[str], str]) -> str:
    """`a=1&b=2` with secrets in the fields of these names; the very same text where there is none."""
    wanted, changed = frozenset(names), False
    parts = text.split("&", PAIRS_MAX)
    if len(parts) > PAIRS_MAX:
        raise PlaceholderRefused(kind, f"more than {PAIRS_MAX} fields are not read for placeholders")
    for at, part in enumerate(parts):
        name, mark, value = part.partition("=")
        plain = unquote_plus(name)
        if plain in wanted and (secret := _alone(unquote_plus(value), f"{kind} {plain}", grant)) is not None:
            parts[at], changed = f"{name}{mark}{encode(secret)}", True
    return "&".join(parts) if changed else text


def with_members(body: bytes, pointers: Iterable[str], grant: Grant) -> bytes:
    """A JSON body with secrets at these pointers.

    Each text that looks like a placeholder is numbered, and the body is read: the number at a pointer tells which of
    them stands there. The others are written back as they were.
    """
    found = [*_JSON_TOKEN.finditer(body)]
    if len(found) > PLACES_MAX:
        raise PlaceholderRefused("body", f"more than {PLACES_MAX} texts look like placeholders")
    own = hashlib.blake2s(body, digest_size=16).hexdigest()  # no body holds the digest of itself
    marks = {f"{own} {number}": match for number, match in enumerate(found)}
    try:
        document = orjson.loads(_rewritten(body, {match: orjson.dumps(mark) for mark, match in marks.items()}))
    except orjson.JSONDecodeError:
        if found:
            raise PlaceholderRefused("body", "it holds a placeholder, and is not the JSON it is said to be") from None
        return body
    secrets: dict[re.Match[bytes], bytes] = {}
    for pointer in pointers:
        for value in _values(document, pointer.split("/")[1:]):
            if (match := marks.get(value)) is not None:
                secret = _alone(match[1].decode(), f"field {pointer}", grant)
                assert secret is not None
                secrets[match] = orjson.dumps(secret)
            elif _TOKEN.search(value):
                raise PlaceholderRefused(f"field {pointer}", f"{_NOT_ALONE}, written without escapes")
    return _rewritten(body, {match: secrets.get(match, match[0]) for match in found}) if secrets else body


def _rewritten(body: bytes, texts: Mapping["re.Match[bytes]", bytes]) -> bytes:
    """The body with other texts in the places of these, which are in their order."""
    pieces, end = [], 0
    for match, text in texts.items():
        pieces += [body[end : match.start()], text]
        end = match.end()
    return b"".join((*pieces, body[end:]))


def _values(document: object, steps: list[str]) -> list[str]:
    """The texts at a pointer, whose step `*` is any member."""
    level = [document]
    for step in steps:
        name = step.replace("~1", "/").replace("~0", "~")
        below: list[object] = []
        for part in level:
            if isinstance(part, dict):
                below += part.values() if step == "*" else [part[name]] if name in part else []
            elif isinstance(part, list):
                if step == "*":
                    below += part
                elif name.isdigit() and int(name) < len(part):
                    below.append(part[int(name)])
        level = below
    return [value for value in level if isinstance(value, str)]
