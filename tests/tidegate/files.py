"""A small vendor file and document on disk, without a mistake, for tests that change one thing of it."""

import json
from pathlib import Path
from typing import Any

VENDOR = """\
vendor: shop
purpose: Sells things.
owner: shop-team
document: openapi.json
facts:
  base_url: https://api.shop.example
  auth:
    scheme: bearer
    secret: env:SHOP_KEY
    rotate_every: 90d
    scopes: may read and write orders
  errors: {envelope: /error, ours: {error: "{problem}"}}
  idempotency: {header: Idempotency-Key, methods: [POST], remembers: 24h}
  limits:
    - {name: account, rate: 100/s, burst: 20}
policy:
  timeout: {attempt: 12s, first_byte: 8s, connect: 2s}
  quota_alert: [80%, 95%]
  alerts: {errors: 5%, slow_p99: 5s, runbook: shop}
operations:
  Post*: {idempotency: vendor-key}
"""

ANSWER = {"responses": {"200": {"description": "fine"}}}

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Shop", "version": "1"},
    "paths": {
        "/orders": {
            "get": {"operationId": "GetOrders", **ANSWER},
            "post": {"operationId": "PostOrders", **ANSWER},
        },
        "/orders/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {"operationId": "GetOrder", **ANSWER},
            "put": {"operationId": "PutOrder", **ANSWER},
            "delete": {"operationId": "DeleteOrder", "deprecated": True, **ANSWER},
        },
        "/orders/{id}/pay": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "post": {"operationId": "PostOrderPay", **ANSWER},
        },
    },
}


def put(folder: Path, *changes: tuple[str, str], text: str = VENDOR, document: Any = DOCUMENT) -> Path:
    """The vendor file, each change (old text, new text) made; beside it the document, unless that is None."""
    for old, new in changes:
        assert old in text, f"the example does not hold {old!r}"
        text = text.replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    if document is not None:
        (folder / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    path = folder / "vendor.yaml"
    path.write_text(text, encoding="utf-8")
    return path
