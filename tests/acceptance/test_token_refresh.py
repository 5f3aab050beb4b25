"""Two proxies on one store refresh a token once; a proxy that is killed in a refresh keeps its account."""

import asyncio
import base64
import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs

import aiohttp
import pytest

from tests.acceptance.asking import ask
from tests.acceptance.programs import Proxy, Simulated, eventually, vendor_folder
from tests.postgres_server import shared_server
from tidegate.world.world import RealWorld

pytestmark = pytest.mark.slow

LIFE_S = 4
CALLERS = 200
ROUNDS = int(os.environ.get("TIDEGATE_KILL_ROUNDS", "4"))
"""`make kills` takes a hundred."""
TOKENS = {"grant": "client_credentials", "client_id": "shop"}


def with_tokens(content: dict[str, Any]) -> None:
    """Stripe, if it gave tokens that last four seconds."""
    oauth = {"token": "/oauth/token", "grants": ["client_credentials"], "expires_in": f"{LIFE_S}s"}
    content["facts"]["auth"] |= {"oauth": oauth, "tokens": TOKENS}
    content["facts"] |= {"limits": [{"name": "account", "rate": "1000/s", "burst": 1000}], "concurrency": []}


async def statuses(proxies: list[Proxy], callers: int) -> Counter[int]:
    """What so many callers get who come at once, to each proxy in turn."""

    async def one(session: aiohttp.ClientSession, number: int) -> int:
        url = f"{proxies[number % len(proxies)].stripe}/v1/customers"
        async with session.get(url, headers={"Authorization": "Bearer app"}) as answer:
            await answer.read()
            return answer.status

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        return Counter(await asyncio.gather(*(one(session, number) for number in range(callers))))


def test_200_callers_at_a_tokens_end_over_two_proxies_are_one_refresh(tmp_path: Path) -> None:
    vendors = vendor_folder(tmp_path, with_tokens)
    store = shared_server().fresh_url()
    with ExitStack() as stack:
        simulated = Simulated(tmp_path, str(vendors / "stripe"))
        stack.callback(simulated.close)
        proxies = []
        for _ in range(2):
            proxies.append(Proxy(tmp_path, simulated.url, vendors=vendors, store=store))
            stack.callback(proxies[-1].close)

        def asked() -> int:
            return sum(entry["operation"] == "oauth.token" for entry in simulated.journal())

        for proxy in proxies:
            proxy.says("tokens of stripe are stored as they are")
        assert asyncio.run(statuses(proxies, 2)) == {200: 2}
        assert asked() == 1, "the second proxy takes what the first got"
        now = RealWorld().now
        ends = now() + LIFE_S
        eventually(lambda: now() > ends, "the end of the token")
        assert asyncio.run(statuses(proxies, CALLERS)) == {200: CALLERS}
        assert asked() == 2
        assert {entry["status"] for entry in simulated.journal()} == {200}, "no expired token was sent"


class Account:
    """A vendor's account whose refresh tokens rotate, with a grace. `kill` is a process to end during a refresh."""

    def __init__(self) -> None:
        self.good, self.used = "r0", ""
        self.kill: int | None = None
        self.at = "reply"
        self.count = 0
        self.access: set[str] = set()
        self.lock = threading.Lock()

    def refreshed(self, token: str) -> dict[str, Any] | None:
        """The next tokens; None for a token that is neither the last nor the one before."""
        with self.lock:
            if token not in (self.good, self.used):
                return None
            self.count += 1
            self.used, self.good = token, f"r{self.count}"
            access = f"access-{self.count}"
            self.access.add(access)
            return {"access_token": access, "expires_in": 1, "refresh_token": self.good}

    def strike(self, place: str) -> None:
        """Kill the proxy where this is the place for it."""
        with self.lock:
            if self.kill is not None and self.at == place:
                os.kill(self.kill, signal.SIGKILL)
                self.kill = None


class Handler(BaseHTTPRequestHandler):
    """The vendor: its token endpoint, and everything else."""

    account: ClassVar[Account]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        client = base64.b64decode(self.headers["Authorization"].partition(" ")[2]).decode()
        assert client.startswith("shop:")
        self.account.strike("request")
        given = self.account.refreshed(parse_qs(body)["refresh_token"][0])
        if self.account.at == "effect":
            self.account.strike("effect")
        self._answer(400 if given is None else 200, given or {"error": "invalid_grant"})
        self.account.strike("reply")

    def do_GET(self) -> None:
        known = self.headers["Authorization"].partition(" ")[2] in self.account.access
        self._answer(200 if known else 401, {"data": []})

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def vendor() -> Iterator[tuple[Account, str]]:
    account = Account()
    handler = type("AccountHandler", (Handler,), {"account": account})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield account, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def rotating(content: dict[str, Any]) -> None:
    """Stripe, if it gave refresh tokens that work once, and for a minute longer."""
    oauth = {"token": "/oauth/token", "rotates": True, "reuse_grace": "60s"}
    tokens = {"grant": "refresh_token", "client_id": "shop", "refresh_token": "env:ADYEN_API_KEY"}
    content["facts"]["auth"] |= {"oauth": oauth, "tokens": tokens}


def test_a_proxy_killed_at_any_moment_of_a_refresh_keeps_its_account(tmp_path: Path) -> None:
    vendors = vendor_folder(tmp_path, rotating)
    with vendor() as (account, url):
        account.good = "sk_test_of_the_simulator"
        for number in range(ROUNDS):
            account.at = ("request", "effect", "reply", "reply")[number % 4]
            proxy = Proxy(tmp_path, url, vendors=vendors)
            account.kill = proxy.process.pid
            try:
                asked_and_lost(proxy)
            finally:
                proxy.close()
            assert account.kill is None, "it was killed during its refresh"
        proxy = Proxy(tmp_path, url, vendors=vendors)
        try:
            assert ask(proxy, "GET", "/stripe/v1/customers", Authorization="Bearer app")[0] == 200
        finally:
            proxy.close()
        assert account.count >= ROUNDS * 3 // 4


def asked_and_lost(proxy: Proxy) -> None:
    """A call whose proxy dies under it, or just after it."""
    try:
        status = ask(proxy, "GET", "/stripe/v1/customers", Authorization="Bearer app")[0]
    except (OSError, HTTPException):
        return
    assert status in (200, 503)
