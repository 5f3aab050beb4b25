"""A request's parameters are read from query and body, in the types that the operation takes."""

import pytest

from tidegate.simulator.errors import VendorError
from tidegate.simulator.sent import FORM, Sent, read

ANY: frozenset[str] = frozenset()


def test_query_and_body_come_together() -> None:
    assert read(Sent("expand[]=a", FORM, b"amount=5"), ANY) == {"expand": {"0": "a"}, "amount": "5"}


def test_a_body_without_a_type_is_a_form() -> None:
    assert read(Sent("", "", b"amount=5"), frozenset({FORM})) == {"amount": "5"}


def test_json_is_read_where_it_is_taken() -> None:
    assert read(Sent("", "application/json; charset=utf-8", b'{"amount": 5}'), frozenset({"application/json"})) == {
        "amount": 5
    }


def test_json_is_refused_where_only_forms_are_taken() -> None:
    with pytest.raises(VendorError, match=FORM) as refused:
        read(Sent("", "application/json", b"{}"), frozenset({FORM}))
    assert refused.value.reason == "media"


@pytest.mark.parametrize(
    "sent",
    [
        Sent("", "application/json", b"[1]"),
        Sent("", "application/json", b"{"),
        Sent("", FORM, b"\xff"),
        Sent("", FORM, b"a[b=1"),
        Sent("a[b=1", "", b""),
    ],
)
def test_what_cannot_be_read_is_a_400(sent: Sent) -> None:
    with pytest.raises(VendorError) as refused:
        read(sent, ANY)
    assert refused.value.status == 400
