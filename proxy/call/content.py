"""The content of one request (RFC 9110 §6.4): one value, whether it is whole in memory or passed on as it comes.

Everything that depends on a content asks this value: how long it is, how the request that carries it is framed
(RFC 9112 §6), what tells it from another, how many bytes count against a limit, and if it may be sent again. So nobody
can look at the bytes and forget that there is a stream. It knows nothing of the vendor's side.

The content decides its framing alone; no one who writes a request looks at the method. Whether a request has content
at all is decided where it is received (tidegate.proxy.onramp.request_content).
"""

import hashlib
import re
from collections.abc import AsyncIterator
from typing import Protocol

from aiohttp import web
from aiohttp.streams import StreamReader

from tidegate.world.world import World

BARRED_BYTES_MAX = 512
"""No match of what is barred is longer."""


class TooLarge(Exception):
    """The app sent more than it may. Nothing of the vendor's is to blame. `status` is what it is told."""

    status = 413


class AppLeft(Exception):
    """The app went away, or stopped sending, before its content had ended. `status` is what it is told."""

    status = 408


class Garbled(AppLeft):
    """What the app sent as its content cannot be read."""

    status = 400


class GarbledContent(web.RequestPayloadError):
    """Put into a request's content by the server, where it cannot be parsed."""


class OtherContent(Exception):
    """The content is not the one that was expected. Its last piece was not passed on."""


class BarredContent(Exception):
    """The content holds what this app may not send. The piece that does was not passed on."""


class Content(Protocol):
    """The content of a request, whole or streamed."""

    @property
    def whole(self) -> bytes | None:
        """All of it, empty where there is none; None where it is streamed."""
        ...

    @property
    def stream(self) -> "StreamedContent | None":
        """The same content, to be passed on as it comes; None where it is whole."""
        ...

    @property
    def length(self) -> int | None:
        """Its length in bytes; None where nobody knows before its end."""
        ...

    @property
    def present(self) -> bool:
        """True where there is any: then no answer to another request answers this one."""
        ...

    @property
    def framing(self) -> bytes:
        """The header line that says how it ends (RFC 9112 §6.3); empty where the request has no content."""
        ...

    @property
    def mark(self) -> bytes:
        """The bytes that tell it from another before it is sent. Equal contents have equal marks."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256 in hex over all of it, where its mark does not say everything; else empty, as until it is known."""
        ...

    @property
    def weight(self) -> int:
        """The bytes that count against a limit on bytes."""
        ...

    @property
    def resendable(self) -> bool:
        """True where it can be sent from its beginning."""
        ...


class WholeContent:
    """Content that is in memory. `framed` is False where the request is to say nothing of any content.

    One that is larger than is kept, and came at once all the same, is marked as a streamed one is: which of the two it
    is depends on how its bytes came, and the same content must have the same mark.
    """

    __slots__ = ("_declared", "_kept_max", "framing", "whole")
    stream: None = None
    resendable = True

    def __init__(
        self, whole: bytes, *, framed: bool = True, kept_max: int | None = None, declared: int | None = None
    ) -> None:
        self.whole = whole
        self._kept_max = kept_max
        self._declared = declared
        self.framing = b"Content-Length: %d\r\n" % len(whole) if framed else b""

    def __repr__(self) -> str:
        return f"WholeContent({len(self.whole)} bytes)"  # what they are is nobody's business in a log

    def edited(self, whole: bytes) -> "WholeContent":
        """Other bytes in its place."""
        return WholeContent(whole, kept_max=self._kept_max, declared=self._declared)

    @property
    def length(self) -> int:
        """See Content.length."""
        return len(self.whole)

    @property
    def present(self) -> bool:
        """See Content.present."""
        return bool(self.whole)

    @property
    def mark(self) -> bytes:
        """See Content.mark."""
        if self._kept_max is None or len(self.whole) <= self._kept_max:
            return self.whole
        return mark_of(self.whole, self._kept_max, self._declared)

    @property
    def digest(self) -> str:
        """See Content.digest."""
        if self._kept_max is None or len(self.whole) <= self._kept_max:
            return ""
        return hashlib.sha256(self.whole).hexdigest()

    @property
    def weight(self) -> int:
        """See Content.weight."""
        return len(self.whole)


NO_CONTENT = WholeContent(b"", framed=False)
"""Of a request that has none, and says so by its silence (RFC 9112 §6.3, rule 7)."""

