"""Tests of tidegate.proxy.access.listener_tls, with real handshakes."""

import asyncio
import shutil
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar

import pytest
from cryptography import x509

from tests.authority import Authority
from tidegate.problems import UsageError
from tidegate.proxy.access.listener_tls import TlsFiles
from tidegate.proxy.identity.access_config import ListenerTls
from tidegate.world.world import RealWorld


class Greeter(asyncio.Protocol):
    """Says hello on each line."""

    open: ClassVar[set[asyncio.Transport]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.open.add(transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(b"hello " + data)


def files(folder: Path, ca: Authority, name: str, clients: Path | None = None) -> TlsFiles:
    """TLS with files of fixed names; `put` puts a pair there."""
    put(folder, ca, name)
    return TlsFiles("tls.gateway", ListenerTls(cert=folder / "live.pem", key=folder / "live.key", clients=clients))


def put(folder: Path, ca: Authority, name: str) -> None:
    cert, key = ca.issue(name, "localhost", common_name=name)
    for made, live in ((cert, folder / "live.pem"), (key, folder / "live.key")):
        shutil.copy(made, live.with_suffix(".new"))
        live.with_suffix(".new").replace(live)


@asynccontextmanager
async def listening(tls: TlsFiles) -> AsyncIterator[int]:
    listener = await RealWorld().listen(Greeter, "127.0.0.1", 0, tls=tls.context)
    try:
        yield listener.port
    finally:
        await listener.close()
        while Greeter.open:
            Greeter.open.pop().abort()


async def connected(
    port: int, ca: Authority, client: tuple[Path, Path] | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    context = ssl.create_default_context(cafile=ca.file)
    if client is not None:
        context.load_cert_chain(*client)
    return await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="localhost")


async def served_by(port: int, ca: Authority) -> str:
    """The common name of the certificate that a new connection meets."""
    _, writer = await connected(port, ca)
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    await writer.wait_closed()
    return str(x509.load_der_x509_certificate(der).subject.rfc4514_string())


def look(tls: TlsFiles, times: int = 2) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []
    for _ in range(times):
        tls.check(lambda what, why: told.append((what, why)))
    return told


async def test_a_new_certificate_is_for_new_connections_and_open_ones_go_on(tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    tls = files(tmp_path, ca, "first")
    async with listening(tls) as port:
        assert await served_by(port, ca) == "CN=first"
        reader, writer = await connected(port, ca)
        put(tmp_path, ca, "second")
        assert look(tls) == [("accepted", "")]
        assert look(tls) == [], "once"
        assert await served_by(port, ca) == "CN=second"
        writer.write(b"still\n")
        assert await reader.readline() == b"hello still\n"
        writer.close()


async def test_a_pair_that_does_not_fit_is_refused_and_the_one_before_stays(tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    tls = files(tmp_path, ca, "first")
    async with listening(tls) as port:
        (tmp_path / "live.pem").write_bytes(ca.issue("other", "localhost")[0].read_bytes())
        [(what, why)] = look(tls)
        assert what == "refused"
        assert "key values mismatch" in why
        (tmp_path / "live.key").unlink()
        assert look(tls)[0][0] == "refused"
        assert await served_by(port, ca) == "CN=first"
        put(tmp_path, ca, "third")
        assert look(tls) == [("accepted", "")]
        assert await served_by(port, ca) == "CN=third"


async def test_an_authority_that_is_taken_away_counts_no_more(tmp_path: Path) -> None:
    ca, old, new = Authority(tmp_path), Authority(tmp_path, "old"), Authority(tmp_path, "new")
    clients = tmp_path / "clients.pem"
    shutil.copy(old.file, clients)
    tls = files(tmp_path, ca, "first", clients)
    by_old, by_new = old.issue("a", "a.internal"), new.issue("b", "b.internal")

    async def speaks(client: tuple[Path, Path]) -> bool:
        try:
            reader, writer = await connected(port, ca, client)
            try:
                writer.write(b"x\n")
                line = await reader.readline()
            finally:
                writer.close()
                await writer.wait_closed()
        except (ssl.SSLError, ConnectionError):
            return False
        return line == b"hello x\n"

    async with listening(tls) as port:
        assert [await speaks(by_old), await speaks(by_new)] == [True, False]
        clients.write_bytes(new.file.read_bytes())
        assert look(tls) == [("accepted", "")]
        assert [await speaks(by_old), await speaks(by_new)] == [False, True]


async def test_where_clients_show_certificates_no_session_is_resumed(tmp_path: Path) -> None:
    """A resumed session is not verified again, though its authority may have been taken away."""
    ca = Authority(tmp_path)
    client = ca.issue("shop", "shop.internal")
    context = ssl.create_default_context(cafile=ca.file)
    context.load_cert_chain(*client)

    def twice(port: int) -> bool:
        session: ssl.SSLSession | None = None
        resumed = False
        for _ in range(2):
            with (
                socket.create_connection(("127.0.0.1", port)) as raw,
                context.wrap_socket(raw, server_hostname="localhost", session=session) as wrapped,
            ):
                wrapped.sendall(b"x")
                wrapped.recv(10)
                session, resumed = wrapped.session, bool(wrapped.session_reused)
        return resumed

    async with listening(files(tmp_path, ca, "first", ca.file)) as port:
        assert not await asyncio.to_thread(twice, port)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.to_thread(twice, port)


async def test_an_old_tls_is_not_spoken(tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    async with listening(files(tmp_path, ca, "first")) as port:
        context = ssl.create_default_context(cafile=ca.file)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="localhost")


@pytest.mark.parametrize("spoil", ["no key", "a password", "no certificate", "no authorities"])
def test_files_that_cannot_be_used_are_one_clear_line(tmp_path: Path, spoil: str) -> None:
    ca = Authority(tmp_path)
    cert, key = ca.issue("first", "localhost")
    clients = None
    if spoil == "no key":
        key.unlink()
    elif spoil == "a password":
        key.write_text("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n")
    elif spoil == "no certificate":
        cert.write_text("nothing")
    else:
        clients = tmp_path / "none.pem"
        clients.write_text("nothing")
    with pytest.raises(UsageError, match=r"^tls\.gateway: ") as refused:
        TlsFiles("tls.gateway", ListenerTls(cert=cert, key=key, clients=clients))
    assert "\n" not in str(refused.value)
