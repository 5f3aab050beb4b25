"""A Pact broker that keeps its pacts and results as files in a folder, and answers as a real one does."""

import json
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from tidegate.world.world import RealWorld

TOKEN = "broker-token-of-ours"


class BrokerStandIn:
    """Files: `CONSUMER--PROVIDER--VERSION.json` a pact, `….result.json` its newest result."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self.url = ""
        self.has_links = True

    async def handle(self, request: web.BaseRequest) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": "the token is wrong"}, status=401)
        content = json.loads(await request.content.read() or b"null")
        parts = [part for part in request.path.split("/") if part]
        match [request.method, *parts]:
            case ["GET"]:
                return web.json_response({"_links": self._links() if self.has_links else {}})
            case ["POST", "contracts", "publish"]:
                return self._publish(content)
            case ["GET", "pacts", "provider", provider, "consumer", consumer, "version", version]:
                href = f"{self.url}/results/{consumer}/{provider}/{version}"
                if not self._file(consumer, provider, version).exists():
                    return web.json_response({"error": "there is no such pact"}, status=404)
                return web.json_response({"_links": {"pb:publish-verification-results": {"href": href}}})
            case ["POST", "results", consumer, provider, version]:
                self._file(consumer, provider, version, ".result").write_text(json.dumps(content))
                return web.json_response(content, status=201)
            case ["GET", "can-i-deploy"]:
                return self._deployable(request.query["pacticipant"], request.query["version"])
        return web.json_response({"error": "there is nothing here"}, status=404)

    def _links(self) -> dict[str, Any]:
        query = "?pacticipant={pacticipant}&version={version}&environment={environment}"
        return {
            "pb:publish-contracts": {"href": f"{self.url}/contracts/publish"},
            "pb:can-i-deploy-pacticipant-version-to-environment": {"href": f"{self.url}/can-i-deploy{query}"},
        }

    def _file(self, consumer: str, provider: str, version: str, kind: str = "") -> Path:
        return self._folder / f"{consumer}--{provider}--{version}{kind}.json"

    def _publish(self, content: Any) -> web.Response:
        version, notices = content["pacticipantVersionNumber"], []
        for one in content["contracts"]:
            file, pact = self._file(one["consumerName"], one["providerName"], version), b64decode(one["content"])
            if file.exists() and file.read_bytes() != pact:
                return web.json_response({"notices": [{"text": f"version {version} is published already"}]}, status=409)
            file.write_bytes(pact)
            notices.append({"type": "success", "text": f"Pact published for {one['consumerName']} version {version}."})
        return web.json_response({"notices": notices})

    def _deployable(self, name: str, version: str) -> web.Response:
        pacts = [file for file in self._folder.glob(f"{name}--*--{version}.json") if ".result" not in file.name]
        results = [file.with_name(f"{file.name[: -len('.json')]}.result.json") for file in pacts]
        known = [json.loads(file.read_text())["success"] for file in results if file.exists()]
        deployable = None if not pacts or len(known) < len(pacts) else all(known)
        reasons = {True: "all verified", False: "a verification failed", None: "something was never verified"}
        return web.json_response({"summary": {"deployable": deployable, "reason": reasons[deployable]}, "notices": []})


@asynccontextmanager
async def broker(folder: Path) -> AsyncIterator[BrokerStandIn]:
    """Such a broker on loopback."""
    stand_in = BrokerStandIn(folder)
    server = web.Server(stand_in.handle, access_log=None)
    listener = await RealWorld().listen(server, "127.0.0.1", 0)
    stand_in.url = f"http://127.0.0.1:{listener.port}"
    try:
        yield stand_in
    finally:
        await listener.close()
        await server.shutdown(0.1)
