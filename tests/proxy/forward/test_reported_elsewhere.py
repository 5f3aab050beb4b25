"""What users of other forward proxies have reported of CONNECT, tried here. Each test names its report."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.forward.forward_town import (
    CONNECT,
    FACTS,
    HOST,
    LAST,
    OK,
    EchoHost,
    app,
    echo_host,
    forwarded,
    get,
    statuses,
    told,
)
from tests.proxy.real_town import RealTown, real_town
from tests.proxy.town import Town
from tidegate.proxy.forward.certificate_authority import make_authority
from tidegate.world.world import RealWorld

RULES = {"rules": [{"hosts": ["echo.example"], "action": "tunnel"}], "idle": "30s"}
ECHO = CONNECT.replace(HOST.encode(), b"echo.example")


@pytest.mark.parametrize("host", ["[echo.example]", "[[echo.example]]", "[echo.example].", "echo.example]"])
def test_brackets_around_a_name_do_not_get_past_a_rule(host: str, tmp_path: Path) -> None:
    """stripe/smokescreen pull 163: a name in brackets was another name to the rules, and the same to the dialer."""
    data = CONNECT.replace(HOST.encode(), host.encode())
    assert statuses(forwarded(tmp_path, [], lambda town: told(town, data), forward=RULES)) == [400]


def test_a_host_that_closes_one_way_leaks_no_connection(tmp_path: Path) -> None:
    """stripe/smokescreen pull 111: connections stayed open where the target closed its half."""

    async def story(town: Town) -> tuple[bytes, int, bool]:
        ends = await echo_host(town, "echo.example", "93.184.216.40")
        one = await app(town)
        one.transport.write(ECHO)
        await town.world.sleep(1.0)
        ends[0].transport.write(b"last")
        ends[0].transport.write_eof()
        await town.world.sleep(1.0)
        one.transport.close()
        await town.world.sleep(1.0)
        return one.received, len(town.proxy.forward.onramp.tunnels), ends[0].lost

    received, left, lost = forwarded(tmp_path, [], story, forward=RULES)
    assert (received[-4:], left, lost) == (b"last", 0, True)


def test_a_transfer_in_one_direction_is_not_idle(tmp_path: Path) -> None:
    """rhobuild/runpool pull 38: the silent direction's timer cut off the one that moved."""

    async def story(town: Town) -> bytes:
        ends = await echo_host(town, "echo.example", "93.184.216.40")
        one = await app(town)
        one.transport.write(ECHO)
        for _ in range(10):
            await town.world.sleep(20.0)
            ends[0].transport.write(b".")
        await town.world.sleep(1.0)
        return one.received

    assert forwarded(tmp_path, [], story, forward=RULES).endswith(b"." * 10)


def test_a_client_that_shuts_its_writing_side_still_gets_its_whole_answer(tmp_path: Path) -> None:
    """rhobuild/runpool pull 38, inetaf/tcpproxy pull 29: the first end of a half was the end of the tunnel."""

    class Slow(EchoHost):
        def eof_received(self) -> bool:
            asyncio.get_running_loop().call_later(5.0, self.finish)
            return True

        def finish(self) -> None:
            self.transport.write(b"x" * 300_000)
            self.transport.close()

    async def story(town: Town) -> bytes:
        town.world.network.names["echo.example"] = "93.184.216.40"
        await town.world.machine("slow").listen(Slow, "93.184.216.40", 443)
        one = await app(town)
        one.transport.write(ECHO)
        await town.world.sleep(1.0)
        one.transport.write(b"GET")
        one.transport.write_eof()
        await one.ended.wait()
        return one.received

    assert forwarded(tmp_path, [], story, forward=RULES).endswith(b"x" * 300_000)


@pytest.mark.parametrize("line", ["Content-Length: 5", "Transfer-Encoding: chunked", "Content-Length: 0005"])
def test_a_connect_with_content_is_refused_and_none_of_it_is_read(line: str, tmp_path: Path) -> None:
    """RFC 9110 §9.3.6 leaves it open; who skips it and who tunnels it read two things in the same bytes."""
    data = CONNECT.removesuffix(b"\r\n") + f"{line}\r\n\r\nhello".encode() + LAST

    async def story(town: Town) -> tuple[list[int], int]:
        return statuses(await told(town, data)), len(town.vendor.received)

    assert forwarded(tmp_path, [OK], story) == ([400], 0)


def test_a_second_connect_behind_the_first_is_bytes_of_its_tunnel(tmp_path: Path) -> None:
    """Pipelined requests behind a CONNECT: they belong to whoever is behind the tunnel, and to nobody before it."""

    async def story(town: Town) -> bytes:
        ends = await echo_host(town, "echo.example", "93.184.216.40")
        await told(town, ECHO + ECHO, within_s=5.0)
        return ends[0].heard

    assert forwarded(tmp_path, [], story, forward=RULES) == ECHO


def test_inside_an_opened_tunnel_there_is_no_connect(tmp_path: Path) -> None:
    """A tunnel within a tunnel would leave by another host than the one that was allowed."""
    got = forwarded(tmp_path, [OK], lambda town: told(town, CONNECT, ECHO))
    assert statuses(got) == [200, 400]


