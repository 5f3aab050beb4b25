"""The vendors behind each port, by their names: an app says in one line of its configuration which one it wants.

A vendor's settings stand beside that line under its own name, so that the line is all that changes in a swap. What is
wrong in them is told by its place. Nothing here is sent.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

import aiohttp

from tidegate.adapters.adyen import adapter as adyen
from tidegate.adapters.anthropic import adapter as anthropic
from tidegate.adapters.fallback.completions import FallbackCompletions
from tidegate.adapters.fallback.decisions import DecisionBook, DecisionBookInMemory
from tidegate.adapters.fallback.messaging import FallbackMessaging
from tidegate.adapters.fallback.payments import FallbackPayments
from tidegate.adapters.gateway import Gateway
from tidegate.adapters.github import adapter as github
from tidegate.adapters.gitlab import adapter as gitlab
from tidegate.adapters.openai import adapter as openai
from tidegate.adapters.ports.completions import Completions
from tidegate.adapters.ports.failures import Misconfigured
from tidegate.adapters.ports.message_book import MessageBook, MessageBookInMemory
from tidegate.adapters.ports.messaging import Messaging
from tidegate.adapters.ports.orders import Orders, Warehouse
from tidegate.adapters.ports.payment_book import PaymentBook, PaymentBookInMemory
from tidegate.adapters.ports.payments import Payments
from tidegate.adapters.ports.records import TrackedRecords
from tidegate.adapters.sendgrid import adapter as sendgrid
from tidegate.adapters.shopify.orders import ShopifyOrders
from tidegate.adapters.stripe.adapter import StripePayments
from tidegate.adapters.twilio import adapter as twilio
from tidegate.adapters.warehouse.adapter import HttpWarehouse
from tidegate.adapters.woocommerce.orders import WooCommerceOrders

P = TypeVar("P")

Settings = Mapping[str, str]
Chosen = str | Sequence[str]
"""A vendor's name; or several, of which a later one stands in for those before it."""


@dataclass(frozen=True, slots=True)
class Link:
    """The way to Tidegate, and what the app remembers by itself.

    `url` is the gateway's address without a vendor's name, `token` the app's own token, `budget_s` the seconds that a
    call may take. The books are the app's: those in memory are for tests.
    """

    session: aiohttp.ClientSession
    url: str
    token: str
    budget_s: float | None = None
    payments: PaymentBook = field(default_factory=PaymentBookInMemory)
    messages: MessageBook = field(default_factory=MessageBookInMemory)
    decisions: DecisionBook = field(default_factory=DecisionBookInMemory)

    def gateway(self, vendor: str, key_header: str = "Authorization") -> Gateway:
        """The way to one vendor."""
        url = f"{self.url.rstrip('/')}/{vendor}"
        return Gateway(self.session, url, self.token, key_header=key_header, budget_s=self.budget_s)


@dataclass(frozen=True, slots=True)
class PortVendor(Generic[P]):
    """A vendor behind a port: the settings that it must have, and how its adapter is made of them."""

    make: Callable[[Link, Settings], P]
    settings: tuple[str, ...] = ()


def _stripe(link: Link, _settings: Settings) -> Payments:
    return StripePayments(link.gateway("stripe"))


def _adyen(link: Link, settings: Settings) -> Payments:
    gateway = link.gateway("adyen", adyen.KEY_HEADER)
    account, back = settings["merchant_account"], settings["return_url"]
    return adyen.AdyenPayments(gateway, link.payments, merchant_account=account, return_url=back)


def _twilio(link: Link, settings: Settings) -> Messaging:
    return twilio.TwilioMessaging(link.gateway("twilio"), account=settings["account"], sender=settings["sender"])


def _sendgrid(link: Link, settings: Settings) -> Messaging:
    return sendgrid.SendGridMessaging(link.gateway("sendgrid"), link.messages, sender=settings["sender"])


def _openai(link: Link, settings: Settings) -> Completions:
    return openai.OpenAICompletions(link.gateway("openai"), model=settings["model"])


def _anthropic(link: Link, settings: Settings) -> Completions:
    gateway = link.gateway("anthropic", anthropic.KEY_HEADER)
    return anthropic.AnthropicCompletions(gateway, model=settings["model"])


def _github(link: Link, settings: Settings) -> TrackedRecords:
    gateway = link.gateway("github")
    return github.GitHubRecords(gateway, owner=settings["owner"], repository=settings["repository"])


def _gitlab(link: Link, settings: Settings) -> TrackedRecords:
    return gitlab.GitLabRecords(link.gateway("gitlab", gitlab.KEY_HEADER), project=settings["project"])


