"""Providers to verify: the simulator, and one that changes what the simulator says."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

from tidegate.openapi.document import Document
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor
from tidegate.world.world import RealWorld

OF_THE_WIRE = frozenset(("content-length", "content-encoding", "transfer-encoding", "date", "server", "connection"))
Change = Callable[[str, int, Any], tuple[int, Any]]
"""From path, status and body to another status and body."""


@asynccontextmanager
async def simulated(vendor: str = "stripe") -> AsyncIterator[tuple[str, str]]:
    """The addresses of a simulated vendor and of its states."""
    loaded = load_vendor(find_vendor(vendor))
    simulator = SimulatorServer(RealWorld(seed=1), Document.load(loaded.document_path), loaded.vendor, 1)
    await simulator.start()
    try:
        yield f"http://127.0.0.1:{simulator.port}", f"http://127.0.0.1:{simulator.control_port}/states"
    finally:
        await simulator.close()


@asynccontextmanager
async def changed(url: str, change: Change) -> AsyncIterator[str]:
    """The address of a provider that passes requests on to `url` and changes the answers."""
    async with aiohttp.ClientSession() as session:

        async def handle(request: web.BaseRequest) -> web.Response:
            headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
            body = await request.content.read()
            async with session.request(request.method, url + request.path_qs, headers=headers, data=body) as answer:
                raw = await answer.read()
                status, said = change(request.path, answer.status, json.loads(raw) if raw else None)
                kept = {name: value for name, value in answer.headers.items() if name.lower() not in OF_THE_WIRE}
            body = json.dumps(said).encode() if said is not None else b""
            return web.Response(body=body, status=status, headers=kept)

        server = web.Server(handle, access_log=None)
        listener = await RealWorld().listen(server, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{listener.port}"
        finally:
            await listener.close()
            await server.shutdown(0.1)
