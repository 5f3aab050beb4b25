"""Exchanges and cassettes for tests."""

import json
from pathlib import Path
from typing import Any

from tidegate.cassette import har
from tidegate.cassette.cassette_file import Recorder
from tidegate.cassette.recorded_exchange import Message, RecordedExchange
from tidegate.redaction.redactor import Redactor

JSON = {"content-type": "application/json"}


def exchange_of(
    body: bytes = b"", path: str = "/v1/things", says: bytes = b'{"n": 1}', **headers: str
) -> RecordedExchange:
    """A POST and its answer. `headers` are the request's."""
    request = Message({**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}, body)
    answer = Message({**JSON, "date": "now", "content-length": "8"}, says)
    return RecordedExchange("POST", path, request, 200, answer, 0.25)


def recorded(
    tmp_path: Path, *exchanges: RecordedExchange, secrets: tuple[str, ...] = (), recorded_s: float = 0.0
) -> Path:
    """A cassette of these exchanges, as it is written."""
    path = tmp_path / "tape.jsonl"
    with Recorder(path, "stripe", Redactor(secrets), recorded_s) as recorder:
        for exchange in exchanges:
            recorder.write(exchange)
    return path


def entry(url: str = "https://api.example.com/v1/things?a=1", **changes: Any) -> dict[str, Any]:
    return {
        "time": 120.5,
        "request": {
            "method": "POST",
            "url": url,
            "headers": [{"name": "Content-Type", "value": "application/json"}],
            "postData": {"mimeType": "application/json", "text": '{"a": 1}'},
            **changes.get("request", {}),
        },
        "response": {
            "status": 201,
            "headers": [{"name": "X-Request-Id", "value": "r1"}],
            "content": {"mimeType": "application/json", "text": '{"id": 1}'},
            **changes.get("response", {}),
        },
    }


def archive(tmp_path: Path, *entries: Any) -> Path:
    path = tmp_path / "saved.har"
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": list(entries)}}))
    return path


def only(tmp_path: Path, url: str = "https://api.example.com/v1/things", **changes: Any) -> RecordedExchange:
    """The one exchange of an archive with one entry."""
    (exchange,) = har.read(archive(tmp_path, entry(url, **changes)), "https://api.example.com").exchanges
    return exchange
