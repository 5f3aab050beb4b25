"""Bodies are what their media types say, whatever the value is."""

import csv
import io
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.openapi.document import Document
from tidegate.simulator.answer.written_body import is_as_it_is, written
from tidegate.values.json_value import NOTHING

PET: dict[str, Any] = {
    "type": "object",
    "xml": {"name": "pet"},
    "properties": {
        "id": {"type": "integer", "xml": {"attribute": True}},
        "tags": {"type": "array", "items": {"type": "string", "xml": {"name": "tag"}}},
        "photos": {"type": "array", "xml": {"wrapped": True}, "items": {"type": "string", "xml": {"name": "photo"}}},
    },
}


def body(media: str, value: Any, schema: Any = None) -> bytes:
    return written(media, value, schema or {}, Document({"openapi": "3.0.3", "paths": {}}).schemas.plain)


@pytest.mark.parametrize(
    ("media", "value", "found"),
    [
        ("text/plain", "pong", b"pong"),
        ("text/plain", 7, b"7"),
        ("text/plain; charset=utf-8", {"a": 1}, b'{"a":1}'),
        ("text/plain", NOTHING, b"simulated\n"),
        ("text/csv", "a,b\n", b"a,b\n"),
        ("text/csv", [{"a": 1, "b": "x,y"}, {"a": None}], b'a,b\r\n1,"x,y"\r\n,\r\n'),
        ("text/csv", {"items": [{"a": 1}], "total": 1}, b"a\r\n1\r\n"),
        ("application/csv", [{"a": 1}], b"a\r\n1\r\n"),
        ("text/tab-separated-values", [[1, 2]], b"1\t2\r\n"),
        ("application/x-www-form-urlencoded", {"a": "b c", "n": 1}, b"a=b+c&n=1"),
        ("application/problem+json", {"a": 1}, b'{"a":1}'),
        ("application/octet-stream", b"\x00", b"\x00"),
        ("text/xml", "<a/>", b"<a/>"),
        ("application/x-ndjson", [{"a": 1}, {"a": 2}], b'{"a":1}\n{"a":2}\n'),
        ("application/jsonl; charset=utf-8", {"a": 1}, b'{"a":1}\n'),
        ("application/json-seq", [1, 2], b"\x1e1\n\x1e2\n"),
        ("application/x-ndjson", NOTHING, b""),
        ("text/plain; charset=iso-8859-1", "é", b"\xe9"),
        ("text/csv; charset=iso-8859-1", [{"a": "é"}], b"a\r\n\xe9\r\n"),
        ('text/plain; charset="UTF-16BE"', "é", b"\x00\xe9"),
        ("text/plain; charset=nope", "é", "é".encode()),
        ("text/plain; charset=base64", "é", "é".encode()),
    ],
)
def test_a_value_is_written_as_its_medium_has_it(media: str, value: Any, found: bytes) -> None:
    assert body(media, value) == found


def test_xml_has_the_names_that_the_schema_gives() -> None:
    root = ET.fromstring(body("application/xml", {"id": 5, "tags": ["a", "b"], "photos": ["p"]}, PET))
    assert (root.tag, root.get("id")) == ("pet", "5")
    assert [tag.text for tag in root.findall("tag")] == ["a", "b"]
    assert [photo.text for photo in root.findall("photos/photo")] == ["p"]


@pytest.mark.parametrize(
    ("media", "begin"),
    [
        ("application/pdf", b"%PDF"),
        ("image/png", b"\x89PNG"),
        ("application/zip", b"PK"),
        ("image/jpeg", b"\xff\xd8\xff"),
    ],
)
def test_files_are_files_of_their_kind(media: str, begin: bytes) -> None:
    assert body(media, NOTHING).startswith(begin)
    assert body(media, "a text").startswith(begin)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_whatever_it_is_xml_is_well_formed_and_a_table_can_be_read(value: Any) -> None:
    if not (isinstance(value, str) and value.lstrip().startswith("<")):
        ET.fromstring(body("application/xml", value))
    table = body("text/csv", value).decode()
    rows = [*csv.reader(io.StringIO(table, newline=""))]
    if isinstance(value, list) and value and all(isinstance(item, dict) and item for item in value):
        names = dict.fromkeys(name for item in value for name in item)
        assert len(rows) == len(value) + 1
        assert {len(row) for row in rows if row} <= {len(names)}


def test_an_attribute_says_its_namespace_too() -> None:
    about = {"attribute": True, "prefix": "q", "namespace": "urn:q"}
    schema = {"type": "object", "properties": {"id": {"type": "integer", "xml": about}}}
    assert ET.fromstring(body("application/xml", {"id": 5}, schema)).get("{urn:q}id") == "5"


def test_an_element_is_called_as_the_document_calls_its_schema() -> None:
    plain = Document({"openapi": "3.1.0", "paths": {}}).schemas.plain
    assert b"<Pet />" in written("application/xml", {}, {}, plain, "Pet")
    assert b"<animal />" in written("application/xml", {}, {"xml": {"name": "animal"}}, plain, "Pet")


def test_an_element_says_its_namespace_and_no_prefix_without_one() -> None:
    xml = {"name": "pet", "prefix": "p", "namespace": "http://x.test/a"}
    schema: dict[str, Any] = {
        "xml": xml,
        "properties": {"n": {"xml": {"prefix": "q"}}, "m": {"xml": {"namespace": "http://x.test/b"}}},
    }
    root = ET.fromstring(body("application/xml", {"n": 1, "m": 2}, schema))
    assert (root.tag, [child.tag for child in root]) == ("{http://x.test/a}pet", ["n", "{http://x.test/b}m"])


def test_a_list_in_a_form_is_a_field_each() -> None:
    assert body("application/x-www-form-urlencoded", {"a": [1, 2], "b": "x y"}) == b"a=1&a=2&b=x+y"


def test_a_text_is_no_table_and_no_xml() -> None:
    kinds = ("text/plain; charset=utf-8", "text/html", "text/csv", "text/xml", "application/json")
    assert [is_as_it_is(kind) for kind in kinds] == [True, True, False, False, False]


def test_a_field_may_be_the_text_of_the_element_around_it() -> None:
    schema = {
        "xml": {"name": "t"},
        "properties": {
            "lang": {"type": "string", "xml": {"nodeType": "attribute"}},
            "body": {"type": "string", "xml": {"nodeType": "text"}},
            "tags": {
                "type": "array",
                "xml": {"nodeType": "element"},
                "items": {"type": "string", "xml": {"name": "tag"}},
            },
        },
    }
    written = body("application/xml", {"lang": "en", "body": "a<b", "tags": ["x"]}, schema)
    assert written.endswith(b'<t lang="en">a&lt;b<tags><tag>x</tag></tags></t>')
