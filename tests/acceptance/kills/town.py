"""The vendor and the app, in a process that nobody kills: `python -m tests.acceptance.kills.town JOURNAL`.

Each request that is whole, each effect and each post is a line of the journal, flushed to the disk before anything is
answered. Like a vendor it remembers keys. `POST /control` has it reject, be away, or kill the proxy at the n-th request
that fits: once it has come, or once it was carried out. It ends with its input.
"""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook

from tidegate.world.world import RealWorld

APP_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SLOW_S = 0.7


class Town:
    """What the vendor and the app know."""

    def __init__(self, journal: Path) -> None:
        self._world = RealWorld()
        self._journal = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._answers: dict[str, tuple[int, dict[str, Any]]] = {}
        self._notes: dict[str, str] = {}
        self._tries = Counter[str]()
        self._orders: dict[str, Any] = {}
        self._count = 0

    def write(self, **line: object) -> None:
        """Have a line on the disk."""
        os.write(self._journal, json.dumps(line).encode() + b"\n")
        os.fsync(self._journal)

    def _strike(self, place: str) -> None:
        """Kill the proxy where this is what was asked for: its process is gone before this returns."""
        if self._orders.get("kill_at") == place:
            self._orders["nth"] -= 1
            if self._orders["nth"] <= 0:
                del self._orders["kill_at"]
                os.kill(self._orders["pid"], signal.SIGKILL)

    async def control(self, request: web.Request) -> web.Response:
        """Set what is to happen next; what is not named ends."""
        self._orders = await request.json()
        return web.json_response({})

    async def sell(self, request: web.Request) -> web.StreamResponse:
        """A write: `do` in its body says how it is answered."""
        body = await request.json()
        ref, key, path = body["ref"], request.headers.get("Idempotency-Key", ""), request.path
        self.write(what="request", ref=ref, key=key, path=path)
        self._strike("request")
        self._tries[ref] += 1
        if self._orders.get("away"):
            return web.json_response({"code": "away"}, status=503)
        if body["do"] == "reject" and not self._orders.get("mild"):
            return web.json_response({"code": "no"}, status=422)
        if body["do"] == "lose" and self._tries[ref] == 1:
            return _gone(request)
        known = bool(key) and path + key in self._answers
        answer = self._answers[path + key] if known else self._carried_out(body, path + key if key else "")
        self._strike("effect")
        if body["do"] == "drop" and self._tries[ref] == 1:
            return _gone(request)
        if body["do"] == "slow" and self._tries[ref] == 1:
            await self._world.sleep(SLOW_S)
        headers = {"Idempotent-Replayed": "true"} if known else {}
        return web.json_response(answer[1], status=answer[0], headers=headers)

    async def sell_many(self, request: web.Request) -> web.StreamResponse:
        """Several writes in one request, each under its own key: one after the other. One that drops, drops it all."""
        slips = (await request.json())["slips"]
        for slip in slips:
            self.write(what="request", ref=slip["ref"], key=slip["key"], path=request.path)
            self._tries[slip["ref"]] += 1
        self._strike("joined request")
        results = []
        for n, slip in enumerate(slips):
            if n and n == len(slips) // 2:
                self._strike("half of a joined request")
            key = f"/slips{slip['key']}"
            status, made = self._answers[key] if key in self._answers else self._carried_out(slip, key)
            results.append({"key": slip["key"], "status": status, "slip": made})
        self._strike("joined effect")
        if any(slip["do"] == "drop" and self._tries[slip["ref"]] == 1 for slip in slips):
            return _gone(request)
        return web.json_response({"results": results})

    def _carried_out(self, body: dict[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        self._count += 1
        ref = body["ref"]
        self.write(what="effect", ref=ref, key=key, n=self._count, till=body.get("till", ""))
        self._notes[ref] = str(self._count)
        answer = (200, {"id": self._count, "ref": ref})
        if key:
            self._answers[key] = answer
        return answer

    async def look(self, request: web.Request) -> web.Response:
        """The notes of a reference."""
        ref = request.query["ref"]
        self.write(what="lookup", ref=ref)
        self._strike("lookup")
        found = [{"ref": ref, "id": self._notes[ref]}] if ref in self._notes else []
        return web.json_response({"notes": found})

    async def hear(self, request: web.Request) -> web.Response:
        """An app's own address: a webhook, or the event of a dead letter."""
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        event = Webhook(APP_SECRET).verify(body, headers)
        name = event["id"] if request.path == "/hooks" else event["data"].get("id") or event["data"]["call"]
        self.write(what="post", path=request.path, event=name, webhook=headers["webhook-id"])
        self._strike("post")
        return web.Response(status=204)


def _gone(request: web.Request) -> web.StreamResponse:
    """No answer: the connection breaks."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _run(journal: Path) -> None:
    town, app = Town(journal), web.Application()
    app.router.add_post("/control", town.control)
    for path in ("/sales", "/lines", "/payments", "/notes", "/shouts", "/slips"):
        app.router.add_post(path, town.sell)
    app.router.add_post("/slips/batch", town.sell_many)
    app.router.add_get("/notes", town.look)
    for path in ("/hooks", "/results", "/events"):
        app.router.add_post(path, town.hear)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"town on port {runner.addresses[0][1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)  # until whoever started it has gone


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1])))
