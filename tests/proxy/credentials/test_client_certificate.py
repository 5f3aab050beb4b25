"""A vendor that asks for a certificate sees ours; a new version has connections of its own, and a bad one is told."""

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvloop

from tests.proxy.credentials.certificates import authority_pem, certificate
from tests.proxy.upstream.upstreams import upstream_of
from tests.serving import serving
from tidegate.problems import UsageError
from tidegate.proxy.config import VendorUse
from tidegate.proxy.credentials.client_certificate import LoadedCertificate, check
from tidegate.proxy.credentials.credential_provider import CredentialProvider
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.wire.exchange_errors import NoAnswer, NotSent
from tidegate.proxy.wire.pool import Pool
from tidegate.proxy.wire.transport import Timers
from tidegate.redaction.secret import Secret
from tidegate.world.world import RealWorld

REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def loaded(serial: int) -> LoadedCertificate:
    chain, key = certificate("tidegate", serial)
    return LoadedCertificate(Secret(chain), Secret(key))


def asking_context(folder: Path) -> ssl.SSLContext:
    """The TLS of a server that asks for a certificate."""
    chain, key = certificate("vendor", 99)
    (folder / "server.pem").write_text(chain + key)
    (folder / "ca.pem").write_text(authority_pem())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    context.load_verify_locations(folder / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@asynccontextmanager
async def vendor(folder: Path) -> AsyncIterator[tuple[int, list[int], list[Any]]]:
    """A vendor that asks for a certificate: its port, the serial numbers that it saw, and its connections."""
    context = asking_context(folder)
    seen: list[int] = []
    connections: list[Any] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        while await reader.readline():
            while (await reader.readline()).strip():
                pass
            shown: Any = writer.get_extra_info("peercert")
            seen.append(int(shown["serialNumber"], 16))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    async with serving(serve, context) as port:
        yield port, seen, connections


def upstream(folder: Path, port: int, shown: LoadedCertificate | None) -> Upstream:
    use = VendorUse(base_url=f"https://127.0.0.1:{port}", private_addresses="allow", ca=folder / "ca.pem")
    made = upstream_of(RealWorld(), folder, use=use, certificate=shown)
    assert isinstance(made.provider, CredentialProvider)
    return made


async def ask(of: Upstream) -> int:
    timers = Timers(30.0, 30.0, 30.0, 30.0)
    return (await of.transport.exchange(REQUEST, method="GET", idle_max_s=15.0, timers=timers)).status


async def test_the_vendor_sees_our_certificate_and_refuses_whoever_has_none(tmp_path: Path) -> None:
    async with vendor(tmp_path) as (port, seen, _):
        with_one, without = upstream(tmp_path, port, loaded(7)), upstream(tmp_path, port, None)
        assert await ask(with_one) == 200
        assert seen == [7]
        with pytest.raises((NotSent, NoAnswer)):
            await ask(without)
        await with_one.close()
        await without.close()


def served_after_asking(listener: socket.socket, context: ssl.SSLContext, seen: list[int]) -> None:
    """One answer of a vendor that asks for a certificate once it has read where a request goes (RFC 8446 §4.6.2)."""
    accepted, _ = listener.accept()
    with accepted, suppress(OSError), context.wrap_socket(accepted, server_side=True) as connection:
        while b"\r\n\r\n" not in connection.recv(4096):
            pass
        connection.verify_client_post_handshake()
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        with suppress(TimeoutError):
            connection.settimeout(0.2)
            connection.recv(1)  # reads the certificate, and then there is nothing
        shown: Any = connection.getpeercert()
        seen.append(int(shown["serialNumber"], 16))
        connection.sendall(b"Content-Length: 2\r\n\r\nok")


@pytest.mark.parametrize("runner", [asyncio.run, uvloop.run])
def test_a_vendor_may_ask_for_it_when_it_has_read_the_request(
    tmp_path: Path, runner: Callable[[Coroutine[Any, Any, None]], None]
) -> None:
    context, seen = asking_context(tmp_path), list[int]()
    context.minimum_version, context.post_handshake_auth = ssl.TLSVersion.TLSv1_3, True

    async def run(port: int) -> None:
        made = upstream(tmp_path, port, loaded(7))
        assert await ask(made) == 200
        assert isinstance(made.transport, Pool)
        ends = [ended for connection, _ in made.transport._idle._waiting if (ended := connection.closed) is not None]
        await made.close()
        await asyncio.gather(*ends, return_exceptions=True)  # over TLS a close waits for the other end's

    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving_it = threading.Thread(target=served_after_asking, args=(listener, context, seen), daemon=True)
        serving_it.start()
        runner(run(listener.getsockname()[1]))
        serving_it.join(3.0)
    assert seen == [7]


async def test_a_new_version_has_connections_of_its_own_and_the_same_one_keeps_them(tmp_path: Path) -> None:
    first, second = loaded(7), loaded(8)
    async with vendor(tmp_path) as (port, seen, connections):
        old, same, new = (upstream(tmp_path, port, shown) for shown in (first, first, second))
        await ask(old)
        same.inherit(old)
        await ask(same)
        assert len(connections) == 1, "the same certificate, the same connection"
        new.inherit(same)
        await ask(new)
        assert (seen, len(connections)) == ([7, 7, 8], 2)
        await same.retire(new)
        assert same.transport.open == 0
        for each in (old, same, new):
            await each.close()


def test_a_certificate_that_cannot_be_used_is_told_and_not_repeated() -> None:
    chain, key = certificate("tidegate", 7)
    other_chain, _ = certificate("other", 8)
    for wrong in ((chain, other_chain), (other_chain, key), ("nothing", "nothing"), (chain, "")):
        with pytest.raises(UsageError, match="not a certificate and its private key") as told:
            check(LoadedCertificate(*map(Secret, wrong)))
        assert "BEGIN" not in str(told.value)
    both = LoadedCertificate(Secret(chain + key), Secret(chain + key))
    assert check(both) is both


def test_it_hides_its_key() -> None:
    shown = loaded(7)
    lines = [line for line in shown.key.reveal().splitlines() if "-----" not in line]
    assert set(shown.secrets) == {*lines} - {line for line in lines if len(line) < 16}
    assert lines[0] not in repr(shown)
    assert shown.digest != loaded(7).digest
