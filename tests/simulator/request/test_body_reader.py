"""A body is read and checked in each media type that its operation takes."""

from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.answer.media_types import FORM
from tidegate.simulator.request.body_reader import BodyReader
from tidegate.simulator.request.coercion import Coercions
from tidegate.simulator.request.forms import FormError
from tidegate.simulator.request.request_content import ParsedBody, RequestContent

MULTIPART = "multipart/form-data"


def reading(root: dict[str, Any]) -> BodyReader:
    document = Document({"paths": {}, **root})
    return BodyReader(document, document.operations["It"], Coercions(document.schemas), None)


def read(content: dict[str, Any], body: bytes, media: str, *, required: bool = False) -> ParsedBody:
    node = {"operationId": "It", "requestBody": {"content": content, "required": required}}
    sent = RequestContent({}, "", {"Content-Type": media} if media else {}, body)
    return reading({"openapi": "3.1.0", "paths": {"/it": {"post": node}}}).read(sent, {})


def swagger(parameters: list[dict[str, Any]], body: bytes, *consumes: str, media: str = FORM) -> ParsedBody:
    node = {"operationId": "It", "parameters": parameters, "consumes": list(consumes)}
    sent = RequestContent({}, "", {"Content-Type": media}, body)
    return reading({"swagger": "2.0", "paths": {"/it": {"post": node}}}).read(sent, {})


LIST = {"type": "array", "items": {"type": "integer"}}


def of(**properties: Any) -> dict[str, Any]:
    return {"schema": {"type": "object", "properties": properties}}


def test_a_list_may_be_given_once_several_times_or_in_one_text() -> None:
    form = {FORM: {**of(a=LIST, b=LIST), "encoding": {"b": {"explode": False}}}}
    assert read(form, b"a=1", FORM).value == {"a": [1]}
    assert read(form, b"a=1&a=2", FORM).value == {"a": [1, 2]}
    assert read(form, b"a[]=1&a[]=2", FORM).value == {"a": [1, 2]}
    assert read(form, b"a=", FORM).value == {"a": []}
    assert read(form, b"b=1,2", FORM).value == {"b": [1, 2]}


def test_an_object_of_a_form_is_written_in_the_style_that_the_document_says() -> None:
    color = {"type": "object", "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}}, "required": ["R"]}

    def form(**style: Any) -> dict[str, Any]:
        return {FORM: {**of(c=color, n={"type": "string"}), "encoding": {"c": style}}}

    found = {"c": {"R": 1, "G": 2}, "n": "x"}
    assert read(form(style="form"), b"R=1&n=x&G=2", FORM).value == found
    assert read(form(style="form", explode=False), b"c=R,1,G,2&n=x", FORM).value == found
    assert read(form(style="pipeDelimited"), b"c=R%7C1%7CG%7C2&n=x", FORM).value == found
    assert read(form(style="deepObject"), b"c[R]=1&c[G]=2&n=x", FORM).value == found
    assert read(form(style="form", explode=False), b'c={"R":1,"G":2}&n=x', FORM).value == found
    assert read(form(), b'c={"R":1,"G":2}&n=x', FORM).value == found
    with pytest.raises(VendorError):
        read(form(style="form"), b"R=y&n=x", FORM)


def test_what_is_no_list_keeps_its_last_value() -> None:
    assert read({FORM: of(a={"type": "integer"})}, b"a=1&a=2", FORM).value == {"a": 2}


def test_a_field_that_is_not_named_has_its_type_too() -> None:
    schema = {
        "type": "object", "patternProperties": {"^l": LIST}, "additionalProperties": {"type": "integer"},
        "properties": {"pair": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]}},
    }  # fmt: skip
    found = {"n": 2, "l": [1, 2], "pair": ["1", 2]}
    assert read({FORM: {"schema": schema}}, b"n=1&n=2&l=1&l=2&pair=1&pair=2", FORM).value == found


@pytest.mark.parametrize(("form", "text"), [(None, b"1,2"), ("ssv", b"1+2"), ("pipes", b"1|2"), ("multi", b"1&a=2")])
def test_swagger_s_collection_formats(form: str | None, text: bytes) -> None:
    field = {"name": "a", "in": "formData", **LIST, **({"collectionFormat": form} if form else {})}
    assert swagger([field], b"a=" + text, FORM).value == {"a": [1, 2]}


def test_a_swagger_document_s_file_makes_the_form_multipart() -> None:
    field = {"name": "a", "in": "formData", "type": "file", "required": True}
    body = b'--x\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n\r\n\xff\r\n--x--'
    body_read = swagger([field], body, media=f"{MULTIPART}; boundary=x")
    assert body_read.value == {"a": "f"}
    assert body_read.uploads["a"].content == b"\xff"


def test_a_swagger_body_is_json_and_may_be_required() -> None:
    field = {"name": "b", "in": "body", "required": True, "schema": {"type": "array"}}
    assert swagger([field], b"[1]", media="application/json").value == [1]
    with pytest.raises(VendorError):
        swagger([field], b"", media="application/json")


