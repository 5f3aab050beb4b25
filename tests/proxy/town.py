"""A real proxy in the virtual world, with a vendor that does what its script says. Nothing waits in real time."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import ClientSession, web

from tidegate.chaos.world.connector import WorldConnector, client_session
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import AppToken, Config
from tidegate.vendor.vendor_file import load_vendor

T = TypeVar("T")

SECRET = "sk_live_the_vendors_own"
ENVIRON = {"THINGS_KEY": SECRET, "SHOP_TOKEN": "tg_shop", "DESK_TOKEN": "tg_desk"}

DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Things", "version": "1"},
    "paths": {
        "/things": {
            "get": {"operationId": "GetThings", "responses": {"200": {"description": "ok"}}},
            "post": {"operationId": "PostThings", "responses": {"200": {"description": "ok"}}},
        },
        "/things/{id}": {
            "get": {"operationId": "GetThing", "responses": {"200": {"description": "ok"}}},
            "put": {"operationId": "PutThing", "responses": {"200": {"description": "ok"}}},
            "delete": {"operationId": "DeleteThing", "responses": {"200": {"description": "ok"}}},
        },
        "/shots": {"post": {"operationId": "PostShots", "responses": {"200": {"description": "ok"}}}},
    },
}

VENDOR: dict[str, Any] = {
    "vendor": "things",
    "purpose": "Keeps things.",
    "owner": "things-team",
    "document": "openapi.json",
    "facts": {
        "base_url": "http://things.example/api",
        "region": "eu",
        "auth": {"scheme": "bearer", "secret": "env:THINGS_KEY", "rotate_every": "90d", "scopes": "things"},
        "errors": {
            "envelope": "/error",
            "code": "/error/code",
            "retry_hint": {"header": "Things-Should-Retry"},
            "ours": {"error": {"code": "{problem}", "message": "{detail}"}},
        },
        "idempotency": {
            "header": "Idempotency-Key",
            "methods": ["POST"],
            "remembers": "24h",
            "replays": ["2xx", "5xx"],
            "replay_mark": "Idempotent-Replayed",
        },
        "limits": [{"name": "account", "rate": "100/s", "burst": 20}],
    },
    "policy": {
        "budget": "20s",
        "timeout": {"connect": "2s", "first_byte": "3s", "idle": "2s", "attempt": "6s"},
        "quota_alert": ["80%"],
        "alerts": {"errors": "5%", "slow_p99": "5s", "runbook": "things"},
    },
    "operations": {"PostThings": {"idempotency": "vendor-key"}, "PostShots": {"idempotency": "never-resend"}},
}


@dataclass(frozen=True)
class Answer:
    """What the app got."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> str:
        return self.headers.get("Tidegate-Problem", "")


@dataclass
class Seen:
    """A request as the vendor got it."""

    at: float
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Stream:
    """An answer that comes in pieces, `every_s` apart; then it ends, is `cut` off, or says no more (`hang`)."""

    pieces: Sequence[bytes]
    every_s: float = 0.0
    then: str = "end"
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/octet-stream"})


SSE = {"Content-Type": "text/event-stream; charset=utf-8"}

Plain = tuple[int, dict[str, str], bytes]
Step = Plain | Stream | str | int | Callable[[Seen], Awaitable[Plain]]
"""An answer; a stream; or `reset`, `hang`, `half` (of an answer), `early` (before the body); a bare status; or what
makes an answer of a request."""


