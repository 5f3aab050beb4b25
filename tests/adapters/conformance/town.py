"""The ground on which every suite of a port runs: one proxy in front of all vendors of the port, each simulated.

On real sockets and in this process, once for a whole suite. What a vendor tells by webhook goes through the inbox.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.proxy.durable.inbox_town import InboxTown, inbox_town
from tests.waiting import until
from tidegate.adapters.gateway import Gateway
from tidegate.adapters.ports.message_book import MessageBook, MessageBookInMemory
from tidegate.adapters.ports.payment_book import PaymentBook, PaymentBookInMemory
from tidegate.adapters.registry import Adapters, Chosen, Link
from tidegate.scenario.scenario import parse_faults
from tidegate.simulator.app import SimulatorServer
from tidegate.simulator.trouble.vendor_fault import VendorFault

TOKEN = "token-of-the-app"
SETTINGS: Mapping[str, Mapping[str, str]] = {
    "adyen": {"merchant_account": "Shop", "return_url": "https://shop.example"},
    "twilio": {"account": "AC" + "0123456789abcdef" * 2, "sender": "+15005550006"},
    "sendgrid": {"sender": "shop@example.com"},
    "openai": {"model": "gpt-5-mini"},
    "anthropic": {"model": "claude-sonnet-4-5"},
    "github": {"owner": "octocat", "repository": "gate"},
    "gitlab": {"project": "sea/gate"},
}
"""What the app's configuration says of each vendor, whichever is chosen."""
HURRY_S = 0.3
"""The budget of a call that waits for no limit."""
PAUSE = "1s"
"""A refusal for the rate asks for so much: longer than a hurried call waits, and no longer than others do."""


@dataclass
class PortTown:
    """What runs."""

    inbox_town: InboxTown
    session: aiohttp.ClientSession
    payments: PaymentBook = field(default_factory=PaymentBookInMemory)
    messages: MessageBook = field(default_factory=MessageBookInMemory)

    def gateway(self, vendor: str, key_header: str = "Authorization", budget_s: float | None = None) -> Gateway:
        """The way to a vendor."""
        return Gateway(self.session, f"{self.url}/{vendor}", TOKEN, key_header=key_header, budget_s=budget_s)

    def vendor(self, name: str) -> SimulatorServer:
        """A vendor itself."""
        return self.inbox_town.vendors[name]

    def adapters(self, port: str, vendor: Chosen, *, budget_s: float | None = None) -> Adapters:
        """The app's ports: in a swap the one line of `ports` is all that changes."""
        link = Link(
            self.session, self.url, TOKEN, budget_s=budget_s, payments=self.payments, messages=self.messages,
        )  # fmt: skip
        return Adapters({"ports": {port: vendor}, "vendors": SETTINGS}, link)

    @property
    def url(self) -> str:
        """The gateway's address."""
        return f"http://127.0.0.1:{self.inbox_town.proxy.port}"

    def fails(self, name: str, **fault: Any) -> None:
        """Arm a fault at a vendor."""
        self.vendor(name).arm(parse_faults(fault, VendorFault))

    def works(self, name: str) -> None:
        """Drop every fault of a vendor's."""
        self.vendor(name).disarm()

    def sent(self, name: str) -> list[Mapping[str, Any]]:
        """What a vendor got so far: the requests of its journal."""
        return [entry.described() for entry in self.vendor(name).journal.entries]

    async def posts(self, name: str) -> list[bytes]:
        """The bodies of a vendor's webhooks as the app got them, each once, when all that were sent have come."""
        webhooks = self.vendor(name).webhooks
        await until(lambda: all(sent.tries and sent.tries[-1] for sent in webhooks.deliveries))
        await until(lambda: len(self._posts(name)) >= len({sent.name for sent in webhooks.deliveries}))
        return list(self._posts(name).values())

    def _posts(self, name: str) -> dict[str, bytes]:
        got = self.inbox_town.app.got
        return {post.name: post.body for post in got if post.headers.get("tidegate-source") == name}


@asynccontextmanager
async def port_town(folder: Path, vendors: tuple[str, ...]) -> AsyncIterator[PortTown]:
    """A town for some vendors."""
    async with (
        inbox_town(folder, vendors) as town,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session,
    ):
        yield PortTown(town, session)
