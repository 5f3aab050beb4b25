"""Invented vendors with a small document: the kiosk has every kind of write, and a twin another name only."""

import json
from pathlib import Path
from typing import Any

from tidegate.chaos.apps.cast import Cast, cast_of
from tidegate.openapi.document import Document
from tidegate.scenario.load import GivenRequest
from tidegate.scenario.scenario import Scenario
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor

FILE = """\
vendor: kiosk
purpose: Sells tickets.
owner: ticket-team
document: openapi.json
facts:
  base_url: https://api.kiosk.example
  auth: {scheme: header, header: X-Kiosk-Key, secret: env:KIOSK_KEY}
  request_id: {header: X-Kiosk-Request}
  errors:
    envelope: /fault
    code: /fault/code
    retry_hint: {header: X-Kiosk-Retry}
    body: {fault: {code: "{code}", text: "{message}"}}
    ours: {fault: {code: "{problem}", text: "{detail}"}}
  idempotency: {header: Kiosk-Token, methods: [POST], remembers: 1h}
  limits: [{name: account, rate: 20/s, burst: 10}]
policy:
  budget: 15s
  timeout: {connect: 2s, first_byte: 6s, idle: 5s, attempt: 8s}
  retry: {attempts: 3, base: 200ms, cap: 4s, budget: 10%}
  breaker: {window: 30s, calls: 20, failures: 50%, slow: 5s, open: 2.5s, open_max: 10s, probes: 2, ramp: 5s}
  queue: {depth: 300, wait: 5s}
operations:
  sellTicket: {idempotency: vendor-key}
  "*Note": {idempotency: never-resend}
"""

TICKET: dict[str, Any] = {
    "type": "object",
    "required": ["id", "holder"],
    "properties": {
        "id": {"type": "string"},
        "holder": {"type": "string"},
        "seats": {"type": "integer", "minimum": 1, "maximum": 9},
        "state": {"type": "string", "enum": ["open", "used"]},
    },
}
BODY: dict[str, Any] = {
    "type": "object",
    "required": ["holder", "seats"],
    "properties": {name: TICKET["properties"][name] for name in ("holder", "seats", "state")},
}
NOTE: dict[str, Any] = {
    "type": "object",
    "required": ["id", "text"],
    "properties": {"id": {"type": "string"}, "text": {"type": "string"}},
}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def _operation(name: str, answer: Any, body: Any = None, status: int = 200) -> dict[str, Any]:
    content = {"content": {"application/json": {"schema": answer}}} if answer is not None else {}
    node: dict[str, Any] = {"operationId": name, "responses": {str(status): {"description": "", **content}}}
    if body is not None:
        node["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return node


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Kiosk", "version": "1"},
    "paths": {
        "/tickets": {
            "get": _operation("listTickets", {"type": "array", "items": TICKET}),
            "post": _operation("sellTicket", TICKET, BODY, 201),
        },
        "/tickets/{id}": {
            "parameters": [ID],
            "get": _operation("showTicket", TICKET),
            "put": _operation("changeTicket", TICKET, BODY),
            "delete": _operation("returnTicket", None, status=204),
        },
        "/notes": {"post": _operation("leaveNote", NOTE, {**NOTE, "required": ["text"]}, 201)},
    },
}
DRAWABLE = {"listTickets", "sellTicket", "showTicket", "changeTicket", "returnTicket", "leaveNote"}

LOAD: list[dict[str, Any]] = [{"rate": "2/s"}]


def kiosk(folder: Path, name: str = "kiosk", document: dict[str, Any] | None = None) -> LoadedVendor:
    """The vendor file and its document, written into a folder of its name."""
    home = folder / name
    home.mkdir()
    (home / "vendor.yaml").write_text(FILE.replace("kiosk\n", f"{name}\n", 1), encoding="utf-8")
    (home / "openapi.json").write_text(json.dumps(document or DOCUMENT), encoding="utf-8")
    return load_vendor(home / "vendor.yaml")


def kiosk_cast(folder: Path, *names: str, given: dict[str, GivenRequest] | None = None) -> Cast:
    """The cast of a kiosk, or of several under these names."""
    loaded = [kiosk(folder, name) for name in names or ("kiosk",)]
    return cast_of([(one, Document.load(one.document_path)) for one in loaded], given or {})


def scenario(**written: Any) -> Scenario:
    """A scenario of half a minute, with two calls a second where nothing else is said."""
    return Scenario.model_validate({"name": "test", "seconds": 30, "load": LOAD, **written})
