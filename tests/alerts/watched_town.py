"""The town of tests.proxy.town with all that `tidegate serve` puts beside the proxy. Its metrics are read each minute.

Secrets are files that are watched; the vendor's is `key`. Nothing waits in real time.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.alerts.promtool_story import Page, judge, page_of
from tests.proxy.secrets.rotating_town import RotatingTown
from tests.proxy.town import VENDOR, Step
from tidegate.chaos.world.virtual_world import WALL_BASE
from tidegate.cli.proxy import serve
from tidegate.cli.proxy.served_admin import served_admin
from tidegate.proxy.desk.secret_pages import SecretPages
from tidegate.proxy.reload.reload import Reloader
from tidegate.testing import run
from tidegate.vendor.vendor_file import load_vendor

POLICY: Mapping[str, Any] = {
    **VENDOR["policy"],
    "timeout": {"connect": "2s", "first_byte": "9s", "idle": "2s", "attempt": "12s"},
    "quota_alert": ["80%", "95%"],
}
TURNS = 6
"""Moments in a minute at which there is traffic."""
POLL = "30s"
"""How often secrets are looked for."""

Traffic = Callable[["WatchedTown"], Coroutine[Any, Any, object]]


async def read_things(town: "WatchedTown") -> None:
    """An app's ordinary call."""
    await town.ask("GET", "/things/things")


async def silence(_: "WatchedTown") -> None:
    """No calls."""


class WatchedTown(RotatingTown):
    """See the module. `traffic` goes on every ten seconds while `minutes` pass; nobody waits for it."""

    traffic: Traffic = staticmethod(read_things)

    def __init__(self, folder: Path, script: Sequence[Step], changes: dict[str, Any], seed: int) -> None:
        self.pages: list[Page] = []
        self.expected: list[tuple[int, frozenset[str]]] = []
        super().__init__(folder, script, {"secrets": {"poll": POLL}, **changes}, seed)

    def put(self, **secrets: str) -> None:
        """Write secrets into files of these names, at the time that it is in the town."""
        super().put(**secrets)
        for name in secrets:
            self.aged(name, 0.0)

    def aged(self, name: str, age_s: float) -> None:
        """Let the file of a secret be so old."""
        at = (self.world.wall() if hasattr(self, "world") else WALL_BASE) - age_s
        os.utime(self.home / name, (at, at))

    async def start(self) -> None:
        await super().start()
        machine, proxy = self.machine, self.proxy
        self.reloader = Reloader(machine, proxy, _at_once, None, self.watcher.book, self.watcher)
        served: Any = machine  # the console draws its keys from the real world
        served.secret_bytes = bytes
        self.admin = served_admin(served, proxy, self.reloader, SecretPages(machine, self.watcher, self.worn))
        self.inbox = serve.inbox_of(machine, proxy)
        serve._tls_of(machine, proxy, self.admin, self.inbox)
        await machine.run(self.admin.start())
        if self.inbox is not None:
            await machine.run(self.inbox.start())
        self._keeping = asyncio.get_running_loop().create_task(serve._keep_store(proxy, machine))
        self._calls: set[asyncio.Task[object]] = set()
        await self._look()

    async def close(self) -> None:
        for task in (self._keeping, *self._calls):
            task.cancel()
        await asyncio.gather(self._keeping, *self._calls, return_exceptions=True)
        self.reloader.close()
        await self.admin.close()
        if self.inbox is not None:
            await self.inbox.close()
        await super().close()

    @property
    def admin_url(self) -> str:
        """The admin port's address."""
        return f"http://127.0.0.1:{self.admin.port}"

    async def _look(self) -> None:
        async with self.session.get(f"{self.admin_url}/metrics") as answer:
            assert answer.status == 200
            self.pages.append(page_of(await answer.text()))

    async def order(self, path: str, **body: object) -> Any:
        """Have something done on the admin port, as a person does."""
        async with self.session.post(f"{self.admin_url}{path}", json=body) as answer:
            document = await answer.json()
            assert answer.status < 300, document
            return document

    async def minutes(self, count: int, turns: int = TURNS) -> None:
        """Let so many minutes pass, with traffic so often in each, and read the page after each."""
        loop = asyncio.get_running_loop()
        for _ in range(count):
            for _ in range(turns):
                call = loop.create_task(self.traffic(self))
                self._calls.add(call)
                call.add_done_callback(self._calls.discard)
                await self.world.sleep(60.0 / turns)
            await self._look()

    def fires(self, *alerts: str) -> None:
        """These alerts are to fire now, and no others."""
        self.expected.append((len(self.pages) - 1, frozenset(alerts)))

    def away(self, minutes: int) -> None:
        """Prometheus reaches nobody for so many minutes."""
        self.pages += [{}] * minutes

    async def configure(self, **content: Any) -> None:
        """Put another tidegate.yaml in force."""
        vendor = self.folder / "vendors" / "things"
        vendor.mkdir(parents=True, exist_ok=True)
        for name in ("vendor.yaml", "openapi.json"):
            (vendor / name).write_bytes((self.folder / name).read_bytes())
        use = {"things": {"secret": f"file:{self.folder / 'key'}"}}
        file = self.folder / "tidegate.yaml"
        file.write_text(json.dumps({"use": use, "vendors": ["vendors"], "store": "store.db", **content}))
        reloader = Reloader(self.machine, self.proxy, _at_once, file, self.watcher.book, self.watcher)
        await reloader.reload()
        assert self.proxy.refused == {}

    def rewrite(self, **changes: Any) -> None:
        """Write the vendor file anew, as editors do it: beside the old one, then in its place."""
        beside = self.folder / "new"
        beside.write_text(json.dumps({**VENDOR, "policy": POLICY, **changes}))
        beside.replace(self.folder / "vendor.yaml")


async def _at_once(work: Callable[[], object]) -> object:
    return work()


def watch(
    folder: Path,
    script: Sequence[Step],
    story: Callable[[WatchedTown], Awaitable[object]],
    *,
    ends: bool = True,
    **changes: Any,
) -> None:
    """Run a story in a new town, and let promtool judge which alerts fired when. Where it `ends`, none fires then."""
    changes = {"policy": POLICY, **changes}

    async def main() -> WatchedTown:
        async with WatchedTown(folder, script, changes, 1) as town:
            await story(town)
        return town

    town = run(main)
    assert {alert for _, alerts in town.expected for alert in alerts}, "the story expects no alert"
    assert not ends or not town.expected[-1][1], "the story does not end"
    judge(folder, load_vendor(town.folder / "vendor.yaml").vendor, town.pages, town.expected)
