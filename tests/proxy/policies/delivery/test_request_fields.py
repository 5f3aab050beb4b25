"""Fields of JSON bodies and forms, and texts that are filled from them."""

import pytest

from tidegate.proxy.policies.delivery.request_fields import (
    ORDER_KEY_CHARS_MAX,
    TEXT_CHARS_MAX,
    document_of_body,
    filled,
    order_key_at,
    path_parameters,
    text_at,
)

FORM = "application/x-www-form-urlencoded; charset=utf-8"


@pytest.mark.parametrize(
    ("media", "body", "pointer", "expected"),
    [
        ("application/json", b'{"a":{"b":7}}', "/a/b", "7"),
        ("application/json", b'{"a":["x","y"]}', "/a/1", "y"),
        (FORM, b"metadata[order_id]=7&amount=5", "/metadata/order_id", "7"),
        (FORM, b"a[b][c]=x+y", "/a/b/c", "x y"),
        (FORM, b"a=1&a[b]=2", "/a", "1"),
        (FORM, b"[odd]=1&k=v", "/k", "v"),
        ("application/json", b'{"a":true}', "/a", None),
        ("application/json", b'{"a":null}', "/a", None),
        ("application/json", b'{"a":""}', "/a", None),
        ("application/json", b"{", "/a", None),
        ("application/json", b'{"a":1.5}', "/a", None),
        ("application/json", b"[" * 100_000, "/a", None),
        (FORM, b"a=1&" * 2000, "/a", None),
        ("", b"\xff\xfe", "/a", None),
        ("application/json", b'{"a":"x\\ud800"}', "/a", None),
    ],
)
def test_a_field_is_found_by_its_pointer(media: str, body: bytes, pointer: str, expected: str | None) -> None:
    assert text_at(document_of_body(media, body), pointer) == expected


def test_a_value_that_is_too_long_is_none() -> None:
    assert text_at({"a": "x" * (TEXT_CHARS_MAX + 1)}, "/a") is None


def test_path_parameters_have_the_names_of_the_document() -> None:
    assert path_parameters("/a/{x}/b.{y}", "/a/1%2F2/b.c?d=e") == {"x": "1/2", "y": "c"}
    assert path_parameters("/a/{x}", "/b/1") == {}


def test_a_template_is_filled_or_not_at_all() -> None:
    assert filled("m:'{/a}' AND {key}", {"a": 1}, {"key": "k"}) == "m:'1' AND k"
    assert filled("{/b}", {"a": 1}, {}) is None
    assert filled("{none}", {}, {"key": "k"}) is None


@pytest.mark.parametrize("odd", ["a\ud800", "a\0b", "x" * (ORDER_KEY_CHARS_MAX + 1)])
def test_an_order_key_that_no_store_can_hold_is_told_by_its_digest(odd: str) -> None:
    key = order_key_at({"a": odd}, "/a")
    assert key.startswith("sha256:")
    assert key == order_key_at({"a": odd}, "/a") != order_key_at({"a": odd[1:]}, "/a")
    assert order_key_at({"a": 7}, "/a") == "7"
    assert order_key_at({}, "/a") == ""
