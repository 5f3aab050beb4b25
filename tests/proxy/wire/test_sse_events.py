"""Events are counted as the standard has them, however the bytes are cut."""

import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.wire.sse_events import EventCounter


@pytest.mark.parametrize(
    ("data", "events"),
    [
        pytest.param(b"data: a\n\ndata: b\n\n", 2, id="line feeds"),
        pytest.param(b"data: a\r\n\r\ndata: b\r\n\r\n", 2, id="carriage returns with line feeds"),
        pytest.param(b"data: a\r\rdata: b\r\r", 2, id="carriage returns"),
        pytest.param(b"event: x\nid: 7\ndata: a\ndata: b\n\n", 1, id="several fields"),
        pytest.param(b": awake\n\n: awake\n\n", 0, id="comments"),
        pytest.param(b"event: ping\n\n", 0, id="an event without data"),
        pytest.param(b"data\n\n", 1, id="empty data"),
        pytest.param(b"database: a\n\n", 0, id="another field"),
        pytest.param(b"data: a\n", 0, id="not ended"),
        pytest.param(b"\n\n\n", 0, id="nothing"),
    ],
)
def test_events_are_counted_when_they_end(data: bytes, events: int) -> None:
    assert EventCounter().feed(data) == events


@pytest.mark.parametrize(
    ("data", "begun"),
    [
        *((data, True) for data in (b"data: a", b"id: 1\ndata:", b"data\n", b"data: a\n\n")),
        *((data, False) for data in (b"", b": awake\n\n", b"dat", b"event: ping\n\n", b"database: a")),
    ],
)
def test_an_event_has_begun_where_its_data_has(data: bytes, begun: bool) -> None:
    counter = EventCounter()
    counter.feed(data)
    assert counter.begun is begun


LINES = st.lists(st.sampled_from([b"data: x", b": c", b"data", b"id: 1", b"", b"da", b"data:" + b"y" * 50]))


@given(LINES, st.sampled_from([b"\n", b"\r\n", b"\r"]), st.data())
def test_where_the_bytes_are_cut_does_not_matter(lines: list[bytes], end: bytes, data: st.DataObject) -> None:
    whole = b"".join(line + end for line in lines)
    cut, counter = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=5))), EventCounter()
    for begin, stop in zip([0, *cut], [*cut, len(whole)], strict=True):
        counter.feed(whole[begin:stop])
    assert counter.events == EventCounter().feed(whole)


def test_nothing_between_cr_and_lf_is_nothing() -> None:
    counter = EventCounter()
    for piece in (b"data\r", b"", b"\n", b"\r", b"", b"\n"):
        counter.feed(piece)
    assert counter.events == 1


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_events_under_a_coding_are_counted_as_they_come(coding: str) -> None:
    events = b"data: 1\n\n: ping\n\ndata: 2\n\n"
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstandard.compress}[
        coding
    ](events)
    counter = EventCounter(coding)
    for place in range(len(packed)):
        counter.feed(packed[place : place + 1])
    assert counter.events == 2


@pytest.mark.parametrize("size", [1, 2, 50])
def test_a_byte_order_mark_hides_no_event(size: int) -> None:
    stream, counter = b"\xef\xbb\xbfdata: 1\n\n", EventCounter()
    for place in range(0, len(stream), size):
        counter.feed(stream[place : place + size])
    assert counter.events == 1


@pytest.mark.parametrize(("coding", "data"), [("compress", b"x"), ("gzip", b"no gzip at all")])
def test_what_cannot_be_decoded_is_taken_for_an_event(coding: str, data: bytes) -> None:
    assert EventCounter(coding).feed(data) == 1
