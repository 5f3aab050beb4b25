"""Tests of tidegate.proxy.access.peers, through a gateway on real sockets: client certificates and Unix users."""

import asyncio
import contextlib
import json
import os
import ssl
from pathlib import Path
from typing import Any

import pytest

from tests.authority import Authority, fingerprint_of
from tests.proxy.real_town import RealTown, real_town
from tidegate.proxy.access.peers import NOBODY, Peer, PeerApps
from tidegate.proxy.app_config import AppSettings


def apps(**clients: Any) -> dict[str, AppSettings]:
    return {name: AppSettings.model_validate_json(json.dumps(written)) for name, written in clients.items()}


def gateway_tls(ca: Authority, **more: Any) -> dict[str, Any]:
    cert, key = ca.issue("gateway", "127.0.0.1", "localhost")
    return {"gateway": {"cert": str(cert), "key": str(key), "clients": str(ca.file), **more}}


async def status(
    town: RealTown, ca: Authority, client: tuple[Path, Path] | None = None, *lines: str, socket: Path | None = None
) -> str:
    """The status of a read, and the app that it was taken for, over a connection of its own."""
    if socket is not None:
        reader, writer = await asyncio.open_unix_connection(socket)
    else:
        context = ssl.create_default_context(cafile=ca.file)
        if client is not None:
            context.load_cert_chain(*client)
        reader, writer = await asyncio.open_connection("127.0.0.1", town.proxy.port, ssl=context)
    head = ["GET /things/things HTTP/1.1", "Host: localhost", "Connection: close", *lines]
    try:
        writer.write(("\r\n".join(head) + "\r\n\r\n").encode())
        answer = (await reader.read()).split(b"\r\n")[0].split()[1].decode()
    finally:
        writer.close()
        with contextlib.suppress(ssl.SSLError, ConnectionError):
            await writer.wait_closed()
    town.proxy.telemetry.flush()
    return f"{answer} {json.loads(town.lines[-1]).get('app', '')}".strip()


async def test_a_client_certificate_is_an_app_by_its_names_or_its_fingerprint(tmp_path: Path) -> None:
    ca, stranger = Authority(tmp_path), Authority(tmp_path, "stranger")
    shop = ca.issue("shop", "shop.internal", "spiffe://town/shop")
    desk = ca.issue("desk", "desk.internal")
    common = ca.issue("common", common_name="shop.internal")
    forged = stranger.issue("forged", "shop.internal")
    print_ = f"sha256:{fingerprint_of(desk[0])}"
    known = {"shop": {"clients": ["san:spiffe://town/shop"]}, "desk": {"clients": [print_]}}
    async with real_town(tmp_path, [200], config={"apps": known, "tls": gateway_tls(ca)}) as town:
        assert await status(town, ca, shop) == "200 shop"
        assert await status(town, ca, desk) == "200 desk"
        assert await status(town, ca, common) == "401", "a common name is no identity"
        assert await status(town, ca) == "401"
        assert await status(town, ca, None, "X-Forwarded-Client-Cert: SAN=shop.internal") == "401"
        assert await status(town, ca, shop, "Authorization: Bearer sk_dummy") == "200 shop", "an SDK sends some key"
        with pytest.raises((ssl.SSLError, ConnectionError, IndexError)):
            await status(town, ca, forged)


async def test_where_a_certificate_is_required_nobody_speaks_without_one(tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    shop = ca.issue("shop", "shop.internal")
    config = {"apps": {"shop": {"clients": ["san:shop.internal"]}}, "tls": gateway_tls(ca, require=True)}
    async with real_town(tmp_path, [200], config=config) as town:
        assert await status(town, ca, shop) == "200 shop"
        with pytest.raises((ssl.SSLError, ConnectionError, IndexError)):
            await status(town, ca)


async def test_the_user_behind_a_unix_socket_is_an_app(tmp_path: Path) -> None:
    path = tmp_path / "gateway.sock"
    config = {"socket": {"path": str(path), "mode": "0600"}, "apps": {"shop": {"uids": [os.getuid()]}}}
    ca = Authority(tmp_path)
    async with real_town(tmp_path, [200], config=config) as town:
        assert path.stat().st_mode & 0o777 == 0o600
        assert await status(town, ca, socket=path) == "200 shop"
        town.proxy.parts.callers.change((), apps(shop={"uids": [os.getuid() + 1]}), anonymous=False)
        assert await status(town, ca, socket=path) == "401"
    assert not path.exists(), "the file goes with the proxy"


def test_a_certificate_that_is_over_is_nobody_however_long_its_connection_lasts() -> None:
    known, peer = PeerApps(apps(shop={"clients": ["san:a"]})), Peer(("san:a",), 100.0)
    assert known.app_of(peer, 99.9) == "shop"
    assert known.app_of(peer, 100.0) is None


def test_two_marks_lead_to_one_app_and_none_to_nobody() -> None:
    known = PeerApps(apps(shop={"clients": ["san:a", "san:b"]}, desk={}))
    assert known.app_of(Peer(("san:c", "san:b")), 0.0) == "shop"
    assert known.app_of(NOBODY, 0.0) is None
    assert not PeerApps(apps(desk={}))