def test_multipart_fields_have_their_types_too() -> None:
    body = (b'--x\r\nContent-Disposition: form-data; name="n"\r\n\r\n7\r\n'
            b'--x\r\nContent-Disposition: form-data; name="o"\r\nContent-Type: application/json\r\n\r\n[1]\r\n'
            b'--x\r\nContent-Disposition: form-data; name="p"\r\n\r\n{"q": 1}\r\n--x--')  # fmt: skip
    schema = of(n={"type": "integer"}, o={"type": "array"}, p={"type": "object"})
    assert read({MULTIPART: schema}, body, f"{MULTIPART}; boundary=x").value == {"n": 7, "o": [1], "p": {"q": 1}}
    broken = body.replace(b"[1]", b"[1")
    with pytest.raises(FormError, match="'o' is not JSON"):
        read({MULTIPART: schema}, broken, f"{MULTIPART}; boundary=x")
    deep = body.replace(b"[1]", b"[" * 101 + b"]" * 101)
    with pytest.raises(FormError, match="'o' is nested more than 100 levels deep"):
        read({MULTIPART: schema}, deep, f"{MULTIPART}; boundary=x")


@pytest.mark.parametrize("media", ["application/json", MULTIPART, "text/plain", "application/octet-stream"])
def test_a_body_that_is_left_out_is_missed_only_where_it_is_required(media: str) -> None:
    content = {media: {"schema": {"type": "object", "required": ["a"]}}}
    assert read(content, b"", media).value == {}
    with pytest.raises(VendorError):
        read(content, b"", media, required=True)


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-16"])
@pytest.mark.parametrize("media", ["text/plain", "text/csv", "application/xml"])
def test_a_text_is_read_in_the_charset_that_is_named(media: str, charset: str) -> None:
    word = {"type": "string", "maxLength": 4}
    row = {"type": "object", "properties": {"w": word}}
    schema, text, value = {
        "text/plain": (word, "café", "café"),
        "text/csv": ({"type": "array", "items": row}, "w\r\ncafé\r\n", [{"w": "café"}]),
        "application/xml": (row, "<r><w>café</w></r>", {"w": "café"}),
    }[media]
    sent = text.encode(charset.replace("windows-", "cp"))
    assert read({media: {"schema": schema}}, sent, f"{media}; charset={charset}").value == value


def test_a_text_is_checked_and_a_file_is_not() -> None:
    assert read({"text/plain": {"schema": {"type": "string"}}}, b"a", "text/plain").value == "a"
    with pytest.raises(VendorError):
        read({"text/plain": {"schema": {"type": "string", "maxLength": 1}}}, b"ab", "text/plain")
    assert (
        read({"image/*": {"schema": {"type": "string", "maxLength": 1}}}, b"ab", "image/png").uploads[""].content
        == b"ab"
    )


def test_parts_of_one_name_that_are_json_are_a_list() -> None:
    part = '--x\r\nContent-Disposition: form-data; name="o"\r\nContent-Type: application/json\r\n\r\n{"R": 1}\r\n'
    schema = of(o={"type": "array", "items": {"type": "object", "properties": {"R": {"type": "integer"}}}})
    assert read({MULTIPART: schema}, f"{part}{part}--x--".encode(), f"{MULTIPART}; boundary=x").value == {
        "o": [{"R": 1}, {"R": 1}]
    }


def test_what_is_said_of_a_file_in_a_form_is_not_about_its_name() -> None:
    of_file = {"type": "string", "format": "binary", "minLength": 100, "maxLength": 5000}
    content = {
        MULTIPART: of(f=of_file, fs={"type": "array", "items": of_file}, note={"type": "string", "maxLength": 3})
    }
    file = '--x\r\nContent-Disposition: form-data; name="{}"; filename="a.txt"\r\n\r\nA\r\n'
    note = '--x\r\nContent-Disposition: form-data; name="note"\r\n\r\n{}\r\n--x--'
    sent = file.format("f") + file.format("fs") + note
    media = f"{MULTIPART}; boundary=x"
    assert read(content, sent.format("abc").encode(), media).value == {"f": "a.txt", "fs": ["a.txt"], "note": "abc"}
    with pytest.raises(VendorError):
        read(content, sent.format("abcd").encode(), media)


def test_a_field_with_a_readable_name_only_is_not_asked_of_a_request() -> None:
    schema = {"schema": {"required": ["id"], "properties": {"id": {"type": "string", "readOnly": True}}}}
    assert read({"application/json": schema}, b"{}", "application/json").value == {}


def test_null_takes_away_in_a_merge_patch_at_every_depth_and_is_refused_in_json() -> None:
    inner = {"type": "object", "properties": {"b": {"type": "string"}}}
    schema = {"schema": {"type": "object", "properties": {"a": inner}}}
    merge = "application/merge-patch+json"
    assert read({merge: schema}, b'{"a": {"b": null}}', merge).value == {"a": {"b": None}}
    with pytest.raises(VendorError):
        read({merge: schema}, b'{"a": {"b": 1}}', merge)
    with pytest.raises(VendorError):
        read({"application/json": schema}, b'{"a": {"b": null}}', "application/json")


