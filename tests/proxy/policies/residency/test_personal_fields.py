"""Fields are met wherever a vendor could read them, all else stays to the byte, and what is ambiguous is not read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.residency.personal_fields import DROPPED, NoToken, PersonalFields, Unreadable

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcxyz"), inner, max_size=4),
    max_leaves=20,
)


def fields(*pointers: str, to: object = "T") -> PersonalFields:
    return PersonalFields(pointers, lambda _pointer, _value: to)


@pytest.mark.parametrize(
    ("pointer", "body", "left"),
    [
        ("/email", '{"email": "a", "n": 1.10}', '{"email":"T","n":1.10}'),
        ("/email", '{"Email": "a"}', '{"Email":"T"}'),
        ("/email", '{"em\\u0061il": "a"}', '{"email":"T"}'),
        ("/a/b", '{"a": {"b": {"c": ["x", null]}}}', '{"a":{"b":{"c":["T","T"]}}}'),
        ("/a/b", '{"a": [{"b": 1}, {"c": 2}]}', '{"a":[{"b":"T"},{"c":2}]}'),
        ("/email", '[{"email": "a"}, [{"email": "b"}]]', '[{"email":"T"},[{"email":"T"}]]'),
        ("/a/*/b", '{"a": {"x": {"b": 1}}}', '{"a":{"x":{"b":"T"}}}'),
        ("/a/1", '{"a": [1, 2]}', '{"a":[1,"T"]}'),
        ("", '{"a": 1}', '{"a":"T"}'),
    ],
)
def test_a_field_is_met_in_json(pointer: str, body: str, left: str) -> None:
    met = fields(pointer)
    assert met.in_json(body.encode()).decode() == left
    assert list(met.met) == [pointer]


def test_a_dropped_field_leaves_with_all_that_is_in_it_and_takes_empty_places_along() -> None:
    body = b'{"a": {"b": "x"}, "list": [{"b": "x"}], "n": 12345678901234567890.10}'
    assert fields("/a", to=DROPPED).in_json(body) == b'{"list":[{"b":"x"}],"n":12345678901234567890.10}'
    assert fields("", to=DROPPED).in_json(body) == b"{}"


@given(JSON_VALUES)
def test_what_no_pointer_means_stays_to_the_byte(document: Any) -> None:
    body = json.dumps(document).encode()
    assert fields("/nowhere/at/all").in_json(body) == body


@given(JSON_VALUES)
def test_no_value_of_a_field_is_left_over(document: Any) -> None:
    """A field is dropped under every name that leads to it, whatever stands around it."""
    left = json.loads(fields("/a", to=DROPPED).in_json(json.dumps({"top": document, "a": "secret"}).encode()))
    assert "a" not in left
    inner = fields("/top/a", to=DROPPED).in_json(json.dumps({"top": document}).encode())

    def holds(value: Any) -> bool:
        if isinstance(value, list):
            return any(map(holds, value))
        return isinstance(value, dict) and "a" in value

    assert not holds(json.loads(inner).get("top"))


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": {"email": 1}, "a": {}}', b'{"a": NaN}', b"{", b"\xff\xfe{", b'{"a":' * 2000, b"[" * 5000 + b"]" * 5000,
        b" " * (1024 * 1024) + b"{}", json.dumps({"email": [0] * 200_000}).encode(),
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_or_not_at_all_is_not_read(body: bytes) -> None:
    with pytest.raises(Unreadable):
        fields("/email").in_json(body)


def test_what_is_nested_too_deep_is_not_read() -> None:
    body = b'{"a":' * 100 + b"1" + b"}" * 100
    with pytest.raises(Unreadable, match="deep"):
        fields("/a").in_json(body)


@pytest.mark.parametrize(
    ("form", "left"),
    [
        ("email=a&x=%20", "email=T&x=%20"),
        ("ship%5Baddress%5D%5Bline1%5D=a&ship[name]=b", "ship%5Baddress%5D%5Bline1%5D=T&ship[name]=b"),
        ("items[0][Email]=a&email[]=b", "items[0][Email]=a&email[]=T"),
        ("list[0][mail]=a&list[][mail]=b", "list[0][mail]=T&list[][mail]=T"),
        ("email", "email=T"),
        ("", ""),
    ],
)
def test_a_field_is_met_in_a_form(form: str, left: str) -> None:
    assert fields("/email", "/ship/address", "/list/mail").in_form(form) == left


def test_a_field_is_dropped_from_a_form_and_kept_values_stay_as_they_were_written() -> None:
    assert fields("/email", to=DROPPED).in_form("a=1&email=x&b=2") == "a=1&b=2"
    kept = PersonalFields(("/email",), lambda _pointer, value: value)
    assert kept.in_form("email=a%2Bb+c") == "email=a%2Bb+c"
    assert list(kept.met) == ["/email"]


def test_a_form_of_too_many_fields_is_not_read() -> None:
    with pytest.raises(Unreadable):
        fields("/email").in_form("a=1&" * 20_000)


def test_a_parameter_of_the_path_is_met_by_its_name() -> None:
    path = "/people/ada%40example.org.json"
    assert fields("/email", to="t@x").in_path("/people/{email}.json", path) == "/people/t@x.json"
    assert fields("/email").in_path("/people/{id}", path) == path
    with pytest.raises(NoToken):
        fields("/email", to=DROPPED).in_path("/people/{Email}.json", path)
