"""The load's way through CONNECT and TLS, against servers that do as it expects, and others."""

import asyncio
from pathlib import Path

import pytest

from tests.serving import serving
from tidegate.loadtests.bench.tunnel_connection import TunnelRefused, through_tunnel, trusting
from tidegate.proxy.forward.certificate_authority import make_authority
from tidegate.proxy.forward.leaf_contexts import LeafContexts
from tidegate.world.world import RealWorld

WORLD = RealWorld()
AUTHORITY = make_authority(["bench.invalid"], WORLD.wall())
LEAVES = LeafContexts(WORLD, AUTHORITY, 3600.0)


class Heard(asyncio.Protocol):
    """Says hello, and keeps what it hears."""

    def __init__(self) -> None:
        self.done: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"hello")

    def data_received(self, data: bytes) -> None:
        self.done.set_result(data)


async def asked(folder: Path, told: bytes, host: str = "bench.invalid") -> bytes:
    """What is heard inside a tunnel of a proxy that answers CONNECT so."""
    (folder / "ca.pem").write_bytes(AUTHORITY.certificate_pem)
    wanted = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wanted.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(told)
        if not told.startswith(b"HTTP/1.1 200 "):
            return
        await writer.start_tls(LEAVES.context("bench.invalid"))
        writer.write(b"heard " + await reader.read(5))
        await reader.read()

    async with serving(serve) as port:
        protocol = await through_tunnel(Heard, port, host, trusting(folder / "ca.pem"))
        heard = await protocol.done
        protocol.transport.close()
    assert wanted[0].startswith(b"CONNECT bench.invalid:443 HTTP/1.1\r\nHost: bench.invalid:443\r\n")
    return heard


async def test_bytes_pass_inside_the_tunnel(tmp_path: Path) -> None:
    assert await asked(tmp_path, b"HTTP/1.1 200 OK\r\n\r\n") == b"heard hello"


@pytest.mark.parametrize("told", [b"HTTP/1.1 403 No\r\nConnection: close\r\n\r\n", b""])
async def test_a_proxy_that_refuses_is_told_as_such(tmp_path: Path, told: bytes) -> None:
    with pytest.raises(TunnelRefused):
        await asked(tmp_path, told)
