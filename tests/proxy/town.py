"""A real proxy in the virtual world, with a vendor that does what its script says. Nothing waits in real time."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tidegate import testing
from tidegate.proxy.config import AppToken
from tidegate.testing import VirtualProxy, run
from tidegate.testing.scripted_vendor import WholeAnswer

T = TypeVar("T")

SECRET = "sk_live_the_vendors_own"
ENVIRON = {"THINGS_KEY": SECRET, "SHOP_TOKEN": "tg_shop", "DESK_TOKEN": "tg_desk"}

PATHS = {
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
}
DOCUMENT = {"openapi": "3.0.3", "info": {"title": "Things", "version": "1"}, "paths": PATHS}

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
    "operations": {
        # What ends as unknown stays so: a resend in the background would be one more request in every count.
        "PostThings": {"idempotency": "vendor-key", "defer": {"when": "never", "prefer": "ignore", "unknown": "leave"}},
        "PostShots": {"idempotency": "never-resend"},
    },
}


SSE = {"Content-Type": "text/event-stream; charset=utf-8"}

Answer = testing.ProxyResponse
Plain = WholeAnswer
Seen = testing.ReceivedRequest
Step = testing.Step
Stream = testing.Stream


class Town(VirtualProxy):
    """A proxy in front of the vendor above, its files in a folder of the test's."""

    def __init__(self, folder: Path, script: Sequence[Step], changes: dict[str, Any], seed: int) -> None:
        self.folder = folder
        environ = {**ENVIRON, **changes.pop("environ", {})}
        config = {**changes.pop("config", {}), "store": folder / "store.db"}
        document = DOCUMENT | {"paths": {**PATHS, **changes.pop("paths", {})}}
        (folder / "vendor.yaml").write_text(json.dumps(VENDOR | changes))
        (folder / "openapi.json").write_text(json.dumps(document))
        super().__init__(folder / "vendor.yaml", script, config=config, environ=environ, seed=seed)

    async def ask(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, data: bytes | None = None
    ) -> Answer:
        """Send a request through the proxy, with a token as an SDK sends its key."""
        return await self.request(method, path, headers=headers, body=data)


def play(
    folder: Path, script: Sequence[Step], story: Callable[[Town], Awaitable[T]], *, seed: int = 1, **changes: Any
) -> T:
    """Run a story in a new town. `changes` replace parts of the vendor file (and `config` of tidegate.yaml).

    `paths` are paths that its document has besides.
    """

    async def main() -> T:
        async with Town(folder, script, dict(changes), seed) as town:
            return await story(town)

    return run(main)


APPS = tuple(AppToken.model_validate({"app": app, "token": f"env:{app.upper()}_TOKEN"}) for app in ("shop", "desk"))
"""For `config={"tokens": APPS}`."""


def by(app: str, **headers: str) -> dict[str, str]:
    """Headers of a request of this app's; an underscore in a name stands for a hyphen."""
    return {"Authorization": f"Bearer tg_{app}"} | {name.replace("_", "-"): value for name, value in headers.items()}


async def both(*asked: Awaitable[T]) -> list[T]:
    """Several at once."""
    return list(await asyncio.gather(*asked))
