"""The vendors behind each port, by one line of configuration."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tidegate.adapters import registry
from tidegate.adapters.fallback.completions import FallbackCompletions
from tidegate.adapters.fallback.messaging import FallbackMessaging
from tidegate.adapters.fallback.payments import FallbackPayments
from tidegate.adapters.ports.failures import Misconfigured
from tidegate.adapters.registry import Adapters, Link

VENDORS = {
    "adyen": {"merchant_account": "Shop", "return_url": "https://shop.example"},
    "twilio": {"account": "AC1", "sender": "+15005550006"},
    "sendgrid": {"sender": "shop@example.com"},
    "openai": {"model": "m"},
    "anthropic": {"model": "m"},
    "github": {"owner": "octocat", "repository": "gate"},
    "gitlab": {"project": "sea/gate"},
}
PORTS = {
    "payments": registry.PAYMENTS,
    "messaging": registry.MESSAGING,
    "completions": registry.COMPLETIONS,
    "records": registry.RECORDS,
    "orders": registry.ORDERS,
    "warehouse": registry.WAREHOUSES,
}


@pytest_asyncio.fixture
async def link() -> AsyncIterator[Link]:
    async with aiohttp.ClientSession() as session:
        yield Link(session, "http://127.0.0.1:8080/", "token")


@pytest.mark.parametrize(("port", "name"), [(port, name) for port, vendors in PORTS.items() for name in vendors])
async def test_one_line_chooses_the_vendor_of_a_port(link: Link, port: str, name: str) -> None:
    adapters = Adapters({"ports": {port: name}, "vendors": VENDORS}, link)
    assert name in type(getattr(adapters, port)).__module__


@pytest.mark.parametrize(
    ("port", "kind"),
    [("payments", FallbackPayments), ("messaging", FallbackMessaging), ("completions", FallbackCompletions)],
)
async def test_several_names_are_vendors_that_stand_in_for_each_other(link: Link, port: str, kind: type) -> None:
    adapters = Adapters({"ports": {port: list(PORTS[port])}, "vendors": VENDORS}, link)
    assert type(getattr(adapters, port)) is kind


@pytest.mark.parametrize(
    ("configuration", "port", "words"),
    [
        ({}, "payments", "ports.payments"),
        ({"ports": {"payments": []}}, "payments", "ports.payments"),
        ({"ports": {"payments": ["stripe", "stripe"]}}, "payments", "different ones"),
        ({"ports": {"payments": 7}}, "payments", "ports.payments"),
        ({"ports": {"payments": "paypal"}}, "payments", "there are stripe, adyen"),
        ({"ports": {"payments": "adyen"}}, "payments", "vendors.adyen.merchant_account"),
        ({"ports": {"messaging": "twilio"}, "vendors": {"twilio": {"account": 7}}}, "messaging", "twilio.account"),
        ({"ports": {"records": ["github", "gitlab"]}, "vendors": VENDORS}, "records", "a vendor alone"),
    ],
)
async def test_what_is_wrong_is_told_by_its_place(
    link: Link, configuration: dict[str, Any], port: str, words: str
) -> None:
    with pytest.raises(Misconfigured, match=words):
        getattr(Adapters(configuration, link), port)
