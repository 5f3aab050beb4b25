"""The document of an invented vendor: berths of harbours are booked, and a booking has notes."""

import json
from pathlib import Path
from typing import Any

from tidegate.openapi.document import Document

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}


def thing(kind: str, /, **properties: Any) -> dict[str, Any]:
    """An object of the vendor; all of its properties are required."""
    fields = {"id": TEXT, "object": {"type": "string", "enum": [kind]}, **properties}
    return {"type": "object", "required": ["id", *properties], "properties": fields}


def content(schema: Any) -> dict[str, Any]:
    """A content of JSON."""
    return {"content": {"application/json": {"schema": schema}}}


def order(**properties: Any) -> dict[str, Any]:
    """What a POST takes."""
    return {"required": True, **content({"type": "object", "required": [*properties], "properties": properties})}


def operation(id_: str, answer: Any, body: Any = None, *parameters: Any, status: str = "200") -> dict[str, Any]:
    """An operation of the vendor."""
    node = {
        "operationId": id_,
        "responses": {status: {"description": "", **content(answer)}},
        "parameters": [*parameters],
    }
    return {**node, "requestBody": body} if body is not None else node


def within(name: str) -> dict[str, Any]:
    """A parameter of the path."""
    return {"name": name, "in": "path", "required": True, "schema": TEXT}


METRES: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 400}
HARBOUR = thing("harbour", name=TEXT)
BOOKING = thing("booking", harbour_id=TEXT, metres=METRES)
NOTE = thing("note", text=TEXT)
PAGE = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
DAY = {"name": "day", "in": "query", "required": True, "schema": {"type": "string", "format": "date"}}

FERRIES: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Ferries", "version": "1"},
    "servers": [{"url": "https://api.ferries.example"}],
    "paths": {
        "/harbours": {
            "post": operation("openHarbour", HARBOUR, order(name=TEXT), status="201"),
            "get": operation("listHarbours", {"type": "array", "items": HARBOUR}, None, PAGE),
        },
        "/harbours/{harbour}": {"get": operation("showHarbour", HARBOUR, None, within("harbour"))},
        "/bookings": {
            "post": operation("book", BOOKING, order(harbour_id=TEXT, metres=METRES), status="201"),
        },
        "/bookings/{booking}": {
            "get": operation("showBooking", BOOKING, None, within("booking")),
            "delete": operation("cancelBooking", BOOKING, None, within("booking")),
        },
        "/bookings/{booking}/notes": {
            "post": operation("addNote", NOTE, order(text=TEXT), within("booking"), status="201"),
        },
        "/bookings/{booking}/notes/{note}": {
            "get": operation("showNote", NOTE, None, within("booking"), within("note")),
        },
        "/tides": {"get": operation("showTides", {"type": "object"}, None, DAY)},
    },
}  # fmt: skip


def ferries() -> Document:
    """The document, indexed."""
    return Document(FERRIES, "ferries")


VENDOR = """\
vendor: ferries
purpose: Books berths in harbours.
owner: quay-team
document: openapi.json
facts:
  base_url: https://api.ferries.example
  auth: {scheme: bearer, secret: env:FERRIES_KEY, rotate_every: 90d, scopes: may book}
  errors: {envelope: /error, ours: {error: "{problem}"}}
  idempotency: {header: Idempotency-Key, methods: [POST], remembers: 24h}
  limits:
    - {name: account, rate: 40/s, burst: 10}
policy:
  timeout: {attempt: 3s, first_byte: 2s, connect: 1s}
  budget: 8s
  quota_alert: [80%, 95%]
  alerts: {errors: 5%, slow_p99: 5s, runbook: ferries}
operations:
  book: {idempotency: vendor-key}
  openHarbour: {idempotency: vendor-key}
  addNote: {idempotency: never-resend}
"""


def vendor_file(folder: Path, *changes: tuple[str, str]) -> Path:
    """The vendor's file in a folder, with its document beside it; of each change the old text is replaced."""
    text = VENDOR
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "openapi.json").write_text(json.dumps(FERRIES), encoding="utf-8")
    (folder / "vendor.yaml").write_text(text, encoding="utf-8")
    return folder / "vendor.yaml"
