"""Bodies that a tool saved as they came over the wire, decoded (RFC 9110 §8.4.1, RFC 7932, RFC 8878)."""

import zlib
from collections.abc import Callable, Mapping

BODY_BYTES_MAX = 1 << 26
"""A body that was saved compressed is decoded up to so many bytes."""

WINDOW_BYTES_MAX = 1 << 23
"""The memory that zstd may ask for (RFC 9659)."""


def _unzipped(body: bytes, window: int = 47) -> bytes:
    """Gzip or zlib."""
    reader = zlib.decompressobj(window)
    text = reader.decompress(body, BODY_BYTES_MAX)
    return _whole(text, has_end=reader.eof)


def _inflated(body: bytes) -> bytes:
    """Zlib; deflate without a head, as some servers send it."""
    try:
        return _unzipped(body)
    except zlib.error:
        return _unzipped(body, -15)


def _brotli(body: bytes) -> bytes:
    import brotli  # few archives need it

    try:
        reader = brotli.Decompressor()
        text: bytes = reader.process(body, output_buffer_limit=BODY_BYTES_MAX)
    except brotli.error as error:
        raise ValueError(str(error)) from None
    return _whole(text, has_end=reader.is_finished())


def _whole(text: bytes, *, has_end: bool) -> bytes:
    """A text that was read to its end, or as far as is read. Half of one is none: what is plain may begin like it."""
    if not has_end and len(text) < BODY_BYTES_MAX:
        raise ValueError("it ends in the middle")
    return text


def _zstd(body: bytes) -> bytes:
    import zstandard  # few archives need it

    try:
        with zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES_MAX).stream_reader(body) as reader:
            return reader.read(BODY_BYTES_MAX)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from None


_DECODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": _unzipped,
    "x-gzip": _unzipped,
    "deflate": _inflated,
    "br": _brotli,
    "zstd": _zstd,
}


def decoded(body: bytes, coding: str) -> bytes:
    """The body without its coding; as it is where it has none, or was decoded already, as the format has it."""
    text = body
    try:
        for name in reversed(coding.lower().split(",")):
            text = _DECODERS.get(name.strip(), bytes)(text)
    except (zlib.error, ValueError):
        return body
    return text
