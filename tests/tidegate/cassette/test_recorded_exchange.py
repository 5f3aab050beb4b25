"""An exchange as a line of a cassette."""

import orjson
import pytest

from tidegate.cassette.recorded_exchange import Message, RecordedExchange, exchange_of, lowered


@pytest.mark.parametrize("body", [b"", b"text", "ü".encode(), b"\x89PNG\xff"])
def test_a_line_is_read_as_it_was_written(body: bytes) -> None:
    written = RecordedExchange("GET", "/a?b=1", Message(), 200, Message({"content-type": "x/y"}, body), 0.5)
    assert exchange_of(orjson.loads(written.line())) == written


def test_the_values_of_repeated_headers_are_joined() -> None:
    assert lowered([("Link", "<a>"), ("X", "1"), ("link", "<b>")]) == {"link": "<a>, <b>", "x": "1"}


def test_lines_of_one_value_are_repeated_headers_and_what_is_no_name_is_left_out() -> None:
    told = {"Link": "<a>\n<b>", "X-Odd": "1\r\n 2\0", "x odd": "1", "": "2", "x\nodd": "3"}
    assert lowered(told.items()) == {"link": "<a>, <b>", "x-odd": "1, 2"}
    read = exchange_of({"request": {"method": "GET", "path": "/"}, "answer": {"status": 200, "headers": told}})
    assert read.answer.headers == {"link": "<a>, <b>", "x-odd": "1, 2"}


@pytest.mark.parametrize("status", [99, 600, "200", None])
def test_a_status_that_is_none_is_refused(status: object) -> None:
    with pytest.raises(ValueError, match="the status is"):
        exchange_of({"request": {"method": "GET", "path": "/"}, "answer": {"status": status}})
