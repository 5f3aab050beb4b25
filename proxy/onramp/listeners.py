"""Where the gateway listens: its port, with or without TLS, and its Unix socket. It refuses to know what is served."""

from tidegate.proxy.access.listener_tls import TlsFiles
from tidegate.proxy.config import Config
from tidegate.proxy.onramp.server import AppServer
from tidegate.world.world import Listener, World


class GatewayListeners:
    """See the module. Raises UsageError where the files of TLS cannot be used."""

    def __init__(self, config: Config) -> None:
        self.tls = TlsFiles("tls.gateway", config.tls.gateway) if config.tls.gateway is not None else None
        self._open: list[Listener] = []

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._open[0].port

    async def start(self, world: World, config: Config, server: AppServer) -> None:
        """Listen. Raises OSError where an address cannot be had."""
        tls = self.tls.context if self.tls is not None else None
        self._open.append(await world.listen(server, config.listen.host, config.listen.port, tls=tls))
        if config.socket is not None:
            self._open.append(await world.listen_unix(server, config.socket.path, config.socket.mode))

    async def close(self) -> None:
        """Stop listening."""
        for listener in self._open:
            await listener.close()
