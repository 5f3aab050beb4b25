"""The apps' side of outbox and inbox: takes what the proxy posts, webhooks and results, and is away for a while.

It remembers every post; what they should have been is for the judge to say. A post that is taken twice counts once for
an app that reads `webhook-id`, as docs/inbox.md tells it to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from tidegate.adapters.webhook_signature import SignatureRefused, WebhookVerifier
from tidegate.chaos.trouble.surrounding_fault import AwayMode
from tidegate.chaos.world.virtual_world import VirtualListener, VirtualWorld

BUSY_S = 3
"""Seconds of Retry-After, where it is busy."""


@dataclass(frozen=True, slots=True)
class TakenPost:
    """One post as an app got it. `status` is what it answered, 0 for nothing; `purpose` is webhooks or callback."""

    at: float
    app: str
    purpose: str
    id: str
    body: bytes
    verified: bool
    status: int


class EventReceiver:
    """See the module. `secrets` are the apps' own, by app; `wall` is the right time."""

    def __init__(self, machine: VirtualWorld, secrets: Mapping[str, str], since: Callable[[], float]) -> None:
        self._machine = machine
        self._since = since
        self._verifiers = {app: WebhookVerifier([secret]) for app, secret in secrets.items()}
        self._mode: AwayMode | None = None
        self._server = web.Server(self._take, access_log=None)
        self._listener: VirtualListener | None = None
        self.taken: list[TakenPost] = []

    async def start(self, host: str, port: int) -> None:
        """Listen."""
        self._listener = await self._machine.listen(self._server, host, port)

    def send_away(self, mode: AwayMode | None) -> None:
        """Be away in this way; None: be back. Connections that are open end where nobody listens any more."""
        assert self._listener is not None
        before, self._mode = self._mode, mode
        network = self._machine.network
        if mode == "refuse":
            network.release(self._listener)
            for pipe in list(self._machine.pipes):
                pipe.abort()
        elif before == "refuse":
            network.bind(self._listener)

    async def close(self) -> None:
        """Listen no more, and close every connection."""
        if self._listener is not None:
            await self._listener.close()
        await self._server.shutdown(0.1)

    async def _take(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        _, app, purpose = request.path.split("/")
        mode = self._mode
        status = {None: 204, "error": 500, "busy": 503}.get(mode, 0)
        try:
            # Its age is not looked at: a scenario may set the proxy's clock wrong.
            stamp = float(request.headers["webhook-timestamp"])
            name, verified = self._verifiers[app].verify(request.headers, body, stamp).id, True
        except (SignatureRefused, KeyError, ValueError):
            name, verified = request.headers.get("webhook-id", ""), False
        self.taken.append(TakenPost(self._since(), app, purpose, name, body, verified, status))
        if not status and request.transport is not None:
            request.transport.abort()
        return web.Response(status=status or 500, headers={"Retry-After": str(BUSY_S)} if status == 503 else {})
