"""A proxy that answers what a test tells it to, byte by byte, and keeps what it was sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from tidegate.adapters.gateway import Gateway


@dataclass
class Scripted:
    """Answers every request with `answer`, then closes. Empty bytes close the connection without a word."""

    answer: bytes = b""
    requests: list[bytes] = field(default_factory=list)
    url: str = ""

    def says(self, status: int, body: bytes, **headers: str) -> None:
        """Answer with this. Underscores in headers' names stand for dashes."""
        headers = {"Content_Type": "application/json", "Content_Length": str(len(body)), **headers}
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        self.answer = f"HTTP/1.1 {status} Said\r\n{lines}Connection: close\r\n\r\n".encode("latin-1") + body

    @property
    def lines(self) -> list[str]:
        """The lines of the last request."""
        return self.requests[-1].decode("latin-1").split("\r\n")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            body = await reader.readexactly(int(length[0].partition(b":")[2])) if length else b""
            self.requests.append(head + body)
            writer.write(self.answer)
            await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def scripted_gateway(token: str = "app-token") -> AsyncIterator[tuple[Scripted, Gateway]]:
    """A scripted proxy and a gateway that leads to it."""
    script = Scripted()
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    script.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/stripe"
    async with server, aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield script, Gateway(session, script.url, token)
