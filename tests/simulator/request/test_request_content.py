"""A body is read by its media type, of those that the operation takes."""

import pytest

from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.answer.media_types import FORM
from tidegate.simulator.request.forms import FormError
from tidegate.simulator.request.request_content import (
    Form,
    RequestContent,
    by_media,
    chosen,
    form_of,
    read_body,
    version_of,
)


def sent(body: bytes, media: str = "") -> RequestContent:
    return RequestContent({}, "", {"Content-Type": media} if media else {}, body)


@pytest.mark.parametrize(
    ("given", "allowed", "kind"),
    [
        ("", [FORM, "application/json"], FORM),
        ("", ["application/json", "text/plain"], "application/json"),
        ("", [], None),
        (FORM, ["application/json", FORM], FORM),
        ("application/vnd.github+json", ["application/json"], "application/json"),
        ("application/json", ["application/merge-patch+json"], "application/merge-patch+json"),
        ("image/png", ["text/plain", "image/*"], "image/*"),
        ("image/png", ["*/*"], "*/*"),
        ("application/zip", ["application/octet-stream"], "application/octet-stream"),
        ("application/json", [FORM], None),
        ("text/csv", ["text/plain"], None),
    ],
)
def test_the_type_is_the_allowed_one_that_the_given_falls_under(
    given: str, allowed: list[str], kind: str | None
) -> None:
    assert chosen(given, allowed) == kind


@pytest.mark.parametrize(
    ("media", "form"),
    [
        ("application/json", "json"),
        ("application/problem+json", "json"),
        (FORM, "form"),
        ("multipart/form-data", "multipart"),
        ("text/plain", "text"),
        ("application/octet-stream", "file"),
        ("image/*", "file"),
    ],
)
def test_each_type_has_its_form(media: str, form: Form) -> None:
    assert form_of(media) == form


def test_the_type_is_told_without_its_parameters() -> None:
    assert sent(b"", "Application/JSON; charset=utf-8").media == "application/json"
    assert sent(b"").media == ""


def test_a_body_becomes_what_its_form_is() -> None:
    assert read_body(sent(b"[1]"), "json").value == [1]
    assert read_body(sent(b"a=1&b[c]=2"), "form").value == {"a": "1", "b": {"c": "2"}}
    assert read_body(sent("grün".encode()), "text").value == "grün"
    parts = read_body(sent(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--', "multipart/form-data; boundary=x"), "multipart")  # fmt: skip  # noqa: E501 - one body
    assert parts.value == {"a": "1"}


def test_a_file_is_kept_as_bytes() -> None:
    body = read_body(sent(b"\x00\xff", "image/png"), "file")
    assert body.value is None
    assert (body.uploads[""].media, body.uploads[""].content) == ("image/png", b"\x00\xff")


@pytest.mark.parametrize(("body", "form"), [(b"{", "json"), (b"\xff", "form"), (b"\xff", "text"), (b"a[b=1", "form")])
def test_what_cannot_be_read_is_refused(body: bytes, form: Form) -> None:
    with pytest.raises((VendorError, FormError)):
        read_body(sent(body), form)


def test_json_that_is_nested_too_deep_to_be_written_again_is_refused() -> None:
    assert read_body(sent(b"[" * 100 + b"]" * 100), "json").value
    with pytest.raises(VendorError, match=r"The body is nested more than 100 levels deep\."):
        read_body(sent(b"[" * 101 + b"]" * 101), "json")


def test_versions_of_a_media_type_are_told_apart_by_its_parameters() -> None:
    content = by_media({"a/x+json; version=1": 1, "a/X+json; version=2": 2, "a/y": 3, "A/Y": 4})
    assert content == {"a/x+json": 1, "a/x+json; version=2": 2, "a/y": 4}
    assert version_of('a/x+json;version="2"', content) == "a/x+json; version=2"
    assert version_of("a/x+json; version=1", content) is None
    assert version_of("a/x+json", content) is None
    assert form_of("a/x+json; version=2") == "json"
