"""A console on a real admin port, and a browser's part in it: cookies, forms, links that are followed."""

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape

import aiohttp
from yarl import URL

from tests.proxy.test_admin import FakeProxy
from tidegate.proxy.access.admin_door import AdminDoor
from tidegate.proxy.admin import Admin
from tidegate.proxy.config import ListenAddress
from tidegate.proxy.console.console import Console
from tidegate.proxy.console.entry.console_gate import ConsoleGate
from tidegate.proxy.console.live_feed import LiveFeed
from tidegate.proxy.console.page_changes import PageChanges
from tidegate.proxy.console.view import Confirmation, PageData, PageRequest, View
from tidegate.proxy.console.views.overview import overview_view
from tidegate.proxy.desk.port.overview_page import OverviewPage
from tidegate.proxy.identity.token_hash import KnownToken
from tidegate.proxy.telemetry.metrics import Metrics
from tidegate.proxy.telemetry.overview.overview import Overview
from tidegate.world.world import RealWorld

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Shown:
    """A page that was answered, redirects not followed."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def csrf(self) -> str:
        """The token in its first form."""
        match = re.search(r'name="csrf" value="([0-9a-f]+)"', self.text)
        assert match is not None
        return match[1]

    @property
    def words(self) -> str:
        """What can be read, without tags."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.text)).split())


async def _form_page(_: PageRequest) -> PageData:
    return PageData({"confirmation": Confirmation("Well?"), "action": "/console/form", "fields": {}})


FORM_VIEW = View("/form", "Form", "confirmation.html", _form_page)
"""A page with a form."""


class Browser:
    """Somebody's browser: it keeps cookies and sends what browsers send with each request."""

    def __init__(self, base: str, session: aiohttp.ClientSession) -> None:
        self.base, self._session = base, session

    @property
    def port(self) -> int:
        """The admin port."""
        return int(self.base.rpartition(":")[2])

    async def get(self, path: str, method: str = "GET", **headers: str) -> Shown:
        return await self._send(method, path, headers=_named(headers))

    async def post(self, path: str, form: Mapping[str, str] | str, **headers: str) -> Shown:
        sent = {"Origin": self.base, "Sec-Fetch-Site": "same-origin", **FORM, **_named(headers)}
        body = form if isinstance(form, str) else aiohttp.FormData(form)
        return await self._send("POST", path, headers=sent, data=body)

    async def csrf(self) -> str:
        """What a form of a page that this browser sees carries."""
        return (await self.get("/console/form")).csrf

    async def log_in(self, token: str) -> Shown:
        login = await self.get("/console/login")
        return await self.post("/console/login", {"csrf": login.csrf, "token": token})

    async def _send(self, method: str, path: str, **options: object) -> Shown:
        url = URL(self.base + path, encoded=True)  # as it stands
        async with self._session.request(method, url, allow_redirects=False, **options) as answer:  # type: ignore[arg-type]  # names of options vary
            return Shown(answer.status, await answer.text(), answer.headers)


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@asynccontextmanager
async def open_console(
    proxy: FakeProxy | None = None, views: Sequence[View] = (), tokens: Sequence[str] = ()
) -> AsyncIterator[Browser]:
    """A browser before the console of a proxy: its overview and `views`. `tokens` are names; ada's is secret-ada."""
    world, shown = RealWorld(), proxy or FakeProxy()
    door = AdminDoor(tuple(KnownToken(name, f"secret-{name}") for name in tokens), world.wall)
    live = LiveFeed(world, PageChanges(shown, world.now).revision)
    console = Console(
        world,
        ConsoleGate(door, world.secret_bytes, world.now),
        (overview_view(OverviewPage(shown, Overview(world, shown.state), list)), FORM_VIEW, *views),
        live,
        run_here,
    )
    address = ListenAddress("127.0.0.1", 0)
    admin = Admin(world, address, shown, Metrics({}, shown.state), shown.reload, door=door, console=console)
    await admin.start()
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an IP address
    try:
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            yield Browser(f"http://127.0.0.1:{admin.port}", session)
    finally:
        await admin.close()


async def run_here(make: Callable[[], bytes]) -> bytes:
    """HTML made in the same thread."""
    return make()
