"""The whole way on real sockets, with aiohttp's own client: WebSockets, keep-alive, and what is in the environment."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import websockets
from aiohttp import ClientSession, web

from tests.proxy.forward.forward_town import BASE, FACTS, HOST, OK
from tests.proxy.real_town import RealTown, real_town
from tests.proxy.town import SECRET
from tests.serving import listening
from tidegate.proxy.forward.certificate_authority import make_authority
from tidegate.world.world import RealWorld


@asynccontextmanager
async def opened(
    folder: Path, base_url: str | None = None, script: Any = (OK,), **more: Any
) -> AsyncIterator[tuple[RealTown, ClientSession, dict[str, Any]]]:
    """The town, an app's session, and what each of its requests is given: the proxy, and the CA that it trusts."""
    authority = make_authority([HOST], RealWorld().wall())
    authority.write(folder / "ca")
    use = {"use": {"things": {"base_url": base_url, "private_addresses": "allow"}}} if base_url else {}
    config: dict[str, Any] = {"forward": {"ca": {"folder": str(folder / "ca")}}} | use | more
    async with real_town(folder, [*script], config=config, facts=FACTS) as town, ClientSession() as session:
        trusted = ssl.create_default_context(cadata=authority.certificate_pem.decode())
        yield town, session, {"proxy": f"http://{town.authority}", "ssl": trusted}


class Talker:
    """A vendor that says back what it hears on a WebSocket. `asked` are the credentials that it was shown."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one handshake, and talk until it ends."""
        self.asked.append(request.headers.get("Authorization", ""))
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(f"you said {message.data}")
        return socket


async def test_a_websocket_passes_through_an_opened_tunnel_with_our_credential(tmp_path: Path) -> None:
    talk = Talker()
    async with (
        listening(web.Server(talk)) as port,
        opened(tmp_path, f"http://127.0.0.1:{port}/api") as (_, session, way),
        session.ws_connect(f"{BASE.replace('https', 'wss')}/things", **way) as socket,
    ):
        for word in ("one", "two"):
            await socket.send_str(word)
            assert await socket.receive_str() == f"you said {word}"
    assert talk.asked == [f"Bearer {SECRET}"]


async def test_a_websocket_without_tls_passes_whether_it_is_asked_for_by_its_url_or_by_connect(tmp_path: Path) -> None:
    talk = Talker()
    async with (
        listening(web.Server(talk)) as port,
        opened(tmp_path, f"http://127.0.0.1:{port}/api") as (_, session, way),
    ):
        url = f"ws://127.0.0.1:{port}/api/things"
        async with session.ws_connect(url, proxy=way["proxy"]) as one:
            await one.send_str("by its URL")
            assert await one.receive_str() == "you said by its URL"
        async with websockets.connect(url, proxy=way["proxy"]) as other:
            await other.send("by CONNECT")
            assert await other.recv() == "you said by CONNECT"
    assert talk.asked == [f"Bearer {SECRET}"] * 2


async def test_a_websocket_passes_to_a_host_that_no_vendor_file_covers(tmp_path: Path) -> None:
    talk = Talker()
    async with listening(web.Server(talk)) as port:
        rule = {"hosts": ["127.0.0.1"], "action": "tunnel", "ports": [port], "private_addresses": "allow"}
        async with (
            opened(tmp_path, forward={"rules": [rule]}) as (_, session, way),
            session.ws_connect(f"ws://127.0.0.1:{port}/", proxy=way["proxy"], headers={"Authorization": "own"}) as one,
        ):
            await one.send_str("hello")
            assert await one.receive_str() == "you said hello"
    assert talk.asked == ["own"]


async def test_many_requests_at_once_use_few_tunnels_and_each_gets_its_own_answer(tmp_path: Path) -> None:
    async def number(request: Any) -> Any:
        return 200, {"Content-Type": "text/plain"}, request.path.encode()

    async with opened(tmp_path, script=[number] * 60) as (town, session, way):

        async def ask(n: int) -> str:
            async with session.get(f"{BASE}/things/{n}", **way) as answer:
                return await answer.text()

        told = [await asyncio.gather(*(ask(n) for n in range(20))) for _ in range(3)]
        assert told == [[f"/api/things/{n}" for n in range(20)]] * 3
        assert town.proxy.forward.log.handshakes["done",] <= 20


@pytest.mark.parametrize("transport", ["pool", "session"])
async def test_proxies_in_the_environment_are_not_looked_at(
    tmp_path: Path, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with opened(tmp_path, transport=transport) as (town, session, way):
        async with session.get(f"{BASE}/things", **way) as answer:
            assert answer.status == 200
        assert len(town.vendor.received) == 1


async def test_a_broken_answer_looks_broken_inside_a_tunnel(tmp_path: Path) -> None:
    async with (
        opened(tmp_path, script=["half"]) as (_, session, way),
        session.get(f"{BASE}/things", **way) as answer,
    ):
        assert answer.status in (503, 504)
