"""A page of the admin port: status, content, and how it is written. It knows nothing of what a page shows."""

import dataclasses
from http import HTTPStatus

import orjson


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """An answer of the admin port."""

    status: int
    body: bytes
    content_type: str = "application/json"
    document: object = None
    """What `body` is written from, for who shows it in another form."""
    allow: str = ""
    """The methods there are, where the request's is none of them (RFC 9110 §15.5.6)."""
    headers: tuple[tuple[str, str], ...] = ()
    """Further fields. Their values are ours: nothing foreign may stand in them."""
    cache: str = "no-store"
    """How long it may be kept (RFC 9111 §5.2.2)."""


def json_page(status: int, document: object) -> Page:
    """A page of one JSON document, its names in order."""
    body = orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    return Page(status, body, document=document)


def refusal(status: int, why: str) -> Page:
    """A page that says in a sentence why not."""
    return json_page(status, {"error": why})


def not_allowed(methods: str) -> Page:
    """The page for a method that is none of `methods`."""
    return dataclasses.replace(refusal(405, f"use {methods}"), allow=methods)


def written(page: Page, *, head: bool, keep_alive: bool) -> bytes:
    """A page as bytes; of an answer to HEAD, the head alone."""
    lines = [
        f"HTTP/1.1 {page.status} {HTTPStatus(page.status).phrase}",
        f"Content-Type: {page.content_type}",
        f"Cache-Control: {page.cache}",
        *(f"{name}: {value}" for name, value in page.headers),
        *([f"Allow: {page.allow}"] if page.allow else []),
        *([] if keep_alive else ["Connection: close"]),
        f"Content-Length: {len(page.body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + (b"" if head else page.body)
