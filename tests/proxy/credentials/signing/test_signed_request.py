"""A request that is taken apart and put together again is the same, byte for byte."""

from hypothesis import given
from hypothesis import strategies as st

from tests.proxy.credentials.signing.requests import written
from tidegate.proxy.credentials.signing.signed_request import SignedRequest

NAMES = st.text("abcdefghijklmnopqrstuvwxyz-ABC", min_size=1, max_size=12)
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f\x85\xa0"), max_size=20)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=6), st.binary(max_size=60))
def test_what_is_not_touched_stays(lines: list[tuple[str, str]], body: bytes) -> None:
    request = written("PUT", "/a%20b?x=1&&y", *lines, body=body)
    assert bytes(SignedRequest.of(request)) == request


def test_a_header_is_set_once_and_its_lines_are_read_as_one() -> None:
    request = SignedRequest.of(written("GET", "/", ("X-A", "1"), ("x-a", "2"), body=b""))
    assert request.header("X-a") == "1, 2"
    request.put("X-A", "3")
    assert request.header("x-a") == "3"
    assert request.header("absent") == ""


def test_another_body_has_its_own_length_and_no_digest_of_the_one_before() -> None:
    stale = (("Content-Digest", "sha-256=:x:"), ("Content-MD5", "y"))
    request = SignedRequest.of(written("POST", "/", *stale, body=b"one"))
    request.reframe(b"longer")
    assert bytes(request).endswith(b"Content-Length: 6\r\n\r\nlonger")
    assert b"igest" not in bytes(request)
    assert b"MD5" not in bytes(request)
