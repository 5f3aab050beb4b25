"""The adapters whose contracts are tried: for each its provider, its pact, and what it makes of an answer."""

import json
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from pact import Pact

from tests.adapters.answering import Answering, Streaming, at_once
from tests.contracts.consumers import test_adyen_payments as adyen
from tests.contracts.consumers import test_anthropic_completions as anthropic
from tests.contracts.consumers import test_github_records as github
from tests.contracts.consumers import test_gitlab_records as gitlab
from tests.contracts.consumers import test_openai_completions as openai
from tests.contracts.consumers import test_sendgrid_messages as sendgrid
from tests.contracts.consumers import test_stripe_payments as stripe
from tests.contracts.consumers import test_twilio_messages as twilio
from tests.contracts.consumers import test_warehouse_orders as warehouse
from tests.contracts.consumers.messages.test_adyen_events import read as read_adyen
from tests.contracts.consumers.messages.test_sendgrid_events import read as read_sendgrid
from tests.contracts.consumers.messages.test_stripe_events import read as read_stripe
from tests.contracts.consumers.played import file_of
from tests.contracts.mutation.trial import Run
from tidegate.adapters.gateway import Gateway, GatewayResponse
from tidegate.adapters.openai.adapter import LAST
from tidegate.adapters.ports.completions import Completions
from tidegate.adapters.ports.failures import VendorFailure
from tidegate.adapters.ports.messaging import MessageEventUnreadable
from tidegate.adapters.ports.orders import OrderUnreadable
from tidegate.adapters.ports.payments import PaymentEventUnreadable
from tidegate.adapters.shopify.orders import ShopifyOrders
from tidegate.adapters.stripe.adapter import StripePayments
from tidegate.adapters.warehouse.adapter import HttpWarehouse
from tidegate.adapters.woocommerce.orders import WooCommerceOrders
from tidegate.contracts.consumers import shopify_orders, woocommerce_orders
from tidegate.contracts.consumers.messages import (
    adyen_events,
    anthropic_streams,
    openai_streams,
    sendgrid_events,
    stripe_events,
)

Play = Callable[[Gateway], Coroutine[Any, Any, object]]
Working = Callable[[str, Gateway], Coroutine[Any, Any, object]]


class AdapterUse(NamedTuple):
    """One adapter with its contract."""

    provider: str
    pact: Path
    run: Run


class Found(Answering):
    """Reads are answered with the record as it was, and writes with the answer that is tried."""

    def __init__(self, status: int, body: bytes, found: bytes) -> None:
        super().__init__(status, body)
        self._found = found

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> GatewayResponse:
        del path, query
        return GatewayResponse(200, self._found, "c1", None, reads=True)


def runs(names: Iterable[str], working: Working, headers: Mapping[str, str] | None = None, found: str = "") -> Run:
    """Does the work of an expectation in front of a gateway that gives the answer, and tells what came of it.

    `found` names the expectation that is asked for before `a record is changed`; `headers` go with each answer.
    """
    plays: dict[str, Play] = {name: partial(working, name) for name in names}

    def run(name: str, status: int, body: bytes) -> str:
        is_found = bool(found) and name == "a record is changed"
        gateway = Found(status, body, found.encode()) if is_found else Answering(status, body, headers=headers)
        try:
            return repr(at_once(plays[name](gateway)))
        except VendorFailure as failure:
            return f"{type(failure).__name__} {failure} {vars(failure)}"

    return run


def reads(read: Callable[[bytes], object], *refusals: type[Exception]) -> Run:
    """Reads a webhook with its content, and tells what came of it."""

    def run(_name: str, _status: int, body: bytes) -> str:
        try:
            return repr(read(body))
        except refusals as refusal:
            return f"{type(refusal).__name__} {refusal}"

    return run


def _stripe(name: str, gateway: Gateway) -> Coroutine[Any, Any, object]:
    return stripe.WORK[name](StripePayments(gateway))


def _warehouse(name: str, gateway: Gateway) -> Coroutine[Any, Any, object]:
    work = warehouse.SUCCESS[name] if name in warehouse.SUCCESS else warehouse.FAILURE[name][0]
    return work(HttpWarehouse(gateway))


