"""Tests of tidegate.proxy.store.stored_headers."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.store.stored_headers import headers_from, stored_headers


@given(st.lists(st.tuples(st.binary(max_size=40), st.binary(max_size=200)), max_size=8))
def test_lines_come_back_as_they_were_whatever_bytes_they_hold(lines: list[tuple[bytes, bytes]]) -> None:
    assert headers_from(stored_headers(lines)) == tuple(lines)


def test_they_are_json_pairs() -> None:
    assert orjson.loads(stored_headers([(b"X-Name", b"Zo\xeb")])) == [["X-Name", "Zo\u00eb"]]


def test_where_nothing_is_stored_there_are_none() -> None:
    assert headers_from(b"") == ()
