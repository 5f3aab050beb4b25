"""Numbers of cards and the like are hidden in an exchange, and JSON stays JSON."""

import pytest

from tidegate.cassette.recorded_exchange import Message, RecordedExchange
from tidegate.contracts.recording.personal_data import without_personal_data
from tidegate.redaction.patterns import Patterns


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"n": "4242 4242 4242 4242"}', b'{"n": "[redacted]"}'),
        (b'{"n": [4242424242424242, 1]}', b'{"n":["[redacted]",1]}'),
        (b"n=4242424242424242", b"n=[redacted]"),
        (b"\x89PNG\xff", b"\x89PNG\xff"),
        (b"", b""),
    ],
)
def test_personal_data_is_hidden_and_json_stays_json(body: bytes, shown: bytes) -> None:
    exchange = RecordedExchange("POST", "/a?c=4242424242424242", Message({}, body), 200, Message({}, body))
    hidden = without_personal_data(exchange, Patterns(("card",)))
    assert (hidden.path, hidden.request.body, hidden.answer.body) == ("/a?c=[redacted]", shown, shown)


@pytest.mark.parametrize("written", ["4242+4242+4242+4242", "4242%204242%204242%204242", "4242424242424242"])
def test_a_form_and_a_query_are_looked_at_decoded(written: str) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    exchange = RecordedExchange(
        "GET", f"/a?x=%20&c={written}", Message(form, f"c={written}&x=%20".encode()), 200, Message()
    )
    hidden = without_personal_data(exchange, Patterns(("card",)))
    assert (hidden.path, hidden.request.body) == ("/a?x=%20&c=[redacted]", b"c=[redacted]&x=%20")
