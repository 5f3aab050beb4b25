"""Multipart bodies are read whole, files to the byte."""

import pytest
from hypothesis import given
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
    found = decode(body(('name="a"', b"1"), ('name="b[c]"', b"2"), ('name="d"', b"3"), ('name="d"', b"4")), MEDIA)
    assert found.fields == {"a": "1", "b": {"c": "2"}, "d": ["3", "4"]}


def test_a_name_with_brackets_of_its_own_is_taken_as_it_is() -> None:
    assert decode(body(('name="a[]"', b"1"), ('name="a[]"', b"2")), MEDIA, {"a[]"}).fields == {"a[]": ["1", "2"]}


def test_a_file_is_a_name_among_the_fields_and_its_bytes_apart() -> None:
    found = decode(body(('name="file"; filename="a b.txt"\r\nContent-Type: text/csv', b"1\r\n\r\n2")), MEDIA)
    assert found.fields == {"file": "a b.txt"}
    upload = found.uploads["file"]
    assert (upload.name, upload.media, upload.content) == ("a b.txt", "text/csv", b"1\r\n\r\n2")


def test_a_name_in_another_alphabet_is_read() -> None:
    found = decode(body(("name=\"file\"; filename*=UTF-8''gr%C3%BCn.txt", b"")), MEDIA)
    assert found.fields == {"file": "grün.txt"}


def test_a_part_that_says_so_is_json() -> None:
    assert decode(body(('name="a"\r\nContent-Type: application/json', b"[1]")), MEDIA).json == {"a"}


@given(content=st.binary(max_size=300))
def test_a_file_keeps_every_byte(content: bytes) -> None:
    if b"--the edge" in content:
        return
    found = decode(
        body(('name="a"; filename="a"\r\nContent-Type: application/octet-stream', content), ('name="b"', b"1")), MEDIA
    )
    assert found.uploads["a"].content == content
    assert found.fields["b"] == "1"


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
        (body(*[(f'name="{n}"', b"") for n in range(1100)]), MEDIA),
    ],
)
def test_what_is_no_multipart_body_is_refused(raw: bytes, media: str) -> None:
    with pytest.raises(FormError):
        decode(raw, media)
