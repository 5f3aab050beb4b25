"""The door of an app that is posted to: it listens, and can be away for a while in each of the known ways.

What the app does with a post while it is there is its own.
"""

from aiohttp import web

from tidegate.chaos.trouble.surrounding_fault import AwayMode
from tidegate.chaos.world.virtual_world import VirtualListener, VirtualWorld

BUSY_S = 3
"""Seconds of Retry-After, where it is busy."""
STATUSES = {"error": 500, "busy": 503}
"""What a post is answered; in the other modes it is answered nothing."""


class AwayDoor:
    """See the module. `server` takes the posts of an app that is not away, and asks `away` about the others."""

    def __init__(self, machine: VirtualWorld, server: web.Server) -> None:
        self._machine, self._server = machine, server
        self._listener: VirtualListener | None = None
        self.mode: AwayMode | None = None
        """The way in which it is away now."""

    async def start(self, host: str, port: int) -> None:
        """Listen."""
        self._listener = await self._machine.listen(self._server, host, port)

    def send_away(self, mode: AwayMode | None) -> None:
        """Be away in this way; None: be back. Connections that are open end where nobody listens any more."""
        assert self._listener is not None
        before, self.mode = self.mode, mode
        network = self._machine.network
        if mode == "refuse":
            network.release(self._listener)
            for pipe in list(self._machine.pipes):
                pipe.abort()
        elif before == "refuse":
            network.bind(self._listener)

    def away(self, request: web.BaseRequest) -> web.Response | None:
        """The answer of an app that is away, None of one that is not. One that answers nothing hangs up."""
        if self.mode is None:
            return None
        status = STATUSES.get(self.mode, 0)
        if not status and request.transport is not None:
            request.transport.abort()
        return web.Response(status=status or 500, headers={"Retry-After": str(BUSY_S)} if status == 503 else {})

    async def close(self) -> None:
        """Listen no more, and close every connection."""
        if self._listener is not None:
            await self._listener.close()
        await self._server.shutdown(0.1)
