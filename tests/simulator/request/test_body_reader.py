"""A body is read and checked in each media type that its operation takes."""

from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.request.body_reader import BodyReader
from tidegate.simulator.request.coercion import Coercions
from tidegate.simulator.request.request_content import FORM, ParsedBody, RequestContent

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


def test_what_is_no_list_keeps_its_last_value() -> None:
    assert read({FORM: of(a={"type": "integer"})}, b"a=1&a=2", FORM).value == {"a": 2}


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
    with pytest.raises(VendorError, match="'o' is not JSON"):
        read({MULTIPART: schema}, broken, f"{MULTIPART}; boundary=x")
    deep = body.replace(b"[1]", b"[" * 101 + b"]" * 101)
    with pytest.raises(VendorError, match="'o' is nested more than 100 levels deep"):
        read({MULTIPART: schema}, deep, f"{MULTIPART}; boundary=x")


@pytest.mark.parametrize("media", ["application/json", MULTIPART, "text/plain", "application/octet-stream"])
def test_a_body_that_is_left_out_is_missed_only_where_it_is_required(media: str) -> None:
    content = {media: {"schema": {"type": "object", "required": ["a"]}}}
    assert read(content, b"", media).value == {}
    with pytest.raises(VendorError):
        read(content, b"", media, required=True)


def test_a_text_is_checked_and_a_file_is_not() -> None:
    assert read({"text/plain": {"schema": {"type": "string"}}}, b"a", "text/plain").value == "a"
    with pytest.raises(VendorError):
        read({"text/plain": {"schema": {"type": "string", "maxLength": 1}}}, b"ab", "text/plain")
    assert (
        read({"image/*": {"schema": {"type": "string", "maxLength": 1}}}, b"ab", "image/png").uploads[""].content
        == b"ab"
    )


def test_a_field_with_a_readable_name_only_is_not_asked_of_a_request() -> None:
    schema = {"schema": {"required": ["id"], "properties": {"id": {"type": "string", "readOnly": True}}}}
    assert read({"application/json": schema}, b"{}", "application/json").value == {}
