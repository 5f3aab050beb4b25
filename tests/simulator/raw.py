"""A client that sees every byte: what arrives, and how the connection ends; and its payments under a fault."""

import asyncio
from typing import Any, Self

import orjson

from tests.simulator.conftest import KEY, Played
from tests.waiting import settle, until
from tidegate.simulator.record.journal import JournalEntry

FORM = "application/x-www-form-urlencoded"
PAY = b"amount=1099&currency=eur&payment_method=pm_card_visa&confirm=true&metadata[order_id]=o1"


class Raw(asyncio.Protocol):
    """One connection. `heard` is what came, `end` how it ended: None while it stands, `fin` or `rst`."""

    def __init__(self) -> None:
        self.heard = b""
        self.end: str | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def to(cls, vendor: Played) -> Self:
        """Connect. Raises ConnectionRefusedError."""
        made = cls()
        loop = asyncio.get_running_loop()
        made._transport, _ = await loop.create_connection(lambda: made, "127.0.0.1", vendor.simulator.port)
        return made

    def data_received(self, data: bytes) -> None:
        self.heard += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.end = "fin" if exc is None else "rst"

    def ask(self, method: str, path: str, body: bytes = b"", key: str = KEY, media: str = FORM) -> None:
        """Send a request and wait for nothing."""
        head = f"{method} {path} HTTP/1.1\r\nHost: vendor.example\r\nAuthorization: Bearer {key}\r\n"
        if body:
            head += f"Content-Type: {media}\r\nContent-Length: {len(body)}\r\n"
        self.write(head.encode() + b"\r\n" + body)

    def write(self, data: bytes) -> None:
        """Put these bytes on the wire."""
        assert self._transport is not None
        self._transport.write(data)

    async def ended(self) -> str:
        """Wait for the connection's end."""
        await until(lambda: self.end)
        return str(self.end)

    async def still_open(self) -> bool:
        """Whether the connection stands although everything that was ready has run."""
        await settle(50)
        return self.end is None

    def hang_up(self) -> None:
        """Close it."""
        if self._transport is not None:
            self._transport.close()

    @property
    def status(self) -> int:
        return int(self.heard.split()[1])

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Those that came, in order; names in lower case."""
        lines = self.heard.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
        return [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]

    @property
    def body(self) -> bytes:
        return self.heard.partition(b"\r\n\r\n")[2]

    def header(self, name: str) -> str:
        """A header's value. Raises KeyError."""
        return dict(self.headers)[name]

    @property
    def whole(self) -> bool:
        """Whether the head is here, and as much of the body as it promises."""
        if b"\r\n\r\n" not in self.heard:
            return False
        return len(self.body) >= int(dict(self.headers).get("content-length", 0))


def last(vendor: Played) -> JournalEntry:
    return vendor.simulator.journal.entries[-1]


def paid(vendor: Played) -> int:
    return len(vendor.simulator.resources.all().get("payment_intent", []))


async def hit(vendor: Played, raw: Raw, **fault: Any) -> str:
    """Pay under a fault until the connection ends: how it ended."""
    vendor.arm(**fault)
    raw.ask("POST", "/v1/payment_intents", PAY)
    return await raw.ended()


async def answered(vendor: Played, raw: Raw, **fault: Any) -> dict[str, Any]:
    """Pay under a fault until the whole answer is there: its body."""
    vendor.arm(**fault)
    raw.ask("POST", "/v1/payment_intents", PAY)
    await until(lambda: raw.whole)
    body: dict[str, Any] = orjson.loads(raw.body)
    return body


async def silent(vendor: Played, raw: Raw, kind: str) -> None:
    """Wait until the vendor has done all that it will do for a request."""
    await until(lambda: vendor.simulator.journal.counters[f"fault {kind}"])
    assert await raw.still_open()
