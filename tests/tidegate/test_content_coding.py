"""Codings are undone whole and in pieces, in every form that senders use, and never without a bound."""

import gzip
import resource
import zlib

import brotli
import pytest
import zstandard

from tidegate.content_coding import DecodeError, decoded, decoder_of, saved

BODY = b'{"error": {"code": "insufficient_quota"}}' * 20


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


FORMS = [
    pytest.param("", BODY, id="none"),
    pytest.param("identity", BODY, id="identity"),
    pytest.param("gzip", gzip.compress(BODY), id="gzip"),
    pytest.param("GZip", gzip.compress(BODY), id="gzip, spelled otherwise"),
    pytest.param("x-gzip", gzip.compress(BODY), id="x-gzip"),
    pytest.param("gzip", gzip.compress(BODY[:30]) + gzip.compress(BODY[30:]), id="gzip in two members"),
    pytest.param("gzip", gzip.compress(BODY) + b"\0" * 8, id="gzip and padding"),
    pytest.param("deflate", zlib.compress(BODY), id="deflate with zlib's header"),
    pytest.param("deflate", raw_deflate(BODY), id="deflate without it"),
    pytest.param("br", brotli.compress(BODY), id="br"),
    pytest.param("zstd", zstandard.compress(BODY), id="zstd"),
    pytest.param("zstd", zstandard.compress(BODY[:9]) + zstandard.compress(BODY[9:]), id="zstd in two frames"),
    pytest.param("br, gzip", gzip.compress(brotli.compress(BODY)), id="two codings"),
    pytest.param("identity, gzip", gzip.compress(BODY), id="identity and gzip"),
]


@pytest.mark.parametrize(("coding", "body"), FORMS)
def test_a_body_is_decoded(coding: str, body: bytes) -> None:
    assert decoded(body, coding, 100_000) == BODY


@pytest.mark.parametrize(("coding", "body"), FORMS)
@pytest.mark.parametrize("size", [1, 7])
def test_a_stream_is_decoded_as_it_comes(coding: str, body: bytes, size: int) -> None:
    decoder = decoder_of(coding)
    assert decoder is not None
    pieces = [decoder.decode(body[place : place + size], 100_000) for place in range(0, len(body), size)]
    assert b"".join(pieces) == BODY


@pytest.mark.parametrize(("coding", "body"), FORMS)
def test_what_is_too_large_is_not_made(coding: str, body: bytes) -> None:
    assert decoded(body, coding, len(BODY)) == BODY
    assert decoded(body, coding, len(BODY) - 1) is None


@pytest.mark.parametrize("coding", ["compress", "gzip, gzip, gzip, gzip", "exi"])
def test_a_coding_that_is_not_known_is_not_guessed(coding: str) -> None:
    assert decoder_of(coding) is None
    assert decoded(BODY, coding, 100_000) is None


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_what_is_not_what_it_says_cannot_be_read(coding: str) -> None:
    assert decoded(b"no such thing, " * 9, coding, 100_000) is None
    decoder = decoder_of(coding)
    assert decoder is not None
    with pytest.raises(DecodeError):
        decoder.decode(b"no such thing, " * 9, 100_000)


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        pytest.param("gzip", gzip.compress(bytes(200_000_000), 1), id="gzip"),
        pytest.param("br", brotli.compress(bytes(200_000_000), quality=1), id="br"),
        pytest.param("zstd", zstandard.compress(bytes(200_000_000)), id="zstd"),
        pytest.param("gzip, gzip", gzip.compress(gzip.compress(bytes(200_000_000), 1)), id="gzip in gzip"),
    ],
)
@pytest.mark.slow
def test_a_bomb_takes_no_more_memory_than_its_bound(coding: str, bomb: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert decoded(bomb, coding, 1_000_000) is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # KiB


@pytest.mark.parametrize(("coding", "body"), FORMS)
def test_a_saved_body_is_without_its_coding_as_is_one_that_was_decoded_already(coding: str, body: bytes) -> None:
    assert saved(body, coding, 100_000) == BODY
    assert saved(BODY, coding, 100_000) == BODY


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, br"])
@pytest.mark.parametrize("body", [b'{"r":1}', b"[1,2,3]", b"\x89PNG\r\n\x1a\n", "é".encode(), b"null", b""])
def test_what_was_decoded_already_and_begins_like_a_coded_body_is_left(coding: str, body: bytes) -> None:
    assert saved(body, coding, 100_000) == body


@pytest.mark.parametrize(("coding", "body"), [form.values for form in FORMS if form.values[0]])
def test_half_of_a_saved_body_is_none(coding: str, body: bytes) -> None:  # padding behind the end is no part of it
    half = body[: len(body) // 2]
    assert saved(half, coding, 100_000) == half


def test_a_coding_that_is_not_known_was_none_of_a_saved_body() -> None:
    assert saved(gzip.compress(BODY), "aws-chunked, gzip", 100_000) == BODY
    assert saved(BODY, "utf-8", 100_000) == BODY


def test_a_saved_body_that_is_too_large_stays_as_it_is() -> None:
    body = gzip.compress(bytes(100_000))
    assert saved(body, "gzip", 100) == body
