"""Requests of an app that carry a canary in every slot, to every way in which a vendor answers; and what comes back."""

import asyncio
import hmac
import json
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256

import aiohttp

from tests.acceptance.canary.buggy_serve import BUGS
from tests.acceptance.canary.house import House
from tests.acceptance.canary.slots import Canaries
from tidegate.world.world import RealWorld

WAYS = (
    "echo",
    "rejected",
    "refused",
    "failing",
    "throttled",
    "gzip",
    "moved",
    "stream",
    "cut",
    "reset",
    "nonsense",
    "line",
)
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WORLD = RealWorld()
TIMEOUT = aiohttp.ClientTimeout(total=30)


class Traffic:
    """All requests of one run. What apps are answered is kept, by a name."""

    def __init__(self, house: House, session: aiohttp.ClientSession) -> None:
        self.answers: dict[str, bytes] = {}
        self.statuses: dict[str, int] = {}
        self.calls: list[str] = []
        self._house, self._session = house, session
        self._canaries: Canaries = house.canaries

    def headers(self, app: str = "shop", **more: str) -> dict[str, str]:
        """Those of an app's request, a canary in each."""
        canaries = self._canaries
        return {
            "Authorization": f"Bearer {canaries[f'{app} token']}",
            "Cookie": f"session={canaries['cookie']}",
            "X-Custom": canaries["header"],
            "tracestate": f"v={canaries['traceparent']}",
            **{name.replace("_", "-"): value for name, value in more.items()},
        }

    def query(self) -> str:
        """A query with canaries."""
        return f"q={self._canaries['query']}&api_key={self._canaries['query api_key']}".replace("+", "%2B")

    def body(self) -> bytes:
        """A JSON body with canaries."""
        canaries = self._canaries
        return json.dumps(
            {
                "password": canaries["body password"],
                "email": f"{canaries['body email']}@example.com",
                "to": {"key": "tg_partner"},
            }
        ).encode()

    async def ask(self, name: str, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> bytes:
        """One request, its answer kept."""
        url = f"http://127.0.0.1:{self._house.gateway}{path}"
        with suppress(aiohttp.ClientError, TimeoutError):
            async with self._session.request(
                method, url, headers=headers, data=body, timeout=TIMEOUT, allow_redirects=False, auto_decompress=False
            ) as answer:
                self.statuses[name] = answer.status
                head = repr([*answer.headers.items()]).encode()
                if "Tidegate-Call" in answer.headers:
                    self.calls.append(answer.headers["Tidegate-Call"])
                try:
                    content = await answer.read()
                except aiohttp.ClientError as error:
                    content = repr(error).encode()
                self.answers[name] = content if answer.headers.get("Content-Encoding") else head + b"\n" + content
                return content
        return b""

    async def round(self, number: int) -> None:
        """Every way once."""
        for vendor in ("things", "pairs", "granted"):
            await asyncio.gather(*(self._way(vendor, way, number) for way in WAYS))
        await self._writes(number)
        await self._placeholders(number)
        await self._strangers(number)
        await self._webhooks(number)
        for bug in BUGS:
            await self.ask(f"bug {bug} {number}", "GET", f"/things/things/bug-{bug}?{self.query()}", self.headers())
        await self._stripe(number)

    async def _way(self, vendor: str, way: str, number: int) -> None:
        path = f"/{vendor}/things/{self._canaries['path']}/{way}?{self.query()}"
        await self.ask(f"{vendor} {way} {number}", "GET", path, self.headers())
        path = f"/{vendor}/things/{way}"
        await self.ask(f"{vendor} GET {way} {number}", "GET", f"{path}?{self.query()}", self.headers())

    async def _writes(self, number: int) -> None:
        key = f"{self._canaries['idempotency key']}{number}"
        keyed = self.headers(Idempotency_Key=key, **JSON)
        for again in range(2):
            await self.ask(f"write {number} {again}", "POST", f"/things/things?{self.query()}", keyed, self.body())
        for again, app in enumerate(("shop", "desk")):
            later = self.headers(app, Idempotency_Key=f"{key}-{again}", **JSON)
            body = self.body() if app == "shop" else b'{"password": "%b"}' % self._canaries["body password"].encode()
            await self.ask(f"later {app} {number}", "POST", f"/things/shots?{self.query()}", later, body)
        for way in WAYS:
            put = self.headers(**JSON)
            await self.ask(f"put {way} {number}", "PUT", f"/things/things/{way}?{self.query()}", put, self.body())
        wished = self.headers(Prefer="respond-async, wait=1", **JSON)
        await self.ask(f"wish {number}", "POST", "/things/things", wished, self.body())
        for call in self.calls[-12:]:
            for path in (call, f"{call}/answer"):
                await self.ask(f"call {path}", "GET", f"/_tidegate/calls/{path}", self.headers())

    async def _placeholders(self, number: int) -> None:
        unknown, form = self._canaries["unknown placeholder"], b"key=tg_partner&a=1"
        placed = self.headers(X_Partner_Key="tg_partner")
        await self.ask(f"placed {number}", "GET", f"/things/things?key=tg_partner&{self.query()}", placed)
        await self.ask(f"placed form {number}", "POST", "/things/things", self.headers(**FORM), form)
        foreign = self.headers("desk", X_Partner_Key="tg_partner")
        await self.ask(f"foreign {number}", "GET", "/things/things", foreign)
        wrong = self.headers(X_Partner_Key=f"tg_{unknown}")
        await self.ask(f"unknown {number}", "GET", "/things/things", wrong)
        own = self.headers(X_Partner_Key=self._canaries["shop token"])
        await self.ask(f"own token {number}", "GET", "/things/things", own)

    async def _strangers(self, number: int) -> None:
        token = self._canaries["unknown token"]
        for name, path in (
            ("vendor", "/things/things"),
            ("nowhere", f"/{token}/x"),
            ("call", f"/_tidegate/calls/{token}"),
        ):
            await self.ask(f"stranger {name} {number}", "GET", path, {"Authorization": f"Bearer {token}"})
        for at, raw in enumerate(self._raw()):
            self.answers[f"raw {at} {number}"] = await self._send_raw(raw)

    def _raw(self) -> Iterator[bytes]:
        canaries = self._canaries
        port, token = self._house.gateway, canaries["unknown token"]
        auth = f"Authorization: Bearer {canaries['shop token']}\r\n"
        host = f"Host: 127.0.0.1:{port}\r\n"
        userinfo = f"http://u:{canaries['userinfo']}@127.0.0.1:{port}/things/things?x={canaries['absolute query']}"
        yield f"GET {userinfo} HTTP/1.1\r\n{host}{auth}Connection: close\r\n\r\n".encode()
        yield f"GET /things/things HTTP/1.1\r\n{host}{auth}bad line {token}\r\n\r\n".encode()
        yield f"GET /things/things?k={token} {token} HTTP/1.1\r\n{host}{auth}\r\n".encode()
        yield f"GET /things/things HTTP/1.1\r\nHost: {token}.example\r\n{auth}Connection: close\r\n\r\n".encode()
        yield f"GET /things/../{token} HTTP/1.1\r\n{host}{auth}Connection: close\r\n\r\n".encode()
        yield f"POST /things/things HTTP/1.1\r\n{host}{auth}Content-Length: x{token}\r\n\r\n".encode()
        yield f"POST /things/things HTTP/1.1\r\n{host}{auth}Transfer-Encoding: {token}\r\n\r\n".encode()
        yield f"GET /things/things HTTP/1.1\r\n{host}{auth}X-Long: {token * 2000}\r\n\r\n".encode()
        close = "Connection: close\r\n\r\n"
        yield f"GET /things/things HTTP/1.1\r\n{host}{auth}Tidegate-Timeout: {token}\r\n{close}".encode()

    async def _send_raw(self, raw: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._house.gateway)
        try:
            writer.write(raw)
            return await self._read(reader)
        except (OSError, TimeoutError):
            return b""
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        async with WORLD.timeout(5.0):
            return await reader.read()

    async def _webhooks(self, number: int) -> None:
        canaries = self._canaries
        event = {
            "id": f"evt_{number}",
            "type": "charge.succeeded",
            "data": {"object": {"id": "ch_1", "token": canaries["webhook token"]}},
        }
        body, at = json.dumps(event).encode(), int(WORLD.wall())
        signed = hmac.new(canaries["whsec vendor"].encode(), b"%d.%b" % (at, body), sha256).hexdigest()
        for name, signature in (("good", signed), ("forged", canaries["whsec vendor"]), ("none", "")):
            headers = {"Stripe-Signature": f"t={at},v1={signature}", **JSON}
            url = f"http://127.0.0.1:{self._house.inbox}/stripe?key={canaries['query api_key']}".replace("+", "%2B")
            with suppress(aiohttp.ClientError):
                async with self._session.post(url, data=body, headers=headers) as answer:
                    self.statuses[f"webhook {name} {number}"] = answer.status
                    self.answers[f"webhook {name} {number}"] = (
                        repr([*answer.headers.items()]).encode() + await answer.read()
                    )

    async def _stripe(self, number: int) -> None:
        """To the simulator, which writes a cassette and a log."""
        form = f"email={self._canaries['body email']}@example.com&metadata[password]={self._canaries['body password']}"
        headers = self.headers(Idempotency_Key=f"{self._canaries['idempotency key']}s{number}", **FORM)
        await self.ask(f"stripe {number}", "POST", "/stripe/v1/customers", headers, form.encode())
        await self.ask(f"stripe list {number}", "GET", "/stripe/v1/customers?limit=1", self.headers())
