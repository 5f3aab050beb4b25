"""What a cassette hides, alike when it is written and when a request is looked for on it.

A name that sounds like a secret hides its value in a query, a form, a JSON object and a part of a multipart body. Some
are none, though they are called tokens: marks of pages (`pageToken`, `NextToken`), without which no page could be told
from another, counts of a language model's tokens (`max_tokens`), and what is said about a secret (`token_type`,
`refresh_token_expires_in`). Known values are hidden when a cassette is written, by whoever knows them.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from tidegate.cassette.multipart_parts import BodyPart, body_of_parts, boundary_of, parts_of
from tidegate.cassette.recorded_exchange import Message, RecordedExchange
from tidegate.redaction.redactor import QUERY_HIDDEN, USERINFO_HIDDEN, Redactor
from tidegate.redaction.secret import REDACTED
from tidegate.redaction.secret_names import FIELD_HIDDEN, sounds_secret
from tidegate.redaction.shown_headers import HEADERS_SHOWN

PAGE_MARK = re.compile(
    r"(?i)(?:page|paging|pagination|next|prev|previous|continuation|cursor|sync|start|starting|skip|delta|resume)"
    r"[-_.]{0,2}(?:page[-_.]?)?token"
)
"""A name of a token that marks a page or a place in a list."""

COUNT = re.compile(r"(?i)tokens|token[-_.]?(?:count|limit|budget|usage|size|length|total)")
"""A name under which a number counts tokens."""

ABOUT = re.compile(
    r"""(?ix) (?: type (?:[-_.]?hint)? | kind | version | algorithm | method | status | lifetime | ttl
      | expir(?:es|y|ation) (?:[-_.]?(?:in|at|on|date|time))? ) \]?$
      | ^(?:token|authorization)[-_.]?(?:endpoint|ur[il]) $"""
)
"""A name under which something is said about a secret, and not the secret."""

CODE, WORD = re.compile(r"(?i)(?:\w+\W)?(?:code|key)\W?"), re.compile(r"[A-Za-z]{1,3}")
"""A name, and a value that is the code of a country, a currency or a language under it (ISO 3166, 4217, 639)."""

ANSWER_HEADERS_SHOWN = frozenset(
    {
        "accept-ranges", "allow", "azure-asyncoperation", "content-disposition", "content-language",
        "content-location", "content-range", "deprecation", "expires", "last-modified", "link", "location",
        "operation-location", "pragma", "preference-applied", "sunset", "tus-resumable", "upload-length",
        "upload-offset", "vary", "warning", "www-authenticate",
    }
)  # fmt: skip
"""Headers of answers that apps act on, beside those that are shown everywhere."""

ANSWER_WORDS_SHOWN = frozenset(
    {
        "api", "burst", "cost", "count", "cursor", "deprecation", "first", "id", "last", "limit", "limits", "lifecycle",
        "link", "location", "ms", "next", "offset", "page", "pages", "pagination", "policy", "poll", "prev", "previous",
        "quota", "rate", "ratelimit", "region", "remaining", "replayed", "request", "reset", "resource", "retry",
        "should", "size", "status", "sunset", "total", "used", "usage", "version", "warning",
    }
)  # fmt: skip
"""Words of a header's name, `x` aside: where all of its words are among them or one is a word of limits or of pages, it
tells how to go on."""

_GUIDING = frozenset(
    {"continuation", "count", "cursor", "limit", "limits", "page", "pages", "pagination", "quota", "ratelimit",
     "remaining", "reset", "retry", "total"}
)  # fmt: skip


def _hide(found: "re.Match[str]") -> str:
    name, value = found[1][1:-1], found[0][len(found[1]) :]
    return f"{found[1]}{REDACTED}" if _is_secret(name, value) else found[0]


def _hide_field(found: "re.Match[str]") -> str:
    name, value = found[1].split('"')[1], found[0][len(found[1]) :]
    return f'{found[1]}"{REDACTED}"' if _is_secret(name, value) else found[0]


def _is_secret(name: str, value: str) -> bool:
    """Whether the value of a name that sounds like a secret is one."""
    if PAGE_MARK.search(name) or ABOUT.search(name):
        return False
    return not (COUNT.search(name) if value.isdecimal() else WORD.fullmatch(value) and CODE.fullmatch(name))


def hidden_path(path: str) -> str:
    """A path and query, or an address, without user information and the values of keys that sound like a secret."""
    return USERINFO_HIDDEN.sub(rf"\1{REDACTED}@", QUERY_HIDDEN.sub(_hide, path))


def hidden_body(body: bytes, media: str) -> bytes:
    """A body without the values of fields that sound like a secret. `media` is its Content-Type."""
    parts = parts_of(body, media)
    if parts is not None:
        if not any(map(_holds_secret, parts)):
            return body
        kept = [replace(part, content=REDACTED.encode()) if _holds_secret(part) else part for part in parts]
        return body_of_parts(kept, boundary_of(media) or "")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return body
    shown = FIELD_HIDDEN.sub(_hide_field, text)
    if text.lstrip()[:1] not in {"{", "["}:
        shown = QUERY_HIDDEN.sub(_hide, f"&{shown}")[1:]
    return body if shown == text else shown.encode()


def _holds_secret(part: BodyPart) -> bool:
    return sounds_secret(part.name) and _is_secret(part.name, part.content.decode("latin-1"))


def answer_headers_shown(names: Iterable[str]) -> frozenset[str]:
    """Of an answer's headers, in lower case, those whose values a cassette keeps beside the ones shown everywhere."""
    return frozenset(name for name in names if name in ANSWER_HEADERS_SHOWN or _guides(name))


def _guides(name: str) -> bool:
    words = {word for word in name.split("-") if word not in ("x", "tokens")}
    if PAGE_MARK.search(name):
        return True
    return not sounds_secret("-".join(words)) and (
        (bool(words) and words <= ANSWER_WORDS_SHOWN) or not words.isdisjoint(_GUIDING)
    )


def hidden(exchange: RecordedExchange, redactor: Redactor) -> RecordedExchange:
    """The exchange without secrets.

    Hidden are values of headers that are not known to be harmless, of members of bodies whose names sound like a
    secret, and known values anywhere.
    """
    answered = exchange.answer.headers
    answer = redactor.headers(answered.items(), answer_headers_shown(answered))
    return RecordedExchange(
        exchange.method,
        redactor.text(hidden_path(exchange.path)),
        Message(redactor.headers(exchange.request.headers.items()), _without_known(exchange.request, redactor)),
        exchange.status,
        Message(
            {name: value if name in HEADERS_SHOWN else hidden_path(value) for name, value in answer.items()},
            _without_known(exchange.answer, redactor),
        ),
        exchange.took_s,
    )


def _without_known(message: Message, redactor: Redactor) -> bytes:
    body = hidden_body(message.body, message.headers.get("content-type", ""))
    try:
        return redactor.text(body.decode()).encode()
    except UnicodeDecodeError:  # a text of as many letters as it has bytes stands for it
        return redactor.text(body.decode("latin-1")).encode("latin-1")
