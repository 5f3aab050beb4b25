"""TLS in front of a simulator, with a CA of the test's: so that a proxy reaches its vendor as it reaches a real one."""

import asyncio
import ssl
import threading
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.serving import serving
from tidegate.proxy.forward.certificate_authority import make_authority
from tidegate.proxy.forward.leaf_contexts import load_chain
from tidegate.world.world import RealWorld

HOST = "127.0.0.1"


class TlsFront:
    """A listener with TLS whose bytes go to a port on this machine in clear. `ca` is a file that trusts it."""

    def __init__(self, folder: Path, port: int) -> None:
        now, key = RealWorld().wall(), ec.generate_private_key(ec.SECP256R1())
        authority = make_authority([HOST], now)
        self.ca = folder / f"front-{port}.pem"
        self.ca.write_bytes(authority.certificate_pem)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        load_chain(self._context, authority.leaf(HOST, key, now, 3600.0), pem)
        self._to = port
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), daemon=True)
        self._loop: asyncio.AbstractEventLoop
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://{HOST}:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with serving(self._serve, self._context) as self.port:
            self._ready.set()
            await self._stop.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(HOST, self._to)
        await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer), return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
