"""Server-sent events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.adapters.event_stream import EVENT_CHARS_MAX, EventReader, EventTooLong


def read(*parts: bytes) -> list[str]:
    reader = EventReader()
    return [data for part in parts for data in reader.feed(part)]


@pytest.mark.parametrize(
    ("stream", "data"),
    [
        (b"data: a\n\ndata: b\n\n", ["a", "b"]),
        (b"event: x\nid: 1\nretry: 9\ndata:a\ndata: b\n\n", ["a\nb"]),
        (b"data: a\r\n\r\ndata: b\r\rdata: c\n\n", ["a", "b", "c"]),
        (b": a comment\n\ndata: a", []),
        (b"data\n\n", [""]),
        ("data: ü€\n\n".encode(), ["ü€"]),
        (b"data: \xff\n\n", ["\ufffd"]),
    ],
)
def test_the_data_of_each_event_is_read_however_it_is_cut(stream: bytes, data: list[str]) -> None:
    assert read(stream) == data
    assert read(*(stream[n : n + 1] for n in range(len(stream)))) == data


@given(st.lists(st.binary(), max_size=20))
def test_any_bytes_are_read_the_same_however_they_are_cut(parts: list[bytes]) -> None:
    assert read(*parts) == read(b"".join(parts))


@pytest.mark.parametrize("line", [b"data: " + b"x" * EVENT_CHARS_MAX, b"data: xx\n" * (EVENT_CHARS_MAX // 2 + 1)])
def test_an_event_without_an_end_is_given_up(line: bytes) -> None:
    with pytest.raises(EventTooLong):
        read(line, b"x" * 100)