PAYMENTS: Final[Mapping[str, PortVendor[Payments]]] = {
    "stripe": PortVendor(_stripe),
    "adyen": PortVendor(_adyen, ("merchant_account", "return_url")),
}
MESSAGING: Final[Mapping[str, PortVendor[Messaging]]] = {
    "twilio": PortVendor(_twilio, ("account", "sender")),
    "sendgrid": PortVendor(_sendgrid, ("sender",)),
}
COMPLETIONS: Final[Mapping[str, PortVendor[Completions]]] = {
    "openai": PortVendor(_openai, ("model",)),
    "anthropic": PortVendor(_anthropic, ("model",)),
}
RECORDS: Final[Mapping[str, PortVendor[TrackedRecords]]] = {
    "github": PortVendor(_github, ("owner", "repository")),
    "gitlab": PortVendor(_gitlab, ("project",)),
}
ORDERS: Final[Mapping[str, PortVendor[Orders]]] = {
    "shopify": PortVendor(lambda _link, _settings: ShopifyOrders()),
    "woocommerce": PortVendor(lambda _link, _settings: WooCommerceOrders()),
}
WAREHOUSES: Final[Mapping[str, PortVendor[Warehouse]]] = {
    "warehouse": PortVendor(lambda link, _settings: HttpWarehouse(link.gateway("warehouse"))),
}


class Adapters:
    """The ports of an app, each with the vendor that its configuration names.

    `configuration` is like this, read from whatever file the app has:

        {"ports": {"payments": "stripe", "messaging": ["twilio", "sendgrid"]},
         "vendors": {"twilio": {"account": "AC…", "sender": "+1…"}, "sendgrid": {"sender": "shop@…"}}}

    Of several vendors a later one stands in for those before it, as the port's policy has it (docs/ports.md); records,
    orders and the warehouse are at one vendor each. Each port raises Misconfigured for a name or a setting that is
    wrong.
    """

    def __init__(self, configuration: Mapping[str, Mapping[str, object]], link: Link) -> None:
        self._ports = configuration.get("ports", {})
        self._vendors = configuration.get("vendors", {})
        self._link = link

    @property
    def payments(self) -> Payments:
        """Payments."""
        found = self._several("payments", PAYMENTS)
        return _only(found) or FallbackPayments(found, self._link.decisions)

    @property
    def messaging(self) -> Messaging:
        """Messages."""
        found = self._several("messaging", MESSAGING)
        return _only(found) or FallbackMessaging(found, self._link.decisions)

    @property
    def completions(self) -> Completions:
        """Answers of language models."""
        found = self._several("completions", COMPLETIONS)
        return _only(found) or FallbackCompletions(found, self._link.decisions)

    @property
    def records(self) -> TrackedRecords:
        """Records in somebody else's system."""
        return self._one("records", RECORDS)

    @property
    def orders(self) -> Orders:
        """Orders that come in."""
        return self._one("orders", ORDERS)

    @property
    def warehouse(self) -> Warehouse:
        """Orders that go out."""
        return self._one("warehouse", WAREHOUSES)

    def _one(self, port: str, vendors: Mapping[str, PortVendor[P]]) -> P:
        found = self._several(port, vendors)
        only = _only(found)
        if only is None:
            raise Misconfigured(f"ports.{port}: a vendor alone; what is at one is not at another")
        return only

    def _several(self, port: str, vendors: Mapping[str, PortVendor[P]]) -> dict[str, P]:
        chosen = self._ports.get(port)
        names = [chosen] if isinstance(chosen, str) else chosen
        if not isinstance(names, list | tuple) or not names or len({*map(str, names)}) != len(names):
            raise Misconfigured(f"ports.{port}: the name of a vendor, or a list of different ones, is missing")
        return {str(name): self._made(port, str(name), vendors) for name in names}

    def _made(self, port: str, name: str, vendors: Mapping[str, PortVendor[P]]) -> P:
        vendor = vendors.get(name)
        if vendor is None:
            raise Misconfigured(f"ports.{port}: {name!r} is no vendor of this port; there are {', '.join(vendors)}")
        given = self._vendors.get(name, {})
        settings = dict(given) if isinstance(given, Mapping) else {}
        missing = [key for key in vendor.settings if not isinstance(settings.get(key), str) or not settings[key]]
        if missing:
            raise Misconfigured(f"vendors.{name}.{missing[0]}: a text is missing")
        return vendor.make(self._link, {key: str(value) for key, value in settings.items()})


def _only(found: Mapping[str, P]) -> P | None:
    return next(iter(found.values())) if len(found) == 1 else None
