"""What is relied on in asyncio's and uvloop's TLS, on real sockets: order of callbacks, buffered protocol."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvloop

from tests.serving import serving
from tidegate.proxy.forward.certificate_authority import make_authority
from tidegate.proxy.forward.leaf_contexts import LeafContexts
from tidegate.world.world import RealWorld

HOST = "api.example"
WORLD = RealWorld()
AUTHORITY = make_authority([HOST], WORLD.wall())
LEAVES = LeafContexts(WORLD, AUTHORITY, 3600.0)
GREETING = b"CONNECT\n\n"

Runner = Callable[[Coroutine[Any, Any, Any]], Any]


class Echo(asyncio.Protocol):
    """Says back what it hears."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(b"echo " + data)


class Client:
    """TLS by hand, so that what is sent together is decided here."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context(cadata=AUTHORITY.certificate_pem.decode())
        self.tls = context.wrap_bio(self._in, self._out, server_hostname=HOST)

    def hello(self) -> bytes:
        with pytest.raises(ssl.SSLWantReadError):
            self.tls.do_handshake()
        return self._out.read()

    async def finish(self, behind: bytes) -> None:
        """End the handshake, and send something in the same piece as its last bytes."""
        while True:
            self._in.write(await self._reader.read(65536))
            try:
                self.tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._writer.write(self._out.read())
        self.tls.write(behind)
        self._writer.write(self._out.read())

    async def read(self) -> bytes:
        while True:
            try:
                return self.tls.read(1000)
            except ssl.SSLWantReadError:
                self._in.write(await self._reader.read(65536))


async def talk(early: int, factory: Callable[[], asyncio.Protocol] = Echo) -> bytes:
    """What a client hears whose first bytes were read, `early` of them, before TLS began."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(GREETING))
        read = await reader.readexactly(early) if early else b""
        transport: Any = writer.transport
        transport.pause_reading()
        read += bytes(reader._buffer)  # type: ignore[attr-defined]  # what the stream has read too much
        await WORLD.serve_tls(transport, factory, LEAVES.context(HOST), early=read, within_s=5.0)
        await asyncio.Event().wait()  # the connection goes on

    async with serving(serve) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        client = Client(reader, writer)
        writer.write(GREETING + client.hello())
        await client.finish(b"hi")
        heard = await client.read()
        writer.close()
        return heard


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("early", [0, 1, 100, 500])
def test_what_was_read_before_the_handshake_is_part_of_it_and_what_ends_it_is_not_lost(
    early: int, runner: Runner
) -> None:
    assert runner(talk(early)) == b"echo hi"


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_handshake_that_fails_raises_and_closes_the_connection(runner: Runner) -> None:
    async def story() -> tuple[bool, bytes]:
        raised = asyncio.get_running_loop().create_future()

        async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            transport: Any = writer.transport
            transport.pause_reading()
            try:
                await WORLD.serve_tls(transport, Echo, LEAVES.context(HOST), within_s=5.0)
            except OSError as error:
                raised.set_result(error)
            await asyncio.Event().wait()  # it is closed already

        async with serving(serve) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
            error = await raised
            try:
                rest = await reader.read()
            except ConnectionResetError:
                rest = b""
            writer.close()
            return isinstance(error, OSError), rest[:1]

    failed, rest = runner(story())
    assert failed
    assert rest in {b"", b"\x15"}  # nothing, or a TLS alert
