"""Multipart bodies are read whole, files to the byte."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tidegate.simulator.request.forms import FormError
from tidegate.simulator.request.multipart import decode

MEDIA = 'multipart/form-data; boundary="the edge"'


def body(*parts: tuple[str, bytes]) -> bytes:
    """Each part: what follows `Content-Disposition: form-data; `, and its content."""
    text = b"".join(
        b"--the edge\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + content + b"\r\n"
        for head, content in parts
    )
    return text + b"--the edge--\r\n"


def test_fields_are_as_in_a_form() -> None:
    decoded = decode(body(('name="a"', b"1"), ('name="b[c]"', b"2"), ('name="d"', b"3"), ('name="d"', b"4")), MEDIA)
    assert decoded.fields == {"a": "1", "b": {"c": "2"}, "d": ["3", "4"]}


def test_a_name_with_brackets_of_its_own_is_taken_as_it_is() -> None:
    assert decode(body(('name="a[]"', b"1"), ('name="a[]"', b"2")), MEDIA, {"a[]"}).fields == {"a[]": ["1", "2"]}


def test_a_file_is_a_name_among_the_fields_and_its_bytes_apart() -> None:
    decoded = decode(body(('name="file"; filename="a b.txt"\r\nContent-Type: text/csv', b"1\r\n\r\n2")), MEDIA)
    assert decoded.fields == {"file": "a b.txt"}
    upload = decoded.uploads["file"]
    assert (upload.name, upload.media, upload.content) == ("a b.txt", "text/csv", b"1\r\n\r\n2")


def test_a_name_in_another_alphabet_is_read() -> None:
    decoded = decode(body(("name=\"file\"; filename*=UTF-8''gr%C3%BCn.txt", b"")), MEDIA)
    assert decoded.fields == {"file": "grün.txt"}


def test_a_part_that_says_so_is_json() -> None:
    assert decode(body(('name="a"\r\nContent-Type: application/json', b"[1]")), MEDIA).json == {"a"}


@given(
    content=st.binary(max_size=300),
    media=st.sampled_from(
        ["application/octet-stream", "message/rfc822", "multipart/related; boundary=q", "text/plain"]
    ),
)
@example(content=b"From: a@b.c\r\nSubject: Hi\r\n\r\nHello\r\n", media="message/rfc822")
@example(content=b"--q\r\n\r\nabc\r\n--q--\r\n", media="multipart/related; boundary=q")
@example(content=b"\r\n--the edges\r\n--the edg", media="text/plain")
def test_a_file_keeps_every_byte_whatever_its_type(content: bytes, media: str) -> None:
    if b"--the edge" in content.replace(b"--the edges", b""):
        return
    decoded = decode(body((f'name="a"; filename="a"\r\nContent-Type: {media}', content), ('name="b"', b"1")), MEDIA)
    assert decoded.uploads["a"].content == content
    assert decoded.fields["b"] == "1"


@pytest.mark.parametrize(
    ("head", "name", "media"),
    [
        ('name="file"; filename="a.txt"; filename*', "a.txt", "application/octet-stream"),
        ('name="file"; filename="a.txt"\r\nContent-Type: text/csv; a*', "a.txt", "text/csv"),
        ('name="file"; filename="a;\\"b.txt"\r\nContent-Type: text/csv;\r\n charset=x', 'a;"b.txt', "text/csv"),
        ('name="file";\r\n filename="a.txt"\r\nContent-Type: text/csv\r\n x', "a.txt", "application/octet-stream"),
        ('name="file"; filename="grün.txt"\r\nContent-Type: text/\xfc', "grün.txt", "application/octet-stream"),
        ('name="file"; filename=""', "", "application/octet-stream"),
    ],
)
def test_the_name_and_type_of_a_file_are_read_however_they_are_written(head: str, name: str, media: str) -> None:
    upload = decode(body((head, b"1")), MEDIA).uploads["file"]
    assert (upload.name, upload.media, upload.content) == (name, media, b"1")


def test_a_text_is_read_in_its_charset_or_in_that_of_the_form() -> None:
    own = body(('name="a"\r\nContent-Type: text/plain; charset=latin1', b"\xe9"))
    assert decode(own, MEDIA).fields == {"a": "é"}
    whole = decode(body(('name="_charset_"', b"windows-1252"), ('name="a"', b"\x80")), MEDIA)
    assert whole.fields["a"] == "€"


def test_a_name_in_latin_1_is_read() -> None:
    sent = body(('name="file"; filename="gr?n.txt"', b"")).replace(b"?", b"\xfc")
    assert decode(sent, MEDIA).fields == {"file": "grün.txt"}


def test_what_was_encoded_for_mail_is_decoded() -> None:
    sent = body(
        ('name="a"\r\nContent-Transfer-Encoding: base64', b"aGk="),
        ('name="b"\r\nContent-Transfer-Encoding: Quoted-Printable', b"=68i"),
        ('name="c"\r\nContent-Transfer-Encoding: binary', b"hi"),
    )
    assert decode(sent, MEDIA).fields == {"a": "hi", "b": "hi", "c": "hi"}


@pytest.mark.parametrize("media", ["; a*", "; a*0*(", "; (", "; boundary=b"])
def test_what_follows_the_boundary_does_not_matter(media: str) -> None:
    assert decode(body(('name="a"', b"1")), MEDIA + media).fields == {"a": "1"}


def test_lines_may_end_without_cr_and_stand_around_the_parts() -> None:
    sent = b"before\r\n" + body(('name="a"', b"1")) + b"after\r\n--the edge\r\n"
    assert decode(sent, MEDIA).fields == decode(sent.replace(b"\r", b""), MEDIA).fields == {"a": "1"}


BITS = ("name", "filename", "utf-8''", "idna''", "\r\n", "Content-Disposition: form-data; ", "Content-Type: a/b",
        "Content-Transfer-Encoding: base64", *"*0=;:'\"\\()<>[%? \r\n\t\x00\xff")  # fmt: skip


@given(head=st.lists(st.sampled_from(BITS)).map("".join), media=st.text(st.sampled_from("*0=;'\"() aboundary\udcff%")))
def test_headers_of_any_kind_are_read_or_refused(head: str, media: str) -> None:
    for sent, content_type in (
        (body((head, b"1")), MEDIA),
        (body(('name="a"', b"1")), "multipart/form-data; " + media),
    ):
        with suppress(FormError):
            decode(sent, content_type)


@pytest.mark.parametrize(
    ("raw", "media"),
    [
        (body(('name="a"', b"1")), "multipart/form-data"),
        (body(('name="a"', b"1")), "multipart/form-data; boundary=another"),
        (b"", MEDIA),
        (b"nothing", MEDIA),
        (body(('name="a"', b"1"))[:-20], MEDIA),
        (body(("", b"1")), MEDIA),
        (body(('name="a"', b"\xff")), MEDIA),
        (body(('name="a"\r\nContent-Transfer-Encoding: base64', b"a")), MEDIA),
        (body(("name*=idna''%ff", b"1")), MEDIA),
        (body(('name="a"', b"1")), "multipart/form-data; boundary*=idna''%ff"),
        (body(*[(f'name="{n}"', b"") for n in range(1100)]), MEDIA),
    ],
)
def test_what_is_no_multipart_body_is_refused(raw: bytes, media: str) -> None:
    with pytest.raises(FormError):
        decode(raw, media)


def test_headers_that_would_take_long_to_read_are_refused() -> None:
    many = b'--b\r\nContent-Disposition: form-data; name="' + b";" * 1_000 + b'"\r\n\r\nx\r\n--b--'
    with pytest.raises(FormError, match="A part's headers have at most"):
        decode(many, "multipart/form-data; boundary=b")
    with pytest.raises(FormError, match="A Content-Type has at most"):
        decode(b"", 'multipart/form-data; a="' + ";" * 1_000)
