"""The listener of the inbox: names, bytes of answers, connections.

What a webhook comes to is tidegate.proxy.durable.inbox_receiver's, and how it goes on
tidegate.proxy.durable.inbox_carrier's.
"""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from aiohttp import HttpVersion11, web

from tidegate.proxy.access.listener_tls import TlsFiles
from tidegate.proxy.config import Config, ListenAddress
from tidegate.proxy.durable.backfill import EVERY_MIN_S, BackfillPoller
from tidegate.proxy.durable.inbox_receiver import InboxAnswer, InboxReceiver
from tidegate.proxy.durable.own_reads import OwnReads
from tidegate.proxy.inbox_config import InboxSettings
from tidegate.proxy.onramp.addressing import misaddressed, split_target
from tidegate.proxy.onramp.connection_limits import Bounds, ConnectionLimits
from tidegate.proxy.onramp.request_content import is_undone
from tidegate.proxy.onramp.server import AppServer
from tidegate.proxy.store.store import Store
from tidegate.proxy.telemetry.inbox_metrics import InboxMetrics
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.proxy.webhook_routes import WebhookRoutes
from tidegate.world.host_names import HostNames
from tidegate.world.raw_response import RawResponse
from tidegate.world.world import Listener, World

SOURCE_SHARE = 0.75
"""Of the connections, one address may have so many: a vendor sends from a handful."""
LINGER_S = 2.0
"""So long the rest of a body that nobody reads is waited for, so that the answer arrives."""
BUSY_EVERY_S = 0.02
END_S = 0.5

InForce = Callable[[], tuple[Config, WebhookRoutes]]


class Inbox:
    """See the module. `in_force` gives the configuration and the routes of this moment.

    `settings` are those of the start: where it listens does not change.
    """

    def __init__(
        self,
        world: World,
        settings: InboxSettings,
        store: Store,
        telemetry: Telemetry,
        metrics: InboxMetrics,
        in_force: InForce,
        reads: OwnReads | None = None,
    ) -> None:
        self._world, self._settings, self._telemetry, self.metrics = world, settings, telemetry, metrics
        self._in_force = in_force
        tls = in_force()[0].tls.inbox
        self.tls = TlsFiles("tls.inbox", tls) if tls is not None else None
        self._receiver = InboxReceiver(
            world, store.deliveries, store.clock.now, self._routes, metrics, telemetry.note, self._sample
        )
        self.poller: BackfillPoller | None = None
        """Without `reads`, events that never came are not asked for."""
        if reads is not None:
            self.poller = BackfillPoller(
                world, store.deliveries, store.clock.now, self._routes, reads, metrics, telemetry.note
            )
        self._polling: asyncio.Task[None] | None = None
        self._server: AppServer | None = None
        self._listener: Listener | None = None
        self._names: tuple[InboxSettings, HostNames] | None = None

    @property
    def address(self) -> ListenAddress:
        """The address of the start."""
        return self._settings.listen

    @property
    def scheme(self) -> str:
        """The scheme of its addresses."""
        return "http" if self.tls is None else "https"

    @property
    def port(self) -> int:
        """The port that is listened on."""
        assert self._listener is not None
        return self._listener.port

    async def start(self) -> None:
        """Listen. Raises OSError where the address cannot be had."""
        settings, config = self._settings, self._in_force()[0]
        tls = self.tls.context if self.tls is not None else None
        total = settings.connections_max
        limits = ConnectionLimits(Bounds(total, max(int(total * SOURCE_SHARE), 1)), self._world.now)
        self._telemetry.metrics.ports["inbox"] = limits
        self._server = AppServer(
            self._handle, self._bad_request,
            limits=limits, head_timeout_s=config.head_timeout, body_max_bytes=settings.body_max_bytes,
            max_line_size=config.headers_max_bytes, max_field_size=config.headers_max_bytes, lingering_time=LINGER_S,
        )  # fmt: skip
        self._listener = await self._world.listen(self._server, settings.listen.host, settings.listen.port, tls=tls)

        if self.poller is not None:
            self._polling = asyncio.get_running_loop().create_task(self._poll(self.poller))

    async def drain(self, timeout_s: float) -> bool:
        """Take no more, and wait for what is under way. False where some of it had not ended in `timeout_s`."""
        assert self._listener is not None
        assert self._server is not None
        await self._listener.close()
        try:
            async with self._world.timeout(timeout_s):
                while self._server.busy:
                    await self._world.sleep(BUSY_EVERY_S)
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """End what is under way, close every connection."""
        if self._polling is not None:
            self._polling.cancel()
        if self._listener is not None:
            await self._listener.close()
        if self._server is not None:
            await self._server.end(END_S)

    def _sample(self) -> float:
        """The share of webhooks whose way to the app is traced."""
        return self._in_force()[0].telemetry.sample if self._telemetry.spans is not None else 0.0

    async def _poll(self, poller: BackfillPoller) -> None:
        while True:
            try:
                await poller.run()
            except Exception as error:  # noqa: BLE001 - a bug of ours must not end the polls for good
                self._telemetry.crashed("backfill", error, self._world.wall())
            await self._world.sleep(EVERY_MIN_S)

    def _routes(self) -> tuple[InboxSettings, WebhookRoutes]:
        config, routes = self._in_force()
        return config.inbox or self._settings, routes

    async def _handle(self, request: web.BaseRequest) -> RawResponse:
        message = request._message  # noqa: SLF001 - the raw request line, see tidegate.proxy.onramp.server
        settings, _ = self._routes()
        authority, path = split_target(message.path)
        answer = self._turned_away(settings, request.headers.get("Host"), authority)
        if answer is None:
            public = settings.public_url or f"{self.scheme}://{settings.listen.host}:{self.port}"
            answer = await self._receiver.answer(request, path, public.rstrip("/"))
        unread = not request.content.is_eof() or not is_undone(request.headers)
        keep_alive = not (message.should_close or unread or message.version < HttpVersion11)
        return RawResponse(_written(answer, keep_alive=keep_alive), keep_alive=keep_alive)

    def _turned_away(self, settings: InboxSettings, host: str | None, authority: str | None) -> InboxAnswer | None:
        """The refusal of a request that is not addressed to this port."""
        if self._names is None or self._names[0] is not settings:
            public = settings.public_url
            hosts = (*settings.hosts, *([urlsplit(public).hostname or ""] if public else []))
            self._names = (settings, HostNames(settings.listen.host, hosts))
        names = self._names[1]
        status = misaddressed(names, host, authority)
        if not status:
            return None
        outcome = "wrong-host" if status == HTTPStatus.MISDIRECTED_REQUEST else "unreadable"
        self.metrics.received["", outcome] += 1
        return InboxAnswer(status, outcome)

    def _bad_request(self, status: int, _what: str, bug: BaseException | None) -> bytes:
        """A request that could not be read, or a handler of ours that failed: then the vendor tries again."""
        outcome = {408: "slow-head", 503: "connections-full"}.get(status, "unreadable")
        if bug is not None:
            self._telemetry.crashed("inbox", bug, self._world.wall())
            status, outcome = HTTPStatus.SERVICE_UNAVAILABLE, "internal-error"
        self.metrics.received["", outcome] += 1
        return _written(InboxAnswer(status, outcome), keep_alive=False)


def _written(answer: InboxAnswer, *, keep_alive: bool) -> bytes:
    lines = [
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        *(f"{name}: {value}" for name, value in answer.headers),
        *([] if keep_alive else ["Connection: close"]),
        *([] if answer.status == HTTPStatus.NO_CONTENT else [f"Content-Length: {len(answer.body)}"]),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body