def test_the_vendors_connection_header_ends_the_vendors_connection_and_not_the_apps_tunnel(tmp_path: Path) -> None:
    """elazarl/goproxy pull 211 and issue 209: the answer's `Connection` was taken for the tunnel's."""
    closing = (200, {"Connection": "close", "Content-Type": "text/plain"}, b"one")
    got = forwarded(tmp_path, [closing, OK], lambda town: told(town, CONNECT, get("/api/things"), LAST))
    assert statuses(got) == [200, 200, 200]
    assert got.count(b"Connection: close") == 1  # the app's own, on the last


def test_connection_close_on_connect_does_not_end_the_tunnel(tmp_path: Path) -> None:
    """jetty/jetty.project pull 9508: there are clients and proxies that send it."""
    data = CONNECT.removesuffix(b"\r\n") + b"Connection: close\r\nProxy-Connection: close\r\n\r\n"
    got = forwarded(tmp_path, [OK, OK], lambda town: told(town, data, get("/api/things"), LAST))
    assert statuses(got) == [200, 200, 200]


def test_a_host_that_is_down_is_told_by_a_status_and_not_by_a_page_in_a_tunnel(tmp_path: Path) -> None:
    """mitmproxy/mitmproxy issue 1007: a host that nobody has got 200, and an error page behind it."""
    got = forwarded(tmp_path, [], lambda town: told(town, ECHO), forward=RULES)
    assert statuses(got) == [503]
    assert b"error=dns_error" in got


# --- with real TLS ----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def tls_town(folder: Path) -> AsyncIterator[tuple[RealTown, ssl.SSLContext]]:
    """The town on real sockets; what an app trusts."""
    authority = make_authority([HOST], RealWorld().wall())
    authority.write(folder / "ca")
    config: dict[str, Any] = {"forward": {"ca": {"folder": str(folder / "ca")}}}
    async with real_town(folder, [OK] * 5, config=config, facts=FACTS) as town:
        yield town, ssl.create_default_context(cadata=authority.certificate_pem.decode())


async def connected(town: RealTown, sent: bytes = CONNECT) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", town.proxy.port)
    writer.write(sent)
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 200 Connection established\r\n\r\n"
    return reader, writer


@pytest.mark.parametrize(
    "sent", [b"GET /api/things HTTP/1.1\r\nHost: things.example\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"\0" * 64]
)
async def test_what_is_no_tls_inside_an_opened_tunnel_ends_it_and_is_counted(sent: bytes, tmp_path: Path) -> None:
    """squid-cache/squid pull 461: an unknown protocol after CONNECT got an error in clear, or held the connection."""
    async with tls_town(tmp_path) as (town, _):
        reader, writer = await connected(town)
        writer.write(sent)
        try:
            rest = await reader.read()
        except ConnectionResetError:
            rest = b""
        writer.close()
        assert not rest.startswith(b"HTTP/")
        assert town.vendor.received == []
        assert town.proxy.forward.log.handshakes["failed",] == 1
        notes = [json.loads(line) for line in b"".join(town.lines).splitlines()]
        assert [note["to"] for note in notes if note.get("note") == "tunnel handshake failed"] == [f"{HOST}:443"]


async def test_an_app_that_speaks_http_2_without_asking_is_refused(tmp_path: Path) -> None:
    """An HTTP/2 preface inside the tunnel is no HTTP/1.1 request."""
    async with tls_town(tmp_path) as (town, trusted):
        trusted.set_alpn_protocols(["h2"])
        reader, writer = await connected(town)
        await writer.start_tls(trusted, server_hostname=HOST)
        writer.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 30)
        answer = await reader.read()
        writer.close()
        assert answer.split()[1] in (b"400", b"505")
        assert town.vendor.received == []


async def test_a_handshake_that_is_sent_along_with_connect_is_done(tmp_path: Path) -> None:
    """Bytes right behind CONNECT: some clients do not wait for the 200 (RFC 9931)."""
    async with tls_town(tmp_path) as (town, trusted):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = trusted.wrap_bio(incoming, outgoing, server_hostname=HOST)
        with pytest.raises(ssl.SSLWantReadError):
            tls.do_handshake()
        reader, writer = await connected(town, CONNECT + outgoing.read())
        while True:
            incoming.write(await reader.read(65536))
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                writer.write(outgoing.read())
        tls.write(LAST)
        writer.write(outgoing.read())
        answer = b""
        while b"ok" not in answer:
            try:
                answer += tls.read(65536)
            except ssl.SSLWantReadError:
                incoming.write(await reader.read(65536))
        writer.close()
        assert answer.startswith(b"HTTP/1.1 200 ")


async def test_a_handshake_that_names_another_host_is_refused(tmp_path: Path) -> None:
    """squid-cache/squid pull 2385 (host forgery): CONNECT, SNI and Host name one host, or nothing goes through."""
    async with tls_town(tmp_path) as (town, trusted):
        _, writer = await connected(town)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await writer.start_tls(trusted, server_hostname="other.things.example")
        writer.close()
        assert town.vendor.received == []
