"""Tests of tidegate.proxy.onramp.listeners: port and socket answer alike, and links lead back over the same scheme."""

import asyncio
import ssl
from pathlib import Path

from tests.authority import Authority
from tests.proxy.real_town import real_town


async def test_a_gateway_with_tls_and_a_socket_answers_on_both_and_leads_back_to_https(tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    cert, key = ca.issue("gateway", "127.0.0.1")
    path = tmp_path / "run.sock"
    config = {
        "tls": {"gateway": {"cert": str(cert), "key": str(key)}},
        "socket": {"path": str(path)},
        "apps": {"local": {"approve": "writes"}},
    }
    async with real_town(tmp_path, [200], config=config) as town:
        context = ssl.create_default_context(cafile=ca.file)
        over_tls = await asyncio.open_connection("127.0.0.1", town.proxy.port, ssl=context)
        over_socket = await asyncio.open_unix_connection(path)
        for reader, writer in (over_tls, over_socket):
            lines = ["POST /things/things HTTP/1.1", f"Host: {town.authority}", "Authorization: Bearer t"]
            lines += ["Connection: close", "Content-Length: 2", "", "{}"]
            writer.write("\r\n".join(lines).encode())
            answer = (await reader.read()).decode()
            writer.close()
            await writer.wait_closed()
            assert answer.startswith("HTTP/1.1 202 ")
            assert f"Location: https://{town.authority}/_tidegate/calls/" in answer
    assert not path.exists()
