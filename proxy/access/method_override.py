"""Requests that ask for another method than their request line's: by a header, a field of the query, or of the content.

An app that may call some operations only, or whose writes wait for a person, must not get around that with one. What
servers are known to read is looked for, in a content that is passed on as it comes too, and nothing else of it.

PHP takes `.`, a space and `[` in a field's name for `_`, and ends the name at a zero byte; Rack, Symfony and Laravel
read the field in forms, Laravel in JSON too.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote

from multidict import CIMultiDictProxy

from tidegate.content_coding import coding_of, codings_in, decoded
from tidegate.proxy.call.content import Content

OVERRIDES = frozenset({"x-http-method-override", "x-method-override", "x-http-method"})
"""Headers by which servers take another method than the request line's (seen at Google, Microsoft, Rails, Symfony).
Servers that make variables of headers take `_` for `-`."""
_LENGTHS = frozenset(map(len, OVERRIDES))
FIELDS_MAX = 1000
OVERRIDE_FIELD = "_method"
"""The field of a query, a form or a document that does the same (Rails, Laravel, Symfony)."""
DECODED_BYTES_MAX = 8 * 1024 * 1024
"""A coded content is looked into up to this size."""


def _letters(text: str, escape: str) -> str:
    return "".join(f"(?:{letter}|{escape}{ord(letter):02x})" for letter in text)


_FORM = re.compile(
    ("(?i:[&;](?:[+ \t]|%20|%09){0,64}(?:[_. +\\[]|%5f|%2e|%20|%5b)" + _letters("method", "%") + "(?:=|%00))").encode()
)
_PART = re.compile(
    ("(?i:name\\*?[ \t]{0,16}=[ \t]{0,16}\"?(?:utf-8'[^']{0,16}')?[ \t]{0,16}(?:[_. \\[]|%5f|%2e|%20|%5b)"
     + _letters("method", "%") + "(?![a-z0-9_-]))").encode()
)  # fmt: skip
_MEMBER = re.compile(('(?i:"(?:_|\\\\u005f)' + _letters("method", "\\\\u00") + '")').encode())
_FIELDS: Mapping[str, "re.Pattern[bytes]"] = {
    "": _FORM,  # Rack reads a POST without a media type as a form
    "application/x-www-form-urlencoded": _FORM,
}


def override_of(method: str, path: str, headers: CIMultiDictProxy[str]) -> str:
    """The header or field of the query that asks for another method than `method`; empty where none does."""
    for name, value in headers.items():
        if len(name) in _LENGTHS and _spelled(name) in OVERRIDES and value.strip().upper() != method:
            return name
    query = path.partition("?")[2]
    if "method" not in unquote(query):
        return ""
    try:
        fields = parse_qsl(query, keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError:
        return OVERRIDE_FIELD
    named = any(_named(name) and value.strip().upper() != method for name, value in fields)
    return OVERRIDE_FIELD if named else ""


def override_in(content: Content, headers: CIMultiDictProxy[str]) -> str:
    """The field of a content that is in memory which may make another method of a request's; empty where none does.

    Of one that is passed on as it comes, the content itself ends where the field is met. A coded one that cannot be
    read counts as one that has it.
    """
    pattern = _pattern(headers.get("Content-Type", ""))
    coding = coding_of(headers).lower()
    if pattern is None or not content.present:
        return ""
    whole = content.whole
    if codings_in(coding):
        whole = None if whole is None else decoded(whole, coding, DECODED_BYTES_MAX)
        if whole is None:
            return f"a content in {coding[:40]} that cannot be read"
    elif content.stream is not None:
        content.stream.barred = pattern
        return ""
    return OVERRIDE_FIELD if whole and pattern.search(b"&" + whole) else ""


def _pattern(media_type: str) -> "re.Pattern[bytes] | None":
    media = media_type.partition(";")[0].strip().lower()
    if media.startswith("multipart/"):
        return _PART
    return _MEMBER if media.endswith(("/json", "+json")) else _FIELDS.get(media)


def _named(name: str) -> bool:
    """Whether a server may take a field's name for the one that overrides."""
    return re.sub(r"[. \[]", "_", name.partition("\0")[0].lstrip()) == OVERRIDE_FIELD or name == OVERRIDE_FIELD


def _spelled(name: str) -> str:
    return name.lower().replace("_", "-")
