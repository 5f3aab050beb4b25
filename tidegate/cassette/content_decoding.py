"""Bodies that a tool saved as they came over the wire, decoded (RFC 9110 §8.4.1, RFC 7932, RFC 8878)."""

import zlib
from collections.abc import Callable, Mapping

BODY_BYTES_MAX = 1 << 26
"""A body that was saved compressed is decoded up to so many bytes."""

WINDOW_BYTES_MAX = 1 << 23
"""The memory that zstd may ask for (RFC 9659)."""


def _inflated(body: bytes) -> bytes:
    """Gzip or zlib; deflate without a head, as some servers send it."""
    try:
        return zlib.decompressobj(47).decompress(body, BODY_BYTES_MAX)
    except zlib.error:
        return zlib.decompressobj(-15).decompress(body, BODY_BYTES_MAX)


def _brotli(body: bytes) -> bytes:
    import brotli  # few archives need it

    try:
        text: bytes = brotli.Decompressor().process(body, output_buffer_limit=BODY_BYTES_MAX)
    except brotli.error as error:
        raise ValueError(str(error)) from None
    return text


def _zstd(body: bytes) -> bytes:
    import zstandard  # few archives need it

    try:
        with zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES_MAX).stream_reader(body) as reader:
            return reader.read(BODY_BYTES_MAX)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from None


_DECODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": _inflated,
    "x-gzip": _inflated,
    "deflate": _inflated,
    "br": _brotli,
    "zstd": _zstd,
}


def decoded(body: bytes, coding: str) -> bytes:
    """The body without its coding; as it is where it has none, or was decoded already, as the format has it."""
    decoder = _DECODERS.get(coding.strip().lower())
    try:
        return decoder(body) if decoder is not None else body
    except (zlib.error, ValueError):
        return body
