"""Undoes content codings (RFC 9110 §8.4) where our own logic reads a body: an error's code, a stream's events, a tape.

Every decoder is told how many bytes it may make, because a few kilobytes can stand for gigabytes (CVE-2025-69223). What
goes on to an app, and what it means, is somebody else's matter.
"""

import io
import zlib
from collections.abc import Mapping
from typing import Protocol

import brotli
import zstandard
from multidict import MultiMapping

CODINGS_MAX = 3
"""More codings on top of each other are nobody's honest answer."""

_ZSTD_WINDOW_MAX = 8 * 1024 * 1024
"""RFC 9659 §3: a decoder must take windows up to this size, and may refuse larger ones."""

_ZSTD_STEP = 256
"""Bytes of input that are decoded at once: a block of three bytes may stand for 128 KiB."""


class DecodeError(ValueError):
    """The bytes are not what the coding says, or stand for more than may be made of them."""


class Decoder(Protocol):
    """One coding, undone as its bytes come."""

    @property
    def has_end(self) -> bool:
        """True where what came so far is whole, by the coding's own mark."""
        ...

    def decode(self, data: bytes, bytes_max: int) -> bytes:
        """What these bytes stand for, at most so many. Raises DecodeError."""
        ...


class _Gzip:
    """Any number of members (RFC 1952 §2.2)."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(31)

    @property
    def has_end(self) -> bool:
        """See Decoder."""
        return self._stream.eof

    def decode(self, data: bytes, bytes_max: int) -> bytes:
        """See Decoder."""
        parts: list[bytes] = []
        while data:
            piece = _inflated(self._stream, data, bytes_max)
            bytes_max -= len(piece)
            parts.append(piece)
            data = b""
            if self._stream.eof and self._stream.unused_data.startswith(b"\x1f"):
                data = self._stream.unused_data
                self._stream = zlib.decompressobj(31)
        return b"".join(parts)


class _Deflate:
    """zlib's form (RFC 1950), and the bare one (RFC 1951) of senders who leave its header out."""

    def __init__(self) -> None:
        self._head = b""
        self._stream: zlib._Decompress | None = None

    @property
    def has_end(self) -> bool:
        """See Decoder."""
        return self._stream is not None and self._stream.eof

    def decode(self, data: bytes, bytes_max: int) -> bytes:
        """See Decoder."""
        if self._stream is None:
            self._head += data
            if len(self._head) < 2:
                return b""
            first, second = self._head[:2]
            headed = first & 0x0F == 8 and (first << 8 | second) % 31 == 0
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if headed else -zlib.MAX_WBITS)
            data = self._head
        return _inflated(self._stream, data, bytes_max)


def _inflated(stream: "zlib._Decompress", data: bytes, bytes_max: int) -> bytes:
    try:
        piece = stream.decompress(data, bytes_max + 1)
    except zlib.error as error:
        raise DecodeError(str(error)) from None
    if len(piece) > bytes_max:
        raise DecodeError("it stands for too many bytes")
    return piece


class _Brotli:
    """RFC 7932."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def has_end(self) -> bool:
        """See Decoder."""
        return bool(self._stream.is_finished())

    def decode(self, data: bytes, bytes_max: int) -> bytes:
        """See Decoder."""
        parts, size = [], 0
        try:
            while True:
                piece = self._stream.process(data, output_buffer_limit=64 * 1024)
                parts.append(piece)
                size += len(piece)
                if size > bytes_max:
                    raise DecodeError("it stands for too many bytes")
                if self._stream.is_finished() or self._stream.can_accept_more_data():
                    return b"".join(parts)
                data = b""
        except brotli.error as error:
            raise DecodeError(str(error)) from None


class _Zstd:
    """RFC 8878, any number of frames."""

    def __init__(self) -> None:
        self._stream = _zstd_frame()

    @property
    def has_end(self) -> bool:
        """See Decoder."""
        return bool(self._stream.eof)

    def decode(self, data: bytes, bytes_max: int) -> bytes:
        """See Decoder."""
        made = io.BytesIO()
        try:
            for place in range(0, len(data), _ZSTD_STEP):
                piece = data[place : place + _ZSTD_STEP]
                while piece:
                    if self._stream.eof:
                        self._stream = _zstd_frame()
                    made.write(self._stream.decompress(piece))
                    piece = self._stream.unused_data
                if made.tell() > bytes_max:
                    raise DecodeError("it stands for too many bytes")
        except zstandard.ZstdError as error:
            raise DecodeError(str(error)) from None
        return made.getvalue()


def _zstd_frame() -> "zstandard.ZstdDecompressionObj":
    return zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_MAX).decompressobj()


class _Chain:
    """Several codings, the last applied undone first. None is the identity."""

    def __init__(self, decoders: list[Decoder]) -> None:
        self._decoders = decoders

    @property
    def has_end(self) -> bool:
        """See Decoder."""
        return all(decoder.has_end for decoder in self._decoders)

    def decode(self, data: bytes, bytes_max: int) -> bytes:
        """See Decoder."""
        for decoder in self._decoders:
            data = decoder.decode(data, bytes_max)
        if len(data) > bytes_max:
            raise DecodeError("it is too large")
        return data


_DECODERS: Mapping[str, type[Decoder]] = {
    "gzip": _Gzip, "x-gzip": _Gzip, "deflate": _Deflate, "br": _Brotli, "zstd": _Zstd,
}  # fmt: skip


def coding_of(headers: MultiMapping[str]) -> str:
    """The codings of a body, in the order in which they were applied: all lines are one list (RFC 9110 §5.3)."""
    return ", ".join(headers.getall("Content-Encoding", ()))


def codings_in(coding: str) -> list[str]:
    """The names in a value of Content-Encoding that change a body: empty elements count nothing (RFC 9110 §5.6.1)."""
    return [name for part in coding.split(",") if (name := part.strip().lower()) not in ("", "identity")]


def decoder_of(coding: str) -> Decoder | None:
    """The decoder for a value of Content-Encoding; None for a coding that is not known, or too many of them."""
    names = codings_in(coding)
    if len(names) > CODINGS_MAX:
        return None
    decoders: list[Decoder] = []
    for name in reversed(names):
        if name not in _DECODERS:
            return None
        decoders.append(_DECODERS[name]())
    return _Chain(decoders)


def decoded(body: bytes, coding: str, bytes_max: int) -> bytes | None:
    """A whole body without its codings; None where it cannot be read, or is larger than `bytes_max`."""
    if not coding:
        return body if len(body) <= bytes_max else None
    decoder = decoder_of(coding)
    try:
        return None if decoder is None else decoder.decode(body, bytes_max)
    except DecodeError:
        return None


def readable(body: bytes, coding: str, bytes_max: int) -> bytes:
    """A whole body for logic that looks for something in it: without its codings, or as it came.

    Some servers name a coding that is none (`utf-8`, `none`), or leave the name on what is plain.
    """
    plain = decoded(body, coding, bytes_max)
    return body[:bytes_max] if plain is None else plain


def saved(body: bytes, coding: str, bytes_max: int) -> bytes:
    """A whole body that a tool has saved, without its codings; as it is where it was decoded already.

    Half of a coded body is none: what is plain may begin like one. A coding that is not known was no coding of this
    body.
    """
    named = ", ".join(name for name in codings_in(coding) if name in _DECODERS)
    decoder = decoder_of(named) if named else None
    if decoder is None:
        return body
    try:
        plain = decoder.decode(body, bytes_max)
    except DecodeError:
        return body
    return plain if decoder.has_end else body
