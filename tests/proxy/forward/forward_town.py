"""The town with a forward proxy: its vendor's server is https://things.example, and a CA is there for it."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tests.fuzz.house import RawApp
from tests.proxy.town import VENDOR, Town, play
from tidegate.chaos.world.virtual_world import WALL_BASE
from tidegate.proxy.forward.certificate_authority import make_authority
from tidegate.testing.scripted_vendor import Step

T = TypeVar("T")

HOST = "things.example"
BASE = f"https://{HOST}/api"
FACTS = VENDOR["facts"] | {"base_url": BASE}
CONNECT = f"CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}:443\r\n\r\n".encode()
OK: Step = (200, {"Content-Type": "application/json"}, b'{"ok": true}')


def forward(folder: Path, **settings: Any) -> dict[str, Any]:
    """The block `forward`, with a CA for the vendor's host in the folder."""
    make_authority([HOST, "open.example"], WALL_BASE).write(folder / "ca")
    return {"ca": {"folder": folder / "ca"}, **settings}


def forwarded(folder: Path, script: Sequence[Step], story: Callable[[Town], Awaitable[T]], **changes: Any) -> T:
    """Run a story in the town. `forward` are settings of that block, `config` the rest of tidegate.yaml."""
    config = {"forward": forward(folder, **changes.pop("forward", {}))} | changes.pop("config", {})
    return play(folder, script, story, config=config, **{"facts": FACTS} | changes)


async def app(town: Town) -> RawApp:
    """A connection of an app to the proxy, on which it sends what bytes it likes."""
    machine = town.world.machine("raw app")
    return await machine.connect(RawApp, "127.0.0.1", town.proxy.port, tls=None, server_name="proxy")


async def told(town: Town, *pieces: bytes, apart_s: float = 0.1, within_s: float = 1000.0) -> bytes:
    """What the app is told on a connection of its own, until it ends. The pieces are sent one after the other."""
    one = await app(town)
    for piece in pieces:
        one.transport.write(piece)
        await town.world.sleep(apart_s)
    try:
        async with town.world.timeout(within_s):
            await one.ended.wait()
    except TimeoutError:
        one.transport.abort()
    return one.received


def get(path: str, *lines: str, method: str = "GET", host: str = HOST, body: bytes = b"") -> bytes:
    """A request as it goes inside a tunnel."""
    length = [f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {host}", *lines, *length, "", ""]).encode() + body


LAST = get("/api/things", "Connection: close")
"""A request inside a tunnel that ends it."""


def statuses(received: bytes) -> list[int]:
    """The statuses of the answers in what came."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


class EchoHost(asyncio.Protocol):
    """A host behind a tunnel: it says back what it hears, and closes when it hears no more."""

    def __init__(self) -> None:
        self.heard = b""
        self.transport: asyncio.Transport
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # a transport of a stream

    def data_received(self, data: bytes) -> None:
        self.heard += data
        self.transport.write(data)

    def eof_received(self) -> bool:
        self.transport.write(b"bye")
        self.transport.close()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.lost = True


async def echo_host(town: Town, name: str, address: str, port: int = 443) -> list[EchoHost]:
    """Let a host listen. Returns the ends of its connections."""
    made: list[EchoHost] = []

    def end() -> EchoHost:
        made.append(EchoHost())
        return made[-1]

    town.world.network.names[name] = address
    await town.world.machine(name).listen(end, address, port)
    return made