@pytest.mark.parametrize(
    ("style", "text"), [("spaceDelimited", b"a=1%202"), ("spaceDelimited", b"a=1+2"), ("pipeDelimited", b"a=1|2")]
)
def test_a_list_may_be_in_one_text_with_spaces_or_bars(style: str, text: bytes) -> None:
    form = {FORM: {**of(a=LIST), "encoding": {"a": {"style": style}}}}
    assert read(form, text, FORM).value == {"a": [1, 2]}
    assert read({FORM: {**of(a=LIST), "encoding": {"a": {"style": style, "explode": True}}}}, b"a=1&a=2", FORM).value


def test_a_text_is_a_number_where_the_document_says_so() -> None:
    content = {"text/plain": {"schema": {"type": "integer", "minimum": 5}}}
    assert read(content, b"7\n", "text/plain").value == 7
    with pytest.raises(VendorError):
        read(content, b"3", "text/plain")
    assert read({"text/plain": {"schema": {"type": "string"}}}, b" 7\n", "text/plain").value == " 7\n"


def test_a_table_is_a_list_of_its_rows() -> None:
    rows = {"text/csv": {"schema": {"type": "array", "items": of(id={"type": "integer"})["schema"]}}}
    assert read(rows, b'id,name\r\n1,"a, b"\r\n', "text/csv").value == [{"id": 1, "name": "a, b"}]
    with pytest.raises(VendorError, match="integer"):
        read(rows, b"id\nx\n", "text/csv")


@pytest.mark.parametrize("items", [{"type": "array", "items": of(n={"type": "integer"})["schema"]},
                                   of(n={"type": "integer"})["schema"]])  # fmt: skip
def test_lines_are_checked_whether_the_schema_is_of_one_or_of_all(items: dict[str, Any]) -> None:
    content = {"application/x-ndjson": {"schema": items}}
    assert read(content, b'{"n":1}\n\n{"n":2}', "application/x-ndjson").value == [{"n": 1}, {"n": 2}]
    for wrong in (b'{"n":"x"}\n', b'{"n":1}\nx'):
        with pytest.raises(VendorError):
            read(content, wrong, "application/x-ndjson")


def test_xml_is_read_and_checked_as_json_is() -> None:
    content = {"application/xml": of(id={"type": "integer", "xml": {"attribute": True}}, n={"type": "string"})}
    assert read(content, b'<a id="5"><n>Rex</n></a>', "application/xml").value == {"id": 5, "n": "Rex"}
    with pytest.raises(VendorError, match="integer"):
        read(content, b'<a id="x"/>', "application/xml")


@pytest.mark.parametrize(
    ("media", "schema", "sent", "value"),
    [
        ("", {"type": "object", "required": ["a"]}, b'{"a": 1}', {"a": 1}),
        (FORM, {"type": "string"}, b"three eggs", "three eggs"),
        ("text/plain", {"type": "object", "properties": {"a": {}}}, b'{"a": 1}', {"a": 1}),
        ("text/plain", {"type": "object", "format": "file"}, b"anything", None),
    ],
)
def test_a_body_is_read_as_its_schema_can_have_it(media: str, schema: Any, sent: bytes, value: Any) -> None:
    assert read({media: {"schema": schema}}, sent, media or "application/json").value == value


def test_a_form_of_alternatives_or_conditions_has_their_fields() -> None:
    flag, number = {"properties": {"b": {"type": "boolean"}}}, {"properties": {"a": LIST, "n": {"type": "integer"}}}
    either = {FORM: {"schema": {"type": "object", "oneOf": [number, flag]}}}
    assert read(either, b"a=1&n=2", FORM).value == {"a": [1], "n": 2}
    assert read(either, b"b=true", FORM).value == {"b": True}
    asked = {"if": {"required": ["b"]}, "then": flag, "else": number}
    assert read({FORM: {"schema": {"type": "object", **asked}}}, b"a=1&n=2", FORM).value == {"a": [1], "n": 2}


def test_a_list_of_a_form_may_be_json_in_one_text() -> None:
    form = {FORM: {**of(a=LIST), "encoding": {"a": {"contentType": "application/json"}}}}
    assert read(form, b"a=%5B1%2C2%5D", FORM).value == {"a": [1, 2]}
    assert read(form, b"a=1&a=2", FORM).value == {"a": [1, 2]}
    assert read(form, b"a=1", FORM).value == {"a": [1]}


def test_the_version_in_the_media_type_chooses_the_schema() -> None:
    media = {f"application/vnd.a+json; version={n}": {"schema": {"required": [f"v{n}"]}} for n in (1, 2)}
    for n in (1, 2):
        assert read(media, b'{"v%d": 1}' % n, f"application/vnd.a+json;version={n}").value == {f"v{n}": 1}
        with pytest.raises(VendorError):
            read(media, b'{"v%d": 1}' % (3 - n), f"application/vnd.a+json;version={n}")