@dataclass
class ScriptedVendor:
    """Does one step a request, and the last one for ever."""

    world: VirtualWorld
    script: Sequence[Step]
    seen: list[Seen] = field(default_factory=list)
    written: int = 0
    """Bytes of streams that the wire has taken."""
    cut_off: bool = False
    """The proxy left in the middle of a stream."""

    async def _stream(self, request: web.BaseRequest, step: Stream) -> web.StreamResponse:
        self.cut_off = False
        response = web.StreamResponse(status=step.status, headers=step.headers)
        if "Content-Length" not in step.headers:
            response.enable_chunked_encoding()
        try:
            await response.prepare(request)
            for piece in step.pieces:
                await self.world.sleep(step.every_s)
                await response.write(piece)
                self.written += len(piece)
            if step.then == "hang":
                await self.world.sleep(10_000)
        except (ConnectionError, asyncio.CancelledError):
            self.cut_off = True
            raise
        if step.then == "cut":
            assert request.transport is not None
            request.transport.close()
            raise ConnectionResetError
        await response.write_eof()
        return response

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.script[0] == "early":
            return web.Response(status=400, body=b"{}", content_type="application/json")
        seen = Seen(
            self.world.now(), request.method, request.raw_path, dict(request.headers), await request.content.read()
        )
        self.seen.append(seen)
        step = self.script[min(len(self.seen), len(self.script)) - 1]
        if step == "hang":
            await self.world.sleep(10_000)
        if step == "reset":
            assert request.transport is not None
            request.transport.abort()
            raise ConnectionResetError
        if step == "half":
            assert request.transport is not None
            request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            request.transport.close()
            raise ConnectionResetError
        if isinstance(step, Stream):
            return await self._stream(request, step)
        if isinstance(step, int):
            return web.Response(status=step, body=b"{}", content_type="application/json")
        assert not isinstance(step, str)
        status, headers, body = step if isinstance(step, tuple) else await step(seen)
        headers = {"Date": formatdate(self.world.wall(), usegmt=True), **headers}
        return web.Response(status=status, headers=headers, body=body)


class Town:
    """The proxy, its vendor, and an app to ask with."""

    def __init__(self, world: VirtualWorld, folder: Path, script: Sequence[Step], changes: dict[str, Any]) -> None:
        self.world = world
        self.vendor = ScriptedVendor(world.machine("vendor"), script)
        self.lines: list[bytes] = []
        self.folder = folder
        self.environ = changes.pop("environ", {})
        self.config = Config.model_validate(changes.pop("config", {}) | {"store": folder / "store.db"}, strict=False)
        document = VENDOR | changes
        (folder / "vendor.yaml").write_text(json.dumps(document))
        (folder / "openapi.json").write_text(json.dumps(DOCUMENT))
        self.sessions: list[ClientSession] = []
        self.proxy = self.new_proxy()

    def new_proxy(self) -> Proxy:
        self.machine = self.world.machine("proxy")
        loaded = load_vendor(self.folder / "vendor.yaml")
        environ = {**ENVIRON, **self.environ}
        return Proxy(self.machine, self.config, {"things": loaded}, environ=environ, sink=self.lines.append)

    async def open(self) -> None:
        await self.listen()
        await self.machine.run(self.proxy.start())
        self.session = client_session(WorldConnector(self.world.machine("app")), 1000.0)

    async def listen(self) -> None:
        """The vendor takes connections."""
        server = web.Server(self.vendor.handle, handler_cancellation=True, access_log=None)
        self.listener = await self.vendor.world.listen(server, "93.184.216.34", 80)

    async def close(self) -> None:
        await self.session.close()
        await self.proxy.close()

    async def ask(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, data: bytes | None = None
    ) -> Answer:
        """Send a request through the proxy, with a token as an SDK sends its key."""
        url = f"http://127.0.0.1:{self.proxy.port}{path}"
        sent = {"Authorization": "Bearer app-token", **(headers or {})}
        async with self.session.request(method, url, headers=sent, data=data, allow_redirects=False) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.read())

    def log(self) -> list[dict[str, Any]]:
        """The log lines so far."""
        self.proxy.telemetry.flush()
        return [json.loads(line) for line in b"".join(self.lines).splitlines()]


def play(
    folder: Path, script: Sequence[Step], story: Callable[[Town], Awaitable[T]], *, seed: int = 1, **changes: Any
) -> T:
    """Run a story in a new town. `changes` replace parts of the vendor file (and `config` of tidegate.yaml)."""

    async def main() -> T:
        names = {"things.example": "93.184.216.34"}
        town = Town(VirtualWorld(seed, names=names), folder, script, dict(changes))
        await town.open()
        try:
            return await story(town)
        finally:
            await town.close()

    return run(main)


APPS = tuple(AppToken.model_validate({"app": app, "token": f"env:{app.upper()}_TOKEN"}) for app in ("shop", "desk"))
"""For `config={"tokens": APPS}`."""


def by(app: str, **headers: str) -> dict[str, str]:
    """Headers of a request of this app's; an underscore in a name stands for a hyphen."""
    return {"Authorization": f"Bearer tg_{app}"} | {name.replace("_", "-"): value for name, value in headers.items()}


async def both(*asked: Awaitable[T]) -> list[T]:
    """Several at once."""
    return list(await asyncio.gather(*asked))
