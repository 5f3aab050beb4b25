"""A gateway that leads to a scripted server in the place of Tidegate, which answers byte by byte what a test says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from tidegate.adapters.gateway import Gateway
from tidegate.testing import ScriptedVendor


class Scripted(ScriptedVendor):
    """Closes the connection after each answer."""

    def __init__(self) -> None:
        super().__init__([b""])

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        await super().start(host, port)
        self.url += "/stripe"

    def says(self, status: int, body: bytes, **headers: str) -> None:
        """Answer with this. Underscores in headers' names stand for dashes."""
        headers = {"Content_Type": "application/json", "Content_Length": str(len(body)), **headers}
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status} Said\r\n{lines}Connection: close\r\n\r\n".encode("latin-1")
        self.script = [head + body]

    @property
    def lines(self) -> list[str]:
        """The lines of the last request."""
        last = self.received[-1]
        headers = [f"{name}: {value}" for name, value in last.headers.items()]
        return [f"{last.method} {last.path} HTTP/1.1", *headers, "", last.body.decode("latin-1")]


@asynccontextmanager
async def scripted_gateway(token: str = "app-token") -> AsyncIterator[tuple[Scripted, Gateway]]:
    """A scripted proxy and a gateway that leads to it."""
    async with Scripted() as script, aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield script, Gateway(session, script.url, token)
