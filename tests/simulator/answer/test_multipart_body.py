"""Each field is a part, and the media type names the boundary between them; another program reads it."""

from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest

from tests.simulator.small_vendor import TEXT, WHOLE, SmallVendor, fields, operation
from tidegate.simulator.answer.multipart_body import parts, with_boundary
from tidegate.simulator.request import multipart

FORM = "multipart/form-data"
FILE = {**TEXT, "format": "binary"}


def plain(schema: Any) -> Any:
    return schema


def read(media: str, body: bytes) -> list[Message]:
    whole = message_from_bytes(b"Content-Type: " + with_boundary(media, body).encode() + b"\r\n\r\n" + body)
    assert whole.is_multipart()
    assert not whole.defects
    return [part for part in whole.walk() if not part.is_multipart()]


def test_the_fields_of_an_object_are_parts() -> None:
    schema = fields(about=fields(n=WHOLE), file=FILE, note=TEXT, tags={"type": "array", "items": TEXT})
    value = {"about": {"n": 1}, "file": "bytes", "note": "--part", "tags": ["x", "y"]}
    body = parts(FORM, value, schema, plain)
    found = [(part.get_content_type(), part.get_payload()) for part in read(FORM, body)]
    assert found == [
        ("application/json", '{"n":1}'), ("application/octet-stream", "bytes"), ("text/plain", "--part"),
        ("text/plain", "x"), ("text/plain", "y"),
    ]  # fmt: skip
    form = multipart.decode(body, with_boundary(FORM, body))
    assert (form.fields["note"], form.fields["tags"], form.uploads["file"].content) == ("--part", ["x", "y"], b"bytes")


@pytest.mark.parametrize(("value", "found"), [(["a", {"b": 1}], ["a", '{"b":1}']), ("a", ["a"]), ({}, [""])])
def test_what_is_no_object_has_parts_too(value: Any, found: list[str]) -> None:
    assert [part.get_payload() for part in read("multipart/mixed", parts("multipart/mixed", value, {}, plain))] == found


def test_a_boundary_that_the_document_names_is_used() -> None:
    media = 'multipart/mixed; boundary="own"'
    body = parts(media, {"a": "b"}, {}, plain)
    assert body.startswith(b"--own\r\n")
    assert with_boundary(media, body) == media
    assert with_boundary("text/plain", b"--a\n") == "text/plain"


def test_a_stored_object_comes_in_parts_where_the_document_has_them() -> None:
    one = fields("id", id={**TEXT, "readOnly": True}, note=TEXT)
    vendor = SmallVendor({
        "/notes": {"post": operation(one, fields(note=TEXT), status=201)},
        "/notes/{id}": {"get": operation(one, media=FORM)},
    })  # fmt: skip
    made = vendor.made("/notes", {"note": "Hello"})
    assert vendor.read(f"/notes/{made['id']}") == made
