"""Cassettes on disk: what is recorded comes back, secrets stay out, and a broken file is refused by its line."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.tidegate.cassette.recordings import exchange_of, recorded
from tidegate.cassette.cassette_file import CassetteHead, Recorder, read, read_head
from tidegate.cassette.recorded_exchange import Message, RecordedExchange
from tidegate.problems import UsageError
from tidegate.redaction.redactor import Redactor

HEAD = b'{"cassette": 1, "vendor": "x"}\n'


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    image = RecordedExchange("GET", "/logo", Message(), 200, Message({"content-type": "image/png"}, b"\x89PNG\xff"))
    written = (exchange_of(b'{"a": 1}'), image)
    assert tuple(read(recorded(tmp_path, *written))) == written


def test_secrets_are_not_written(tmp_path: Path) -> None:
    key = "sk_live_0123456789"
    exchange = exchange_of(
        f'{{"key": "{key}"}}'.encode(), f"/v1/things?token=abc&x={key}", authorization=f"Bearer {key}"
    )
    text = recorded(tmp_path, exchange, secrets=(key,)).read_text()
    assert key not in text
    assert base64.b64encode(key.encode()).decode() not in text
    assert "abc" not in text
    assert '"authorization":"[redacted]"' in text


def test_a_recording_does_not_overwrite_another(tmp_path: Path) -> None:
    path = recorded(tmp_path, exchange_of())
    with pytest.raises(UsageError, match="there already"):
        Recorder(path, "stripe", Redactor(()), 0.0)
    with pytest.raises(UsageError, match="cannot be written"):
        Recorder(tmp_path / "no" / "tape.jsonl", "stripe", Redactor(()), 0.0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "empty"),
        (b'{"cassette": 9}\n', ":1: the first line must be the head"),
        (b"[]\n", ":1: the first line must be the head"),
        (HEAD + b'{"request": {"meth', ":2: this line is not JSON; was the recording cut off"),
        (b'{"cassette": 1, "recorded_at": "soon"}\n', ":1: recorded_at is 'soon'; it looks like 2026-01-31T12:00:00Z"),
        (HEAD + b"{}\n", ":2: 'request' is missing"),
        (HEAD + b"[1]\n", ":2: this is not an exchange"),
        (HEAD + b'{"request": {"method": "GET", "path": "/"}, "answer": {"status": 99}}\n', ":2: the status is 99"),
        (
            HEAD + b'{"request": {"method": "GET", "path": "/", "body_base64": "!"}, "answer": {"status": 200}}\n',
            ":2: this is not an exchange",
        ),
    ],
)
def test_a_broken_cassette_is_refused_by_its_line(tmp_path: Path, text: bytes, says: str) -> None:
    path = tmp_path / "tape.jsonl"
    path.write_bytes(text)
    with pytest.raises(UsageError) as caught:
        tuple(read(path))
    assert says in str(caught.value)


def test_a_missing_cassette_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        tuple(read(tmp_path / "none.jsonl"))


def test_a_secret_in_a_body_that_is_no_text_is_hidden_too(tmp_path: Path) -> None:
    image = b"\x89PNG\xff\0sk_live_CANARY\xfe"
    (back,) = read(recorded(tmp_path, exchange_of(says=image), secrets=("sk_live_CANARY",)))
    assert back.answer.body == b"\x89PNG\xff\0[redacted]\xfe"


def test_the_head_says_when_the_recording_began(tmp_path: Path) -> None:
    at = datetime(2026, 1, 31, 12, tzinfo=UTC).timestamp()
    path = recorded(tmp_path, recorded_s=at + 0.7)
    assert path.read_bytes() == b'{"cassette":1,"vendor":"stripe","recorded_at":"2026-01-31T12:00:00Z"}\n'
    assert read_head(path) == CassetteHead("stripe", at)


def test_a_cassette_need_not_say_when_it_was_recorded_and_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD)
    assert read_head(path) == CassetteHead("x", None)
    assert tuple(read(path)) == ()
