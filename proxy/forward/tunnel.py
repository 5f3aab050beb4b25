"""A tunnel: two connections, each of which gets what comes from the other, unread.

    app ── data ──▶ vendor's host      A side that is slow to take pauses the other's reading: no more is held than both
    app ◀── data ── vendor's host      transports' buffers. An end of one side's writing (half-close) is passed on, and
                                       the other may still write. A reset of one is a reset of the other.

It knows bytes and time, and nothing of who is allowed to connect where.
"""

import asyncio
from collections.abc import Callable
from typing import Literal, cast

from tidegate.proxy.onramp.app_stream import reset
from tidegate.proxy.wire.dial import DialledEnd
from tidegate.world.unread import what_is_left
from tidegate.world.world import World

TunnelEndedBy = Literal["", "app", "host", "idle", "too long", "stopping", "made room", "server name"]

Judge = Callable[[bytes], bool | None]
"""Whether what the app has sent first may pass; None where more of it is needed to say so."""


LEFT_BYTES_MAX = 256 * 1024
"""Of what a host had sent before its connection was lost, so much is passed on at the end."""


class TunnelEnd(DialledEnd):
    """One side. It does not read before `ByteTunnel.begin`."""

    def __init__(self, tunnel: "ByteTunnel", side: Literal["app", "host"]) -> None:
        self.other: TunnelEnd
        self.bytes = 0
        """Bytes that came from here."""
        self.finished = False
        """It writes no more."""
        self.side: Literal["app", "host"] = side
        self._tunnel = tunnel

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class
        self.transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        """Pass it on."""
        self.bytes += len(data)
        self._tunnel.moved()
        if self.side == "app":
            data = self._tunnel.judged(data)
        if data and self.other.transport is not None:
            self.other.transport.write(data)

    def eof_received(self) -> bool:
        """Pass the half-close on; the way back stays open until it ends, too."""
        self.finished = True
        self._tunnel.moved()
        if self.side == "app" and self._tunnel.holds:  # what was held back never becomes whole
            self._tunnel.close("app")
            return False
        other = self.other
        if other.finished or other.transport is None or not other.transport.can_write_eof():
            return False
        other.transport.write_eof()
        return True

    def pause_writing(self) -> None:
        """Let the other side wait."""
        if self.other.transport is not None and not self.other.transport.is_closing():
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        """Let the other side go on."""
        if self.other.transport is not None and not self.other.transport.is_closing():
            self.other.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the other side as this one ended."""
        ended, self.transport = self.transport, None
        other = self.other.transport
        if other is not None:
            if exc is None or self.finished:  # whatever it had to say has been said
                other.close()
            elif ended is not None and self.side == "host" and self._pass_on_what_is_left(ended, other):
                other.abort()
            else:
                reset(other)
        self._tunnel.lost(self)

    def _pass_on_what_is_left(self, ended: asyncio.Transport, other: asyncio.Transport) -> bool:
        """A write to a host that has closed hides what it had said before: its word on what is being sent to it.

        True where it had said anything, which a reset would take back.
        """
        left = what_is_left(ended, LEFT_BYTES_MAX)
        self.bytes += len(left)
        if left:
            other.write(left)
        return bool(left)


class ByteTunnel:
    """A tunnel of bytes that nobody reads, the first ones aside: both sides and their timers.

    `judge` is shown what the app sends first; until it lets that pass, nothing reaches the host.
    """

    def __init__(self, world: World, *, idle_s: float, total_s: float, judge: Judge | None = None) -> None:
        self._judge, self._held = judge, b""
        self.app, self.host = TunnelEnd(self, "app"), TunnelEnd(self, "host")
        self.app.other, self.host.other = self.host, self.app
        self.on_end: Callable[[ByteTunnel], object] | None = None
        """Is told once both connections are closed."""
        self.ended_by: TunnelEndedBy = ""
        self._began = self._moved_at = world.now()
        self._world = world
        self._idle_s, self._total_s = idle_s, total_s
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, early: bytes = b"") -> None:
        """Both sides are connected: send what the app has sent already, and let bytes pass."""
        app, host = self.app.transport, self.host.transport
        if app is None or host is None:  # one has gone meanwhile
            self.close("app" if app is None else "host")
            return
        self.app.bytes += len(early)
        if passed := self.judged(early):
            host.write(passed)
        if self.ended_by:
            return
        self._watch()
        app.resume_reading()
        host.resume_reading()

    def moved(self) -> None:
        """Something has passed."""
        self._moved_at = self._world.now()

    @property
    def holds(self) -> bool:
        """True while something of the app's is held back."""
        return bool(self._held)

    def judged(self, data: bytes) -> bytes:
        """What may pass on to the host now. A tunnel whose first bytes may not is ended."""
        if self._judge is None or not data:
            return data
        self._held += data
        verdict = self._judge(self._held)
        if verdict is None:
            return b""
        passed, self._held, self._judge = self._held if verdict else b"", b"", None
        if not verdict:
            self.close("server name")
        return passed

    @property
    def begun(self) -> bool:
        """True while both sides are connected."""
        return self.app.transport is not None and self.host.transport is not None

    @property
    def quiet_s(self) -> float:
        """Seconds since anything passed."""
        return self._world.now() - self._moved_at

    def lost(self, end: TunnelEnd) -> None:
        """One side is closed."""
        self.ended_by = self.ended_by or end.side
        if self.app.transport is None and self.host.transport is None:
            if self._timer is not None:
                self._timer.cancel()
            if self.on_end is not None:
                self.on_end(self)

    def close(self, why: TunnelEndedBy) -> None:
        """End both sides; what was passed on already still arrives where it can."""
        self.ended_by = self.ended_by or why
        for end in (self.app, self.host):
            if end.transport is not None:
                if why in ("idle", "too long"):
                    end.transport.abort()
                else:
                    end.transport.close()

    def _watch(self) -> None:
        now = self._world.now()
        if now >= self._began + self._total_s:
            self.close("too long")
        elif now >= self._moved_at + self._idle_s:
            self.close("idle")
        else:
            ends = min(self._moved_at + self._idle_s, self._began + self._total_s)
            self._timer = self._world.call_later(max(ends - now, 0.001), self._watch)
