"""The town of tests.proxy.town whose secrets are files that are watched, so that a test can put others there."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tests.proxy.town import Step, Town
from tidegate.proxy.app import Proxy
from tidegate.proxy.reload.worn_secrets import WornSecrets
from tidegate.proxy.secrets.source_choice import watcher_for
from tidegate.proxy.settings.secret_settings import SecretSettings
from tidegate.testing import run
from tidegate.vendor.vendor_file import load_vendor

T = TypeVar("T")

POLL_S = 1.0
SOON_S = 2.5 * POLL_S
"""What is put into a file is seen twice in this time."""


class RotatingTown(Town):
    """See the module. `put` writes a secret; the vendor's is `key`."""

    def __init__(self, folder: Path, script: Sequence[Step], changes: dict[str, Any], seed: int) -> None:
        self.home = folder
        self.put(key="sk_the_first_one", **changes.pop("files", {}))
        config = {"use": {"things": {"secret": f"file:{folder / 'key'}"}}, **changes.pop("config", {})}
        self.settings = SecretSettings.model_validate({"poll": f"{POLL_S:g}s", **changes.pop("secrets", {})})
        super().__init__(folder, script, {**changes, "config": config}, seed)

    def put(self, **secrets: str) -> None:
        """Write secrets into files of these names."""
        for name, value in secrets.items():
            file = self.home / name
            file.write_text(value)
            file.chmod(0o600)

    def _new_proxy(self) -> Proxy:
        self.machine = self.world.machine("proxy")
        self.watcher = watcher_for(self.machine, self.settings, self.environ, asyncio.to_thread)
        vendors = {self.name: load_vendor(self._file)}
        proxy = Proxy(self.machine, self.config, vendors, environ=self.watcher.book, sink=self.lines.append)
        self.worn = WornSecrets(self.machine, proxy, self.watcher.book)
        self.watcher.serve(self.worn)
        return proxy

    async def start(self) -> None:
        await super().start()
        self.watcher.start()

    async def close(self) -> None:
        await self.watcher.close()
        await self.worn.close()
        await super().close()

    def sent_keys(self) -> list[str]:
        """The key of each request that the vendor got."""
        return [seen.headers["Authorization"].partition(" ")[2] for seen in self.vendor.received]

    def notes(self) -> list[str]:
        """What the log says that is no call."""
        return [line["note"] for line in self.log() if "note" in line]


def rotate(
    folder: Path,
    script: Sequence[Step],
    story: Callable[[RotatingTown], Awaitable[T]],
    *,
    seed: int = 1,
    **changes: Any,
) -> T:
    """Run a story in a new town. `files` are secrets besides, by name; the rest is as in tests.proxy.town.play."""

    async def main() -> T:
        async with RotatingTown(folder, script, dict(changes), 1) as town:
            return await story(town)

    return run(main)
