"""One connection in memory: two transports, joined by a line (chaos/world/line.py) that delays, and may cut them off.

Bytes arrive whole and in order. A reader that pauses makes the writer's buffer fill up, and the writer is told to
pause, as with TCP. A close is seen by the peer as end of file; an abort, and bytes sent to an end that has closed, are
seen as a reset. A protocol that raises loses its connection, as in asyncio. It knows nothing of who connects to whom
(chaos/world/virtual_world.py does) and carries no TLS.
"""

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable, Iterable
from enum import Enum, auto

from tidegate.chaos.world.line import Line
from tidegate.chaos.world.odd_answer import odd

WINDOW_BYTES = 64 * 1024
"""Bytes that the wire takes before a writer's own buffer begins to fill: both kernels' socket buffers together."""

HIGH_WATER_BYTES = 64 * 1024
"""asyncio's default: a writer whose buffer holds more is told to pause."""


class _Kind(Enum):
    DATA = auto()
    EOF = auto()
    """The peer writes no more, but still reads."""
    FIN = auto()
    """The peer has closed."""
    RESET = auto()


DATA, EOF, FIN, RESET = _Kind


class Pipe(asyncio.Transport):
    """One end of a connection. Made in pairs by `connection`."""

    def __init__(self, line: Line, here: tuple[str, int], there: tuple[str, int], context: contextvars.Context) -> None:
        super().__init__({"sockname": here, "peername": there})
        self._loop = asyncio.get_running_loop()
        self._line = line
        self._last_arrival_s = 0.0
        """The moment at which the last piece arrives: nothing overtakes it."""
        self._client = False
        """True for the end that connected."""
        self._dead = False
        """Cut off silently: nothing is sent or received any more."""
        self._reached: Callable[[], object] | None = None
        self._context = context
        self._peer: Pipe
        self._protocol: asyncio.Protocol | None = None
        self._arriving: deque[tuple[_Kind, bytes]] = deque()
        """On the wire. A queue, because timers of one moment may fire in any order."""
        self._held: deque[tuple[_Kind, bytes]] = deque()
        """Arrived while reading was paused."""
        self._outstanding = 0
        """Bytes written here that the peer has not read."""
        self._high, self._low = HIGH_WATER_BYTES, HIGH_WATER_BYTES // 4
        self._reading = False
        """Not before `begin`: the server's first bytes may come before the client knows that it is connected."""
        self._writing_paused = False
        self._home: dict[Pipe, None] | None = None
        """Its machine's open ends, in which it stands while it is open."""
        self._ended = False
        """Nothing more can be written."""
        self._closed = False

    # --- asyncio.Transport ------------------------------------------------------------------------------------------

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """The protocol that is given what arrives."""
        if not isinstance(protocol, asyncio.Protocol):
            raise TypeError(f"{protocol!r} is not an asyncio.Protocol; buffered protocols are not carried")
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        """The protocol that is given what arrives."""
        assert self._protocol is not None
        return self._protocol

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send. Silently dropped once closed, as asyncio does."""
        if self._ended:
            if not self._closed:
                raise RuntimeError("cannot write after write_eof()")
            return
        if data:
            piece = data if type(data) is bytes else bytes(data)
            if self._line.odd and not self._client:
                piece = odd(piece, self._line.odd)
            if self._client and self._line.sent is not None:
                self._line.sent(self, piece)
            self._outstanding += len(piece)
            self._send(DATA, piece)
            if self._outstanding > WINDOW_BYTES:
                self._press()

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """Send all of it as one piece."""
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        """Half-close is carried."""
        return True

    def write_eof(self) -> None:
        """Half-close: the peer sees end of file after what was written, and may still write."""
        if not self._ended:
            self._ended = True
            self._send(EOF)

    def close(self) -> None:
        """Close when all is sent. Bytes that came and were not read make it a reset, as with TCP."""
        if not self._closed:
            unread = any(kind is DATA for kind, _ in self._held)
            self._leave(RESET if unread else FIN, None)

    def abort(self) -> None:
        """Close at once: the peer sees a reset."""
        if not self._closed:
            self._leave(RESET, None)

    def is_closing(self) -> bool:
        """True where it is closed or closing."""
        return self._closed

    def is_reading(self) -> bool:
        """True where bytes are handed over as they arrive."""
        return self._reading and not self._closed

    def pause_reading(self) -> None:
        """Keep what arrives; the writer's buffer fills up."""
        self._reading = False

    def resume_reading(self) -> None:
        """Hand over what was kept, then what arrives."""
        if not self._reading and not self._closed:
            self._reading = True
            self._loop.call_soon(self._hand_over, context=self._context)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """The marks at which the protocol is told to pause and to resume writing."""
        high = HIGH_WATER_BYTES if high is None and low is None else 4 * (low or 0) if high is None else high
        self._high, self._low = high, high // 4 if low is None else low
        self._press()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """The low and the high mark."""
        return self._low, self._high

    def get_write_buffer_size(self) -> int:
        """Bytes written that the wire has not taken."""
        return max(0, self._outstanding - WINDOW_BYTES)

    # --- the wire ---------------------------------------------------------------------------------------------------

    def begin(
        self,
        protocol: asyncio.BaseProtocol,
        home: dict["Pipe", None],
        reached: Callable[[], object] | None = None,
    ) -> None:
        """Tell the protocol that it is connected. While it is open it stands in `home`.

        `reached` is called for each piece of bytes that arrives, before the protocol gets it.
        """
        self._home, self._reached = home, reached
        home[self] = None
        self.set_protocol(protocol)
        self.resume_reading()
        self._context.run(protocol.connection_made, self)

    def vanish(self) -> None:
        """The machine behind this end is gone: nobody here is told, and the peer sees a reset."""
        self._protocol = None
        self.abort()

    def _send(self, kind: _Kind, data: bytes = b"") -> None:
        line = self._line
        if self._dead:
            return
        if kind is DATA and line.cut is not None and (mode := line.cut()):
            self._cut(mode)
            return
        peer = self._peer
        peer._arriving.append((kind, data))  # noqa: SLF001 - the other end of the same connection
        self._last_arrival_s = at = max(self._loop.time() + line.delay(), self._last_arrival_s)
        self._loop.call_at(at, peer._arrive, context=peer._context)  # noqa: SLF001

    def _cut(self, mode: str) -> None:
        """The line is cut under what was just written. What is on its way is lost, too."""
        peer = self._peer
        for end in (self, peer):
            end._dead = True  # noqa: SLF001 - both ends of one connection
            end._arriving.clear()  # noqa: SLF001
        if mode == "reset":
            for end in (self, peer):
                if not end._closed:  # noqa: SLF001
                    end._leave(None, ConnectionResetError(104, "Connection reset by peer"))  # noqa: SLF001

    def _arrive(self) -> None:
        if self._dead:
            return
        arrived = self._arriving.popleft()
        if self._reading and not self._held:
            self._take(*arrived)
            return
        self._held.append(arrived)
        self._hand_over()

    def _hand_over(self) -> None:
        while self._held and (self._reading or self._closed):
            self._take(*self._held.popleft())

    def _take(self, kind: _Kind, data: bytes) -> None:
        if self._closed:
            if kind is DATA:
                self._send(RESET)
        elif kind is RESET:
            self._leave(None, ConnectionResetError(104, "Connection reset by peer"))
        else:
            if self._reached is not None:
                self._reached()
            try:
                self._give(kind, data)
            except Exception as error:  # noqa: BLE001 - whatever a protocol raises
                self._give_up(error)

    def _give(self, kind: _Kind, data: bytes) -> None:
        if kind is DATA:
            self._peer._taken(len(data))  # noqa: SLF001
            if self._client and self._line.received is not None:
                self._line.received(self, data)
            if self._protocol is not None:
                self._protocol.data_received(data)
        elif self._protocol is None or not self._protocol.eof_received():
            self.close()

    def _give_up(self, error: Exception) -> None:
        """A protocol has raised. As in asyncio: tell the loop's handler, close, tell the protocol."""
        context = {"message": "Fatal error: the protocol raised.", "exception": error, "transport": self}
        self._loop.call_exception_handler({**context, "protocol": self._protocol})
        if not self._closed:
            self._leave(RESET if self._held else FIN, error)

    def _taken(self, count: int) -> None:
        self._outstanding -= count
        if self._writing_paused and not self._closed and self.get_write_buffer_size() <= self._low:
            self._writing_paused = False
            if self._protocol is not None:
                self._loop.call_soon(self._protocol.resume_writing, context=self._context)

    def _press(self) -> None:
        if not self._writing_paused and self.get_write_buffer_size() > self._high:
            self._writing_paused = True
            if self._protocol is not None:
                self._protocol.pause_writing()

    def _leave(self, last: _Kind | None, error: Exception | None) -> None:
        """Close this end: send the last word, if any, and tell the protocol soon."""
        self._closed = self._ended = True
        if self._home is not None:
            self._home.pop(self, None)
        if last is not None:
            self._send(last)
        if self._protocol is not None:
            self._loop.call_soon(self._protocol.connection_lost, error, context=self._context)


def connection(
    line: Line,
    client: tuple[str, int],
    server: tuple[str, int],
    contexts: tuple[contextvars.Context, contextvars.Context],
) -> tuple[Pipe, Pipe]:
    """Both ends, the client's first. `contexts` are those in which each end's protocol is called."""
    near = Pipe(line, client, server, contexts[0])
    far = Pipe(line, server, client, contexts[1])
    near._client = True  # noqa: SLF001 - made here
    near._peer, far._peer = far, near  # noqa: SLF001 - they are one connection
    return near, far


def speak(transport: asyncio.Transport, protocol: asyncio.BaseProtocol, early: bytes) -> None:
    """Let another protocol speak on a connection from now on. `early` is what was read of it already."""
    transport.set_protocol(protocol)
    protocol.connection_made(transport)
    if early and isinstance(protocol, asyncio.Protocol):
        protocol.data_received(early)
    transport.resume_reading()
