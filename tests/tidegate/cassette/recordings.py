"""Exchanges and cassettes for tests."""

from pathlib import Path

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
