"""The admin port of a whole proxy, as `tidegate serve` makes it, with a browser before its console."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.proxy.console.open_console import Browser
from tests.proxy.real_town import RealTown, real_town
from tests.proxy.town import ENVIRON
from tidegate.cli.proxy.served_admin import served_admin
from tidegate.proxy.desk.secret_pages import SecretPages
from tidegate.proxy.reload.reload import Reloader
from tidegate.proxy.reload.worn_secrets import WornSecrets
from tidegate.proxy.secrets.source_choice import watcher_for
from tidegate.proxy.settings.secret_settings import SecretSettings
from tidegate.testing.scripted_vendor import Step
from tidegate.world.world import RealWorld


@dataclass
class ServedTown:
    """What runs."""

    town: RealTown
    browser: Browser
    reloader: Reloader


@asynccontextmanager
async def served_town(folder: Path, script: Sequence[Step] = (200,), **changes: Any) -> AsyncIterator[ServedTown]:
    """See real_town."""
    config = {"admin": "127.0.0.1:0", **changes.pop("config", {})}
    world = RealWorld()
    watcher = watcher_for(world, SecretSettings(), ENVIRON, at_once)
    async with real_town(folder, script, config=config, environ=watcher.book, **changes) as town:
        proxy = town.proxy
        worn = WornSecrets(world, proxy, watcher.book)
        watcher.serve(worn)
        reloader = Reloader(world, proxy, at_once, None, watcher.book, watcher)
        admin = served_admin(world, proxy, reloader, SecretPages(world, watcher, worn))
        await admin.start()
        try:
            async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
                yield ServedTown(town, Browser(f"http://127.0.0.1:{admin.port}", session), reloader)
        finally:
            await admin.close()
            reloader.close()
            await worn.close()
            await watcher.close()


async def at_once(work: Callable[[], object]) -> object:
    """Work that takes long, done here."""
    return work()
