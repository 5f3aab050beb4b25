"""Cassettes, played: which answer a request gets, and what of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.simulator.conftest import Play, facts
from tests.tidegate.cassette.recordings import JSON, exchange_of, recorded
from tidegate.cassette.recorded_exchange import Message, RecordedExchange
from tidegate.simulator.cassette.cassette import Cassette


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


async def test_a_form_that_stands_for_a_query_is_played_from_its_recording(play: Play) -> None:
    form = Message({"content-type": "application/x-www-form-urlencoded"}, b"limit=3")
    tape = Cassette([RecordedExchange("POST", "/v1/events", form, 200, Message(body=b'{"recorded": true}'))])
    vendor = await play(facts(get_or_post=True), cassette=tape)
    assert await vendor.ask("POST", "/v1/events", "limit=3") == (200, {"recorded": True})
    assert vendor.simulator.journal.entries[-1].played
    assert (await vendor.ask("POST", "/v1/events", "limit=2"))[1]["object"] == "list"


def test_what_was_no_answer_yet_is_not_played() -> None:
    early, last = exchange_of(says=b"1"), exchange_of(says=b"2")
    tape = Cassette([replace(early, status=101), last])
    answer = tape.play("POST", "/v1/things", b"", {"Content-Type": "application/json"})
    assert answer is not None
    assert answer.body == b"2"
    assert len(tape) == 1


def test_addresses_of_the_recorded_vendor_become_addresses_of_this_one() -> None:
    link = '<https://api.x.test:443/l?page=2>; rel="next", <https://api.x.testing/l>; rel="other"'
    request = Message({"host": "API.x.test"})
    answer = Message({"link": link, "location": "/l/1", "x-total": "https://api.x.test/"})
    tape = Cassette([RecordedExchange("GET", "/l", request, 200, answer)])
    played = tape.play("GET", "/l", b"", {"Host": "localhost:9100"})
    assert played is not None
    assert played.headers == {
        "link": '<http://localhost:9100/l?page=2>; rel="next", <https://api.x.testing/l>; rel="other"',
        "location": "/l/1",
        "x-total": "https://api.x.test/",
    }


def test_a_request_in_which_a_known_value_was_hidden_gets_its_answers_in_turn(tmp_path: Path) -> None:
    one, two = (exchange_of(path="/v1/things/ac_1", says=says) for says in (b"1", b"2"))
    exact = exchange_of(path="/v1/things/other", says=b"3")
    tape = Cassette.load(recorded(tmp_path, one, two, exact, secrets=("ac_1",)))
    headers = {"Content-Type": "application/json"}
    bodies = [tape.play("POST", f"/v1/things/{last}", b"", headers) for last in ("ac_9", "other", "ac_8", "a/b")]
    assert [answer.body if answer else None for answer in bodies] == [b"1", b"3", b"2", None]