EMPTY_CONTENT = WholeContent(b"")
"""Of a request whose method foresees content, and that has none: it says `Content-Length: 0` (RFC 9110 §8.6)."""


class StreamedContent:
    """Content that is too large to be kept: passed on as it comes, once.

    What was read before that was known is its beginning, `begun`. A content that has been passed on even in part cannot
    be sent again; one of which nothing was taken (no connection was made) still can. `length` is what the app said it
    would be; None where it comes in chunks. `idle_s` is how long the app may take for its next bytes.
    """

    whole: None = None
    present = True
    digest = ""
    digesting = False
    """Set by who will ask for the digest once it has passed."""
    expected = ""
    """Set by who knows what the digest must be: another content ends before its last piece, so it is never whole."""
    barred: "re.Pattern[bytes] | None" = None
    """Set by who lets nothing pass that it matches: then the content ends before that piece."""

    def __init__(
        self,
        world: World,
        begun: bytes,
        reader: StreamReader,
        length: int | None,
        *,
        kept_max: int,
        bytes_max: int,
        idle_s: float,
    ) -> None:
        self.begun = begun
        self.length = length
        self.resendable = True
        self.framing = framing_of(length)
        self.weight = len(begun) if length is None else length
        """What the app said it would be. Of one that comes in chunks, what has come so far."""
        self._world = world
        self._kept_max = kept_max
        self._reader = reader
        self._bytes_max = bytes_max
        self._idle_s = idle_s

    @property
    def stream(self) -> "StreamedContent":
        """See Content.stream."""
        return self

    @property
    def chunked(self) -> bool:
        """See tidegate.proxy.wire.transport.OutgoingStream."""
        return self.length is None

    @property
    def mark(self) -> bytes:
        """What is known of it before it is sent: its beginning and its length."""
        return mark_of(self.begun, self._kept_max, self.length)

    async def digested(self) -> str:
        """SHA-256 in hex over all of it, which is read and dropped for this. Raises TooLarge and AppLeft."""
        self.digesting, self.barred = True, None
        async for _ in self.pieces():
            pass
        return self.digest

    async def pieces(self) -> AsyncIterator[bytes]:
        """The content, as it comes. Raises TooLarge, AppLeft, OtherContent and BarredContent. To be read once."""
        pieces = self._read_pieces() if self.barred is None else self._let_pass(self.barred)
        if not self.expected:
            async for piece in pieces:
                yield piece
            return
        self.digesting, last = True, b""
        async for piece in pieces:
            if last:
                yield last
            last = piece
        if self.digest != self.expected:
            raise OtherContent("The body is another than the first one with this key.")
        yield last

    async def _let_pass(self, barred: "re.Pattern[bytes]") -> AsyncIterator[bytes]:
        before = b"&"  # a form's first field stands behind none
        async for piece in self._read_pieces():
            if barred.search(before + piece):
                raise BarredContent("The content has a field that this app may not send.")
            before = (before + piece)[-BARRED_BYTES_MAX:]
            yield piece

    async def _read_pieces(self) -> AsyncIterator[bytes]:
        self.resendable = False
        size, digest = len(self.begun), hashlib.sha256(self.begun) if self.digesting else None
        if self.begun:
            yield self.begun
        while True:
            try:
                async with self._world.timeout(self._idle_s):
                    piece = await self._reader.readany()
            except GarbledContent as error:
                raise Garbled(f"The body cannot be read: {error}.") from error
            except (web.RequestPayloadError, ConnectionError) as error:
                raise AppLeft("The app went away before its request had ended.") from error
            except TimeoutError as error:
                raise AppLeft(f"The app sent nothing for {self._idle_s:g} s.") from error
            if not piece:
                self.digest = digest.hexdigest() if digest is not None else ""
                return
            if digest is not None:
                digest.update(piece)
            size += len(piece)
            self.weight = max(self.weight, size)
            if size > self._bytes_max:
                raise TooLarge(f"The body is larger than body_max_bytes, {self._bytes_max}.")
            yield piece


def mark_of(content: bytes, kept_max: int, declared: int | None) -> bytes:
    """The mark of content that is not kept: its beginning, and the length that the app declared."""
    return b"%b|%d" % (content[:kept_max], -1 if declared is None else declared)


def framing_of(length: int | None) -> bytes:
    """The header line of content of this length: a length where it is known, chunks where it is not."""
    return b"Transfer-Encoding: chunked\r\n" if length is None else b"Content-Length: %d\r\n" % length