def _found(pact: Path) -> str:
    """The record that is looked up, as the pact has it."""
    interactions = json.loads(pact.read_bytes())["interactions"]
    (found,) = (one for one in interactions if one["description"] == "a record is looked up")
    return json.dumps(found["response"]["body"]["content"])


def _events(pact: Pact, read: Callable[[bytes], object], refusal: type[Exception]) -> AdapterUse:
    return AdapterUse(pact.provider, file_of(pact), reads(read, refusal))


def _streams(pact: Pact, adapter: Callable[[Gateway], Completions], rows: Iterable[Sequence[str]]) -> AdapterUse:
    """An adapter of streamed answers: the event that is tried stands in the first row that has it, among the others."""
    file = file_of(pact)
    interactions = json.loads(file.read_bytes())["interactions"]
    events = {one["description"]: json.dumps(one["contents"]["content"]) for one in interactions}
    row_of = {name: row for row in rows for name in row}

    async def whole(gateway: Gateway) -> list[object]:
        return [part async for part in adapter(gateway).stream(openai.QUESTION, tokens_max=9, key="k")]

    def run(name: str, _status: int, body: bytes) -> str:
        data = [body.decode() if event == name else events[event] for event in row_of[name]]
        try:
            return repr(at_once(whole(Streaming(*data, LAST))))
        except VendorFailure as failure:
            return f"{type(failure).__name__} {failure} {vars(failure)}"

    return AdapterUse(pact.provider, file, run)


_PIECE, _TOKENS = "a piece of the answer", "the tokens that were used"
_OPENAI_ROWS = (
    (_PIECE, "the answer was cut off", _TOKENS),
    (_PIECE, "the answer is at its end", _TOKENS),
)
_ANTHROPIC_ROWS = (tuple(one.name for one in anthropic_streams.EXPECTATIONS),)

ADAPTERS: Mapping[str, AdapterUse] = {
    "payments-stripe": AdapterUse("stripe", stripe.FILE, runs(stripe.WORK, _stripe)),
    "payments-adyen": AdapterUse("adyen", adyen.FILE, runs(adyen.WORK, adyen.working)),
    "orders-warehouse": AdapterUse(
        "warehouse", warehouse.FILE, runs({**warehouse.SUCCESS, **warehouse.FAILURE}, _warehouse)
    ),
    "messaging-twilio": AdapterUse("twilio", twilio.FILE, runs(twilio.WORK, twilio.working)),
    "messaging-sendgrid": AdapterUse(
        "sendgrid", sendgrid.FILE, runs(sendgrid.WORK, sendgrid.working, {"X-Message-Id": "M1"})
    ),
    "completions-openai": AdapterUse("openai", openai.FILE, runs(openai.WORK, openai.working)),
    "completions-anthropic": AdapterUse("anthropic", anthropic.FILE, runs(anthropic.WORK, anthropic.working)),
    "completion-streams-openai": _streams(openai_streams.pact(), openai.adapter, _OPENAI_ROWS),
    "completion-streams-anthropic": _streams(anthropic_streams.pact(), anthropic.adapter, _ANTHROPIC_ROWS),
    "records-github": AdapterUse("github", github.FILE, runs(github.WORK, github.working, found=_found(github.FILE))),
    "records-gitlab": AdapterUse("gitlab", gitlab.FILE, runs(gitlab.WORK, gitlab.working, found=_found(gitlab.FILE))),
    "payment-events-stripe": _events(stripe_events.pact(), read_stripe, PaymentEventUnreadable),
    "payment-events-adyen": _events(adyen_events.pact(), read_adyen, PaymentEventUnreadable),
    "message-events-sendgrid": _events(sendgrid_events.pact(), read_sendgrid, MessageEventUnreadable),
    "orders-shopify": _events(shopify_orders.pact(), ShopifyOrders.read, OrderUnreadable),
    "orders-woocommerce": _events(woocommerce_orders.pact(), WooCommerceOrders.read, OrderUnreadable),
}
