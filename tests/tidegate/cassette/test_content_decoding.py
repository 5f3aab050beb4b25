"""A body that was saved as it came is decoded, and one that was decoded already is left."""

import gzip
import zlib

import brotli
import pytest
import zstandard

from tidegate.cassette import content_decoding
from tidegate.cassette.content_decoding import decoded

TEXT = b'{"r": 1}' * 10


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(TEXT, mtime=0)),  # else its name is another one each second
        (" X-GZIP", gzip.compress(TEXT, mtime=0)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)[2:-4]),
        ("br", brotli.compress(TEXT)),
        ("zstd", zstandard.compress(TEXT)),
        ("", TEXT),
        ("identity", TEXT),
        *((coding, TEXT) for coding in ("gzip", "deflate", "br", "zstd")),
    ],
)
def test_a_body_is_without_its_coding(coding: str, body: bytes) -> None:
    assert decoded(body, coding) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, br"])
@pytest.mark.parametrize("body", [b'{"r":1}', b"[1,2,3]", b"\x89PNG\r\n\x1a\n", "é".encode(), b"null"])
def test_what_was_decoded_already_and_begins_like_a_coded_body_is_left(coding: str, body: bytes) -> None:
    assert decoded(body, coding) == body


def test_several_codings_are_undone_the_last_first() -> None:
    assert decoded(brotli.compress(gzip.compress(TEXT)), "gzip, br") == TEXT


def test_no_body_becomes_larger_than_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_decoding, "BODY_BYTES_MAX", 100)
    zeros = bytes(100_000)
    for coding, body in (("gzip", gzip.compress(zeros)), ("zstd", zstandard.compress(zeros))):
        assert len(decoded(body, coding)) == 100
    assert len(decoded(brotli.compress(bytes(10_000_000)), "br")) < 100_000
