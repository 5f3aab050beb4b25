"""What apps and the vendor want of a proxy: intents, each with a reference of its own, asked for until they are heard.

Like an app that wants to be sure, a keyed write is repeated under its key until it is answered, over every restart. One
without a key is asked for once, because its app cannot know.
"""

import asyncio
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
from standardwebhooks import Webhook

from tests.acceptance.kills.lives import TILL_HOOKS, WAIT_S, WORLD, Ports

PATHS = {"sale": "sales", "bare": "sales", "line": "lines", "payment": "payments", "note": "notes", "shout": "shouts",
         "slip": "slips"}  # fmt: skip
"""Kind → path. A `bare` sale has no key of its app's."""
ONCE = frozenset({"bare", "shout"})
"""Asked for once."""
AGAIN_S = 0.05
ORDINARY = (("sale", "ok"), ("sale", "ok"), ("sale", "drop"), ("bare", "ok"), ("line", "ok"), ("line", "ok"),
            ("payment", "ok"), ("note", "ok"), ("shout", "ok"), ("webhook", "ok"), ("webhook", "ok"))  # fmt: skip
"""The kinds and manners of a wave."""
_NUMBERS = itertools.count(1)


@dataclass
class Intent:
    """Something that is wanted once."""

    ref: str
    kind: str
    do: str
    till: str = ""
    acknowledged: bool = False
    """It was answered so that it must not be lost: 202, the vendor's answer, or 2xx to a webhook."""
    call_id: str = ""
    refused: bool = False
    """Asked for once, and answered with a refusal."""


class Customers:
    """Ask for intents. `ports` are those of the proxies, of which one after the other is tried."""

    def __init__(self, session: aiohttp.ClientSession, ports: Sequence[Ports]) -> None:
        self._session, self._ports = session, itertools.cycle(ports)

    def wave(self, name: str, kinds: Sequence[tuple[str, str]] = ORDINARY) -> tuple[list[Intent], list[Any]]:
        """New intents, and the tasks that ask for them: all at once, but lines one after the other."""
        wave = next(_NUMBERS)
        intents = [
            Intent(f"{name}-{wave}-{n}", kind, do, f"till-{name}-{wave}" if kind == "line" else "")
            for n, (kind, do) in enumerate(kinds)
        ]
        create = asyncio.get_running_loop().create_task
        lines = [intent for intent in intents if intent.kind == "line"]
        tasks = [create(self._heard(intent)) for intent in intents if intent.kind != "line"]
        return intents, [*tasks, create(self._in_turn(lines))]

    async def _in_turn(self, intents: Sequence[Intent]) -> None:
        for intent in intents:
            await self._heard(intent)

    async def _heard(self, intent: Intent) -> None:
        """Ask until it is acknowledged; once, where it has no key."""
        for _ in range(int(WAIT_S / AGAIN_S)):
            try:
                status, location = await (self._hook if intent.kind == "webhook" else self._call)(intent)
            except (aiohttp.ClientError, OSError):
                status, location = 0, ""
            if 200 <= status < 300:
                intent.acknowledged, intent.call_id = True, location.rpartition("/")[2]
                return
            if intent.kind in ONCE:
                intent.refused = status in (409, 429, 503)
                return
            await WORLD.sleep(AGAIN_S)

    async def _call(self, intent: Intent) -> tuple[int, str]:
        body = {"ref": intent.ref, "do": intent.do, **({"till": intent.till} if intent.till else {})}
        headers = {"Authorization": "Bearer app"}
        if intent.kind not in ONCE:
            headers["Idempotency-Key"] = intent.ref
        url = f"http://127.0.0.1:{next(self._ports).gateway}/till/{PATHS[intent.kind]}"
        async with self._session.post(url, json=body, headers=headers) as answer:
            assert answer.status in (200, 202, 409, 429, 503, 504), await answer.text()
            return answer.status, answer.headers.get("Location", "")

    async def _hook(self, intent: Intent) -> tuple[int, str]:
        body = json.dumps({"id": intent.ref, "type": "till.opened"})
        now = datetime.fromtimestamp(WORLD.wall(), UTC)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": intent.ref,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(TILL_HOOKS).sign(intent.ref, now, body),
        }
        url = f"http://127.0.0.1:{next(self._ports).inbox}/till"
        async with self._session.post(url, data=body, headers=headers) as answer:
            await answer.read()
            return answer.status, ""
