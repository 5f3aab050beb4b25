"""The parts of a multipart body, taken apart and put together."""

import pytest

from tidegate.cassette.multipart_parts import PARTS_MAX, BodyPart, body_of_parts, boundary_of, parts_of

MEDIA = "multipart/form-data; boundary=B"
HEAD = b'Content-Disposition: form-data; name="n"'


def test_parts_are_what_stands_between_the_boundaries() -> None:
    body = b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--B\r\n' + HEAD + b"\r\n\r\n\r\n--B--\r\n"
    parts = parts_of(body, MEDIA)
    assert parts is not None
    assert [(part.name, part.content) for part in parts] == [("a", b"x"), ("n", b"")]
    assert body_of_parts(parts, "B") == body


def test_lines_may_end_without_a_carriage_return() -> None:
    parts = parts_of(b"--B\n" + HEAD + b"\n\nx\n--B--", MEDIA)
    assert parts == (BodyPart(HEAD, "n", b"x"),)


def test_headers_are_equal_whatever_their_order_case_and_space() -> None:
    one = BodyPart(b"Content-Type:text/plain\r\nContent-ID: 1", "n", b"")
    other = BodyPart(b"content-id:  1\r\ncontent-type: text/plain ", "n", b"")
    assert one.headers == other.headers


@pytest.mark.parametrize(
    ("written", "is_same"),
    [
        (b"content-disposition:form-data;name=n", True),
        (HEAD + b"\r\nContent-Type: text/plain; charset=UTF-8", True),
        (HEAD + b"\r\nContent-Length: 7\r\nContent-Transfer-Encoding: binary", True),
        (HEAD + b"\r\nContent-Type: application/json", False),
        (HEAD + b"\r\nContent-Transfer-Encoding: base64", False),
        (HEAD + b'; filename="n"', False),
    ],
)
def test_what_clients_leave_out_or_write_of_a_field_is_no_difference(written: bytes, is_same: bool) -> None:
    assert (BodyPart(written, "n", b"").headers == BodyPart(HEAD, "n", b"").headers) is is_same


def test_a_file_has_its_type_and_one_name_in_either_form() -> None:
    one = BodyPart(HEAD + b'; filename="\xc3\xa9.txt"', "n", b"")
    assert one.headers == BodyPart(HEAD + b"; filename*=utf-8''%C3%A9.txt", "n", b"").headers
    assert one.headers != BodyPart(one.head + b"\r\nContent-Type: text/plain", "n", b"").headers


@pytest.mark.parametrize(
    ("media", "boundary"),
    [
        ("multipart/form-data; boundary=a-b", "a-b"),
        ('Multipart/Mixed; charset=x; Boundary="a b"', "a b"),
        ("multipart/form-data", None),
        ("application/json; boundary=a", None),
    ],
)
def test_a_media_type_names_its_boundary(media: str, boundary: str | None) -> None:
    assert boundary_of(media) == boundary


@pytest.mark.parametrize("body", [b"", b"no", b"--B\r\nopen", b"--B\r\n\r\nx\r\n" * (PARTS_MAX + 1) + b"--B--"])
def test_a_body_that_does_not_keep_to_its_boundary_has_no_parts(body: bytes) -> None:
    assert parts_of(body, MEDIA) is None
