"""Cassettes: what is recorded comes back, secrets stay out, and a broken file is refused by its line."""

import base64
from pathlib import Path

import pytest

from tests.simulator.conftest import Play, facts
from tidegate.problems import UsageError
from tidegate.redaction.redactor import Redactor
from tidegate.simulator.cassette.cassette import Cassette, Message, RecordedExchange, Recorder, read

JSON = {"content-type": "application/json"}


def exchange_of(
    body: bytes = b"", path: str = "/v1/things", says: bytes = b'{"n": 1}', **headers: str
) -> RecordedExchange:
    request = Message({**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}, body)
    return RecordedExchange(
        "POST", path, request, 200, Message({**JSON, "date": "now", "content-length": "8"}, says), 0.25
    )


def recorded(tmp_path: Path, *exchanges: RecordedExchange, secrets: tuple[str, ...] = ()) -> Path:
    path = tmp_path / "tape.jsonl"
    with Recorder(path, "stripe", Redactor(secrets)) as recorder:
        for exchange in exchanges:
            recorder.write(exchange)
    return path


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    image = RecordedExchange("GET", "/logo", Message(), 200, Message({"content-type": "image/png"}, b"\x89PNG\xff"))
    written = (exchange_of(b'{"a": 1}'), image)
    assert tuple(read(recorded(tmp_path, *written))) == written


def test_the_nth_request_gets_the_nth_answer_and_then_the_last() -> None:
    tape = Cassette([exchange_of(says=b"1"), exchange_of(says=b"2"), exchange_of(b'{"other": 1}', says=b"3")])
    played = [tape.play("POST", "/v1/things", b"", {"Content-Type": "application/json"}) for _ in range(3)]
    assert [answer.body for answer in played if answer] == [b"1", b"2", b"2"]
    tape.rewind()
    again = tape.play("POST", "/v1/things", b"", {"Content-Type": "application/json"})
    assert again is not None
    assert again.body == b"1"
    assert len(tape) == 3


@pytest.mark.parametrize(
    ("path", "media", "body"),
    [
        ("/v1/things?a=1&b=2", "application/json", b'{"x": 1, "y": [2]}'),
        ("/v1/things?b=2&a=1", "application/json; charset=utf-8", b'{"y":[2],"x":1}'),
    ],
)
def test_the_order_of_fields_is_no_matter(path: str, media: str, body: bytes) -> None:
    tape = Cassette([exchange_of(b'{"y": [2], "x": 1}', "/v1/things?a=1&b=2")])
    assert tape.play("POST", path, body, {"Content-Type": media}) is not None


@pytest.mark.parametrize("body", [b'{"a":' * 300 + b"1" + b"}" * 300, b"[" * 5000, b'{"a":\xff}'])
def test_json_that_cannot_be_read_or_written_is_compared_as_it_is(body: bytes) -> None:
    tape = Cassette([exchange_of(body)])
    assert tape.play("POST", "/v1/things", body, {"Content-Type": "application/json"}) is not None
    assert tape.play("POST", "/v1/things", body + b" ", {"Content-Type": "application/json"}) is None


def test_forms_are_compared_by_their_fields() -> None:
    form = "application/x-www-form-urlencoded"
    tape = Cassette([exchange_of(b"a=1&b=2", content_type=form)])
    assert tape.play("POST", "/v1/things", b"b=2&a=1", {"Content-Type": form}) is not None
    assert tape.play("POST", "/v1/things", b"b=2&a=2", {"Content-Type": form}) is None


@pytest.mark.parametrize("other", ["GET /v1/things", "POST /v1/things/", "POST /v1/things?a=1"])
def test_another_request_has_no_answer(other: str) -> None:
    method, path = other.split()
    assert Cassette([exchange_of()]).play(method, path, b"", {"Content-Type": "application/json"}) is None


def test_headers_of_the_transfer_and_hidden_ones_are_not_played(tmp_path: Path) -> None:
    exchange = exchange_of()
    secret = Message({**exchange.answer.headers, "set-cookie": "session=1"}, exchange.answer.body)
    exchange = RecordedExchange("POST", "/v1/things", exchange.request, 200, secret)
    answer = Cassette.load(recorded(tmp_path, exchange)).play(
        "POST", "/v1/things", b"", {"Content-Type": "application/json"}
    )
    assert answer is not None
    assert dict(answer.headers) == JSON


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
        Recorder(path, "stripe", Redactor(()))
    with pytest.raises(UsageError, match="cannot be written"):
        Recorder(tmp_path / "no" / "tape.jsonl", "stripe", Redactor(()))


HEAD = b'{"cassette": 1, "vendor": "x"}\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "empty"),
        (b'{"cassette": 9}\n', ":1: the first line must be the head"),
        (b"[]\n", ":1: the first line must be the head"),
        (HEAD + b'{"request": {"meth', ":2: this line is not JSON; was the recording cut off"),
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
        Cassette.load(path)
    assert says in str(caught.value)


def test_a_missing_cassette_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        Cassette.load(tmp_path / "none.jsonl")


async def test_a_form_that_stands_for_a_query_is_played_from_its_recording(play: Play) -> None:
    form = Message({"content-type": "application/x-www-form-urlencoded"}, b"limit=3")
    tape = Cassette([RecordedExchange("POST", "/v1/events", form, 200, Message(body=b'{"recorded": true}'))])
    vendor = await play(facts(get_or_post=True), cassette=tape)
    assert await vendor.ask("POST", "/v1/events", "limit=3") == (200, {"recorded": True})
    assert vendor.simulator.journal.entries[-1].played
    assert (await vendor.ask("POST", "/v1/events", "limit=2"))[1]["object"] == "list"


def test_a_secret_in_a_body_that_is_no_text_is_hidden_too(tmp_path: Path) -> None:
    image = b"\x89PNG\xff\0sk_live_CANARY\xfe"
    (back,) = read(recorded(tmp_path, exchange_of(says=image), secrets=("sk_live_CANARY",)))
    assert back.answer.body == b"\x89PNG\xff\0[redacted]\xfe"
