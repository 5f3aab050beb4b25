"""A request's body that is too large to be kept: passed on as it comes, once.

What was read before that was known is its beginning. A body that has been passed on even in part cannot be sent again;
one of which nothing was taken (no connection was made) still can. It knows nothing of the vendor's side.
"""

from collections.abc import AsyncIterator

from aiohttp import web
from aiohttp.streams import StreamReader

from tidegate.world.world import World


class TooLarge(Exception):
    """The app sent more than it may. Nothing of the vendor's is to blame."""


class AppLeft(Exception):
    """The app went away, or stopped sending, before its body had ended."""


class StreamedBody:
    """See the module. `length` is what the app said it would be; None where it comes in chunks.

    `idle_s` is how long the app may take for its next bytes.
    """

    def __init__(
        self,
        world: World,
        begun: bytes,
        content: StreamReader,
        length: int | None,
        *,
        kept_max: int,
        bytes_max: int,
        idle_s: float,
    ) -> None:
        self.begun = begun
        self.length = length
        self.taken = False
        """Whether some of it has been passed on."""
        self._world = world
        self._kept_max = kept_max
        self._content = content
        self._bytes_max = bytes_max
        self._idle_s = idle_s

    @property
    def chunked(self) -> bool:
        """See tidegate.proxy.wire.transport.OutgoingBody."""
        return self.length is None

    @property
    def mark(self) -> bytes:
        """What is known of the body before it is sent, to tell it from another: its beginning and its length."""
        return b"%b|%d" % (self.begun[: self._kept_max], -1 if self.length is None else self.length)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body, as it comes. Raises TooLarge and AppLeft. To be read once."""
        self.taken = True
        size = len(self.begun)
        if self.begun:
            yield self.begun
        while True:
            try:
                async with self._world.timeout(self._idle_s):
                    piece = await self._content.readany()
            except (web.RequestPayloadError, ConnectionError) as error:
                raise AppLeft("The app went away before its request had ended.") from error
            except TimeoutError as error:
                raise AppLeft(f"The app sent nothing for {self._idle_s:g} s.") from error
            if not piece:
                return
            size += len(piece)
            if size > self._bytes_max:
                raise TooLarge(f"The body is larger than body_max_bytes, {self._bytes_max}.")
            yield piece
