"""Values are written into path, query and content as OpenAPI says."""

from typing import Any

import orjson
import pytest

from tidegate.drawing.request_encoding import (
    FORM,
    encoded_content,
    encoded_query,
    filled_path,
    nested_pairs,
    plain_text,
    query_pairs,
)


def test_a_content_is_written_in_its_media_type() -> None:
    given = {"a": {"b": [1, True]}, "c": "x y"}
    assert encoded_content("application/json", given) == ("application/json", orjson.dumps(given))
    assert encoded_content(FORM, given) == (FORM, b"a%5Bb%5D%5B0%5D=1&a%5Bb%5D%5B1%5D=true&c=x+y")
    media, body = encoded_content("multipart/form-data", {"c": "x"})
    assert media == "multipart/form-data; boundary=drawn-request"
    assert b'name="c"\r\n\r\nx\r\n' in body
    assert encoded_content("text/plain", "x") == ("text/plain", b"x")
    assert encoded_content("application/json", None) == ("", b"")


def test_a_value_in_a_path_stays_one_segment() -> None:
    assert filled_path("/a/{b}/{c}#x", {"b": "1/2", "c": "ä"}) == "/a/1%2F2/%C3%A4"


@pytest.mark.parametrize(
    ("parameter", "value", "written", "swagger2"),
    [
        ({}, [1, 2], "q=1&q=2", False),
        ({"explode": False}, [1, 2], "q=1%2C2", False),
        ({"style": "pipeDelimited", "explode": False}, [1, 2], "q=1%7C2", False),
        ({"style": "deepObject", "explode": True}, ["a"], "q%5B%5D=a", False),
        ({"style": "deepObject"}, {"a": {"b": 1}}, "q%5Ba%5D%5Bb%5D=1", False),
        ({}, {"a": 1}, "a=1", False),
        ({"explode": False}, {"a": 1}, "q=a%2C1", False),
        ({"content": {}}, {"a": 1}, "q=%7B%22a%22%3A1%7D", False),
        ({"collectionFormat": "multi"}, [1, 2], "q=1&q=2", True),
        ({"collectionFormat": "ssv"}, [1, 2], "q=1%202", True),
        ({}, True, "q=true", False),
        ({}, None, "q=", False),
    ],
)
def test_a_query_is_written_in_the_parameters_style(
    parameter: dict[str, Any], value: Any, written: str, swagger2: bool
) -> None:
    assert encoded_query(query_pairs({"name": "q", **parameter}, value, swagger2=swagger2)) == written


def test_nested_fields_and_plain_texts() -> None:
    assert [*nested_pairs("", {"a": [{"b": None}]})] == [("a[0][b]", "")]
    assert plain_text({"a": [1, False]}) == "a,1,false"
