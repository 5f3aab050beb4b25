"""aiohttp's ClientSession on a World: the apps of a virtual run, and of a live one, are ordinary HTTP clients.

Two undocumented parts of aiohttp are used: `BaseConnector._create_connection`, which every connector overrides, and
`ClientSession._retry_connection`, which turns off a resend that the SDKs played here do not have. aiohttp's minor
version is pinned, and tests/chaos/world/test_connector.py holds both.
"""

from typing import Any

from aiohttp import BaseConnector, ClientConnectorError, ClientRequest, ClientSession, ClientTimeout, DummyCookieJar
from aiohttp.client_proto import ResponseHandler

from tidegate.world.world import World


class WorldConnector(BaseConnector):
    """Connects through `world`, without TLS. As many connections as are asked for."""

    allowed_protocol_schema_set = frozenset({"http"})

    def __init__(self, world: World) -> None:
        super().__init__(limit=0)
        self._world = world

    async def _create_connection(
        self,
        req: ClientRequest,
        traces: list[Any],
        timeout: ClientTimeout,  # noqa: ASYNC109 - aiohttp's signature
    ) -> ResponseHandler:
        del traces, timeout  # a connection in memory is made or refused within a round trip
        host, port = req.url.raw_host or "", req.url.port or 80
        try:
            addresses = await self._world.resolve(host, port)
            return await self._world.connect(self._factory, addresses[0], port, tls=None, server_name=host)
        except OSError as error:
            raise ClientConnectorError(req.connection_key, error) from error


def client_session(connector: BaseConnector, timeout_s: float) -> ClientSession:
    """A session that sends what it is asked to send once, and waits `timeout_s` to connect and between bytes.

    In all it waits twice as long: aiohttp forgets the time between bytes where a later chunk cannot be read.
    """
    timeout = ClientTimeout(total=2 * timeout_s, sock_connect=timeout_s, sock_read=timeout_s)
    session = ClientSession(connector=connector, timeout=timeout, cookie_jar=DummyCookieJar(), auto_decompress=False)
    session._retry_connection = False  # noqa: SLF001 - see the module's docstring
    return session
