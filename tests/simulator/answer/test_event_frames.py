"""Events are written as browsers read them."""

import pytest

from tidegate.simulator.answer.event_frames import events_in, framed


def test_an_event_has_its_name_and_its_data() -> None:
    assert framed(("", {"a": 1})) == b'data: {"a":1}\n\n'
    assert framed(("ping", "")) == b"event: ping\ndata: \n\n"


def test_all_fields_are_written_and_the_data_last() -> None:
    assert framed({"data": "x", "id": 7, "event": "e", "retry": 5, "note": 1}) == (
        b"id: 7\nevent: e\nretry: 5\ndata: x\n\n"
    )


def test_each_line_of_a_text_is_a_line_of_data() -> None:
    assert framed(("", "one\ntwo\r\nthree")) == b"data: one\ndata: two\ndata: three\n\n"


@pytest.mark.parametrize(
    "text", ["data: 1\n\nevent: b\ndata: 2\n\n", "data: 1\r\n\r\nevent: b\ndata: 2", "\ndata: 1\n\n\nevent: b\ndata: 2"]
)
def test_a_text_that_is_a_stream_is_the_stream(text: str) -> None:
    assert events_in(text) == (b"data: 1\n\n", b"event: b\ndata: 2\n\n")


@pytest.mark.parametrize("text", ['{"data": 1}', "", "hello", "database: 1"])
def test_any_other_text_is_none(text: str) -> None:
    assert events_in(text) == ()
