"""The benchmarked proxy's configuration: a vendor file, its document and a tidegate.yaml, with every stage on.

No stage may spare a call the way to the vendor: limits and places are far above what one core can reach, the cache is
asked and keeps nothing, because the upstream forbids it, no two reads at once are the same, and none is so slow that it
is sent twice. It writes files and starts nothing.
"""

import json
from pathlib import Path

VENDOR = "bench"
TOKENED = "tokened"
"""The same vendor, whose access tokens the proxy fetches."""
GET_PATH = "/v1/things/thing_"
"""A number follows, another one for each call."""
POST_PATH = "/v1/things"
UNKEYED_PATH = "/v1/notes"
"""Of a write that is never resent."""
HOST = "bench.invalid"
"""The vendor's server, by its file."""
CA_FOLDER = "ca"
"""The CA of the forward proxy, below the folder of the configuration."""
SECRET_VARIABLE = "TIDEGATE_BENCH_SECRET"  # noqa: S105  # a variable's name

_FILE = """\
vendor: {vendor}
purpose: Answers the benchmark.
owner: bench
criticality: low
document: openapi.json

facts:
  base_url: https://{host}
  region: us
  auth:
    scheme: bearer
    secret: "env:{secret}"
    rotate_every: 90d
    scopes: everything the benchmark asks for
{tokens}  errors:
    envelope: /error
    code: /error/code
    ours: {{error: {{code: "{{problem}}", message: "{{detail}}"}}}}
  idempotency: {{header: Idempotency-Key, methods: [POST], remembers: 24h, replays: [2xx, 4xx, 5xx]}}
  limits:
    - {{name: account, rate: 1000000/s, burst: 100000, algorithm: token-bucket, scope: credential}}
    - {{name: endpoint, rate: 1000000/s, burst: 100000, algorithm: token-bucket, scope: operation}}

policy:
  budget: 20s
  timeout: {{connect: 2s, first_byte: 8s, idle: 5s, attempt: 10s}}
  retry: {{attempts: 3, base: 200ms, cap: 5s, jitter: full, budget: 10%}}
  bulkhead: {{concurrent: 1000}}
  quota_alert: [80%, 95%]
  alerts: {{errors: 5%, slow_p99: 5s, runbook: bench}}

operations:
  GetThingsThing:
    cache: {{fresh: 1m, stale_if_error: 5m}}
    coalesce: app
    hedge: {{after: 5s}}
    unavailable: {{static: {{status: 503, body: {{error: {{code: away}}}}}}}}
  PostThings:
    idempotency: vendor-key
    unavailable: {{fail: nobody waits for it}}
  PostNotes:
    idempotency: never-resend
    unavailable: {{fail: nobody waits for it}}
"""

_TOKENS = """\
    oauth: {token: /oauth/token}
    tokens: {grant: client_credentials, client_id: bench}
"""
_ANSWER = {"description": "A thing.", "content": {"application/json": {"schema": {"type": "object"}}}}
_DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "bench", "version": "1"},
    "paths": {
        "/v1/things": {"post": {"operationId": "PostThings", "responses": {"200": _ANSWER}}},
        "/v1/notes": {"post": {"operationId": "PostNotes", "responses": {"200": _ANSWER}}},
        "/v1/things/{thing}": {
            "get": {
                "operationId": "GetThingsThing",
                "parameters": [{"name": "thing", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {"200": _ANSWER},
            }
        },
    },
}


def write_vendor(home: Path, vendor: str = VENDOR) -> Path:
    """Write a vendor's folder into `home`; returns the folder."""
    folder = home / vendor
    folder.mkdir(exist_ok=True)
    tokens = _TOKENS if vendor == TOKENED else ""
    text = _FILE.format(secret=SECRET_VARIABLE, host=HOST, vendor=vendor, tokens=tokens)
    (folder / "vendor.yaml").write_text(text, encoding="utf-8")
    (folder / "openapi.json").write_text(json.dumps(_DOCUMENT), encoding="utf-8")
    return folder


def log_path(home: Path, name: str) -> Path:
    """The log of the proxy called `name`: a line a call."""
    return home / f"{name}.calls.jsonl"


def write_config(
    home: Path, name: str, *, listen: int, admin: int, upstream: int, otlp: int | None = None, pushed: bool = False
) -> Path:
    """Write a proxy's configuration; the numbers are ports of 127.0.0.1. `otlp` traces 5 % of the calls.

    With `pushed`, metrics go to the same collector every second: sixty times as often as is usual.
    """
    telemetry: dict[str, str] = {"log": str(log_path(home, name))}
    if otlp is not None:
        telemetry |= {"otlp": f"http://127.0.0.1:{otlp}", "sample": "5%"}
    if pushed:
        telemetry |= {"metrics_every": "1s"}
    path = home / f"{name}.yaml"
    path.write_text(
        json.dumps({
            "listen": f"127.0.0.1:{listen}",
            "admin": f"127.0.0.1:{admin}",
            "store": f"{name}.db",
            "vendors": [str(write_vendor(home, vendor)) for vendor in (VENDOR, TOKENED)],
            "use": {
                vendor: {"base_url": f"http://127.0.0.1:{upstream}", "private_addresses": "allow"}
                for vendor in (VENDOR, TOKENED)
            },
            "forward": {"ca": {"folder": CA_FOLDER}},
            "telemetry": telemetry,
        }),
        encoding="utf-8",
    )  # fmt: skip
    return path
