"""Tests of tidegate.proxy.desk.by_hand.hand_order."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.desk.by_hand.hand_order import NEW_KEY, BulkOrder, HandOrder, read_bulk, read_order
from tidegate.proxy.desk.delivery_query import Misread


def one(**order: object) -> HandOrder | Misread:
    return read_order(json.dumps({"action": "replay", "by": "ada"} | order).encode())


def many(**order: object) -> BulkOrder | Misread:
    return read_bulk(json.dumps({"filter": {"vendor": "stripe"}, "by": "ada"} | order).encode())


def test_an_order_is_read() -> None:
    assert one() == HandOrder("replay", "ada", "", None, "", dry_run=False)
    edited = one(action="redo", body="é", key="k-2", note="mended", dry_run=True)
    assert edited == HandOrder("redo", "ada", "mended", "é".encode(), "k-2", dry_run=True)
    bulk = many(share="50%", note="back")
    assert bulk == BulkOrder({"vendor": ["stripe"], "state": ["dead"]}, "ada", "back", 0.5, 20_000, dry_run=False)


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ({"action": "replya"}, "action is one of replay, redo, confirm, cancel, approve, refuse; did you mean replay?"),
        ({"action": 1}, "action is one of replay, redo, confirm, cancel, approve, refuse"),
        ({"action": "replay", "body": "x"}, NEW_KEY),
        ({"action": "redo", "body": 1}, "body is text, as it is to be sent"),
        ({"action": "redo", "key": "a\nb"}, "key is the new idempotency key of a redo, printable ASCII"),
        ({"action": "replay", "key": "k"}, "key is the new idempotency key of a redo, printable ASCII"),
        ({"by": ""}, "by says who does it: 1 to 64 characters"),
        ({"by": "a\x1b[31m"}, "by says who does it: 1 to 64 characters"),
        ({"note": "two\nlines"}, "note is one line of at most 500 characters"),
        ({"dry_run": "yes"}, "dry_run is true or false"),
        (
            {"nots": "x"},
            "there is no 'nots' here; did you mean note?; known: action, by, note, body, keep_hidden, key, dry_run",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(order: dict[str, object], why: str) -> None:
    assert one(**order) == Misread(why)


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ({"filter": {}}, 'an empty filter would replay everything: name a box, like {"box": "outbox"}, or more'),
        ({"filter": {"state": "done"}}, "only dead deliveries are replayed; leave state out"),
        ({"filter": ["x"]}, "filter is a document of texts; it may name "),
        ({"filter": {"vendor": 1}}, "filter is a document of texts; it may name "),
        ({"share": "0%"}, "share is more than 0% and at most 100%"),
        ({"share": "110%"}, "share is more than 0% and at most 100%"),
        ({"share": 10}, "share: 10 is not a share; write a percentage, like 10%"),
        ({"at_most": 20_001}, "at_most is a whole number, at most 20000"),
        ({"at_most": True}, "at_most is a whole number, at most 20000"),
        ({"share": None}, "share: nothing is not a share; write a percentage, like 10%"),
    ],
)
def test_a_replay_of_many_that_cannot_be_meant_is_refused(order: dict[str, object], why: str) -> None:
    misread = many(**order)
    assert isinstance(misread, Misread)
    assert misread.why.startswith(why)


NAMES = st.sampled_from(["action", "by", "filter", "share", "body"]) | st.text()
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(), lambda of: st.lists(of) | st.dictionaries(NAMES, of)
)


@given(st.binary(max_size=200) | DOCUMENTS.map(lambda document: json.dumps(document).encode()))
def test_no_content_makes_it_fail(content: bytes) -> None:
    assert isinstance(read_order(content), HandOrder | Misread)
    assert isinstance(read_bulk(content), BulkOrder | Misread)
