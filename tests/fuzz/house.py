"""A proxy between a raw app and a raw vendor, on real sockets or in the virtual world: whoever gives it a World.

The vendor reads with the oracle, remembers every request, and answers with its target, unless it is told what to say.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.fuzz.onramps import CONNECT, ESTABLISHED, GATEWAY, OnRamp
from tests.fuzz.oracle import ReadRequest, RequestReader
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import Config
from tidegate.proxy.forward.certificate_authority import make_authority
from tidegate.vendor.vendor_file import load_vendor
from tidegate.world.world import RealWorld, World

VENDOR_FILE: dict[str, Any] = {
    "vendor": "acme",
    "purpose": "Takes what comes.",
    "owner": "nobody",
    "document": "openapi.json",
    "facts": {
        "base_url": "http://acme.example",
        "region": "eu",
        "auth": {"scheme": "bearer", "secret": "env:ACME_KEY", "rotate_every": "90d", "scopes": "all"},
        "errors": {"envelope": "/error", "ours": {"error": "{problem}"}},
    },
    "policy": {
        "budget": "20s",
        "timeout": {"connect": "2s", "first_byte": "5s", "idle": "5s", "attempt": "10s"},
        "retry": {"attempts": 1},
        "breaker": {"calls": 1_000_000},
        "bulkhead": {"concurrent": 1000},
    },
}
DOCUMENT = {"openapi": "3.0.3", "info": {"title": "acme", "version": "1"}, "paths": {}}
SECRET = "the_vendors_own_key"

Say = Callable[[ReadRequest], tuple[bytes, bool] | None]
"""What the vendor says to a request, byte for byte, and if it closes then; None for its usual answer."""


class RawVendor:
    """The vendor: what reached it, by connection, and the flaws of what did."""

    def __init__(self) -> None:
        self.requests: list[ReadRequest] = []
        self.flaws: list[str] = []
        self.say: Say = lambda _: None

    def connection(self) -> asyncio.Protocol:
        """A new connection."""
        return _VendorConnection(self)


class _VendorConnection(asyncio.Protocol):
    def __init__(self, vendor: RawVendor) -> None:
        self._vendor = vendor
        self._reader = RequestReader()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a transport of a stream

    def data_received(self, data: bytes) -> None:
        for request in self._reader.feed(data):
            self._vendor.requests.append(request)
            usual, kept = self._reader.answer(request.target.encode())
            said = self._vendor.say(request)
            self._transport.write(usual if said is None else said[0])
            if not kept or (said is not None and said[1]):
                self._transport.close()
                return
        if self._reader.flaw:
            self._vendor.flaws.append(f"{self._reader.flaw} in {data[:200]!r}")
            self._transport.close()


class RawApp(asyncio.Protocol):
    """The app's end of a connection: sends bytes, collects bytes."""

    def __init__(self) -> None:
        self.received = b""
        self.ended = asyncio.Event()
        self._news = asyncio.Event()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = transport  # type: ignore[assignment]  # a transport of a stream

    def data_received(self, data: bytes) -> None:
        """Collect."""
        self.received += data
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        del exc
        self.ended.set()
        self._news.set()

    async def more(self) -> bool:
        """Wait for news. False where none can come any more."""
        if self.ended.is_set():
            return False
        self._news.clear()
        await self._news.wait()
        return True


class RawHouse:
    """The running proxy, its vendor, and what it wrote down. `at` is the vendor's authority."""

    def __init__(
        self, world: World, proxy: Proxy, port: int, vendor: RawVendor, lines: list[bytes], onramp: OnRamp, at: str
    ) -> None:
        self.onramp = onramp
        self.url = onramp.url.format(vendor=at)
        """What stands before the path in a request's target."""
        self.tls: ssl.SSLContext | None = None
        """What apps speak TLS with inside a tunnel; None in a world that has none."""
        self.world = world
        self.proxy = proxy
        self.vendor = vendor
        self._port = port
        self._lines = lines
        self.surprises: list[str] = []
        self.tags: set[bytes] = set()
        """Of the answers so far: none may stand in the answer to another call."""

    async def app(self) -> RawApp:
        """A new connection of an app, inside a tunnel where that is the way in."""
        app = await self.bare_app()
        if not self.onramp.connects:
            return app
        app.transport.write(CONNECT)
        while len(app.received) < len(ESTABLISHED) and await app.more():
            pass
        assert app.received == ESTABLISHED
        app.received = b""
        if self.tls is not None:
            loop = asyncio.get_running_loop()
            secured = await loop.start_tls(app.transport, app, self.tls, server_hostname="127.0.0.1")
            assert secured is not None
            app.transport = secured
        return app

    async def bare_app(self) -> RawApp:
        """A new connection of an app, on which nothing was sent."""
        return await self.world.connect(RawApp, "127.0.0.1", self._port, tls=None, server_name="proxy")

    @property
    def bugs(self) -> list[str]:
        """What nobody expects: bugs in the log, exceptions that nobody caught."""
        self.proxy.telemetry.flush()
        return [
            line.decode() for data in self._lines for line in data.splitlines() if b'"bug"' in line
        ] + self.surprises


def _config(folder: Path, base_url: str, transport: str, kept: int, onramp: OnRamp) -> Config:
    content = {
        "listen": "127.0.0.1:0",
        "admin": "127.0.0.1:0",
        "store": folder / "store.db",
        "body_kept_bytes": kept,
        "transport": transport,
        "use": {"acme": {"base_url": base_url, "private_addresses": "allow"}},
    }
    if onramp.forward is not None:
        content["forward"] = onramp.forward | {"ca": {"folder": folder / "ca"}}
    return Config.model_validate(content, strict=False)


@asynccontextmanager
async def raw_house(
    world: World,
    folder: Path,
    *,
    transport: str = "pool",
    kept: int = 1_000_000,
    address: str = "127.0.0.1",
    onramp: OnRamp = GATEWAY,
) -> AsyncIterator[RawHouse]:
    """Start both. `kept` is the length from which content is passed on as it comes."""
    facts = VENDOR_FILE["facts"] | {"base_url": onramp.base_url}
    (folder / "vendor.yaml").write_text(json.dumps(VENDOR_FILE | {"facts": facts}))
    (folder / "openapi.json").write_text(json.dumps(DOCUMENT))
    vendor, lines = RawVendor(), list[bytes]()
    upstream = await world.listen(vendor.connection, address, 0 if address == "127.0.0.1" else 80)
    port = getattr(upstream, "port", 0) or 80
    config = _config(folder, f"http://{address}:{port}", transport, kept, onramp)
    authority = make_authority(["127.0.0.1"], world.wall())
    authority.write(folder / "ca")
    loaded = load_vendor(folder / "vendor.yaml")
    proxy = Proxy(world, config, {"acme": loaded}, environ={"ACME_KEY": SECRET}, sink=lines.append)
    await proxy.start()
    house = RawHouse(world, proxy, proxy.port, vendor, lines, onramp, f"{address}:{port}")
    if isinstance(world, RealWorld):
        house.tls = ssl.create_default_context(cadata=authority.certificate_pem.decode())
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: house.surprises.append(str(context)))
    try:
        yield house
    finally:
        loop.set_exception_handler(None)
        await proxy.close()
        await upstream.close()
