"""XML is read by the names that the schema gives, and what asks for too much is refused."""

from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.request.coercion import Coercions
from tidegate.simulator.request.xml_body import DEPTH_MAX, ELEMENTS_MAX, XmlValues, parsed

NUMBER = {"type": "integer"}
PET: dict[str, Any] = {
    "type": "object",
    "xml": {"name": "pet", "prefix": "p", "namespace": "http://x.test"},
    "properties": {
        "id": {**NUMBER, "xml": {"attribute": True}},
        "name": {"type": "string", "xml": {"name": "p:called"}},
        "photos": {"type": "array", "xml": {"wrapped": True}, "items": {"type": "string", "xml": {"name": "photo"}}},
        "tags": {"type": "array", "items": {"properties": {"n": NUMBER}, "xml": {"name": "tag"}}},
        "sizes": {"type": "array", "items": NUMBER},
        "owner": {"oneOf": [{"type": "string"}, {"properties": {"age": NUMBER}}]},
    },
}


def read(text: str, schema: Any = PET) -> Any:
    schemas = Document({"openapi": "3.0.3", "paths": {}}).schemas
    return XmlValues(schemas.plain, Coercions(schemas)).of(parsed(text.encode()), schema)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('<p:pet xmlns:p="http://x.test" id="5"><p:called> Rex </p:called></p:pet>', {"id": 5, "name": " Rex "}),
        ("<pet><photos><photo>a</photo><photo>b</photo></photos></pet>", {"photos": ["a", "b"]}),
        ("<pet><photos/></pet>", {"photos": []}),
        ("<pet><tag><n>1</n></tag><tag><n>2</n></tag></pet>", {"tags": [{"n": 1}, {"n": 2}]}),
        ("<pet><sizes>1</sizes><sizes>2</sizes></pet>", {"sizes": [1, 2]}),
        ("<pet><sizes><size>1</size><size>2</size></sizes></pet>", {"sizes": [1, 2]}),
        ("<pet><owner><age>3</age></owner></pet>", {"owner": {"age": 3}}),
        ("<pet><owner>Ada</owner></pet>", {"owner": "Ada"}),
        ("<pet><other><x>1</x></other></pet>", {"other": {"x": "1"}}),
        ('<pet id="x"><name/></pet>', {"id": "x", "name": ""}),
        ('<pet xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>', None),
        ("<pet><!-- c --><p:called xmlns:p='u'><![CDATA[<&>]]></p:called></pet>", {"name": "<&>"}),
    ],
)
def test_a_value_is_read_as_its_schema_names_it(text: str, value: Any) -> None:
    assert read(text) == value


def test_a_list_and_a_single_value_may_be_the_whole() -> None:
    assert read("<a><b>1</b><c>2</c></a>", {"type": "array", "items": NUMBER}) == [1, 2]
    assert read("<a>7\n</a>", NUMBER) == 7
    assert read("<a>7</a>", {}) == "7"


@pytest.mark.parametrize(
    "text",
    [
        "<a><b>",
        "",
        "{}",
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        "<a>" * (DEPTH_MAX + 1) + "</a>" * (DEPTH_MAX + 1),
        "<a>" + "<b/>" * ELEMENTS_MAX + "</a>",
        '<?xml version="1.0" encoding="nonsense"?><a/>',
        "<a>\x00</a>",
    ],
)
def test_what_is_no_xml_or_asks_for_too_much_is_refused(text: str) -> None:
    with pytest.raises(VendorError):
        read(text)


def test_a_field_may_be_the_text_of_the_element_around_it() -> None:
    about = {"nodeType": "attribute"}, {"nodeType": "cdata"}, {"nodeType": "element", "name": "tags"}
    lang, body, tags = about
    schema = {
        "properties": {
            "lang": {"type": "string", "xml": lang},
            "body": {"type": "string", "xml": body},
            "tags": {"type": "array", "xml": tags, "items": {"type": "string", "xml": {"name": "tag"}}},
        }
    }
    assert read('<t lang="en"><![CDATA[a<b]]><tags><tag>x</tag></tags></t>', schema) == {
        "lang": "en", "body": "a<b", "tags": ["x"],
    }  # fmt: skip
    assert read("<t/>", schema) == {}


def test_a_mark_counts_before_the_charset_and_that_before_what_the_body_says() -> None:
    said = '<?xml version="1.0" encoding="utf-8"?><r>é</r>'
    assert parsed(said.encode("latin-1"), "iso-8859-1").text == "é"
    assert parsed(said.encode("utf-8-sig"), "iso-8859-1").text == "é"
    assert parsed('<?xml version="1.0" encoding="iso-8859-1"?><r>é</r>'.encode("latin-1")).text == "é"
