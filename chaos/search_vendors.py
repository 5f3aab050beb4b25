"""The two vendors of a search: the shipped files and documents, with a few changes, so that little traffic finds much.

Stripe takes writes and reads, OpenAI streams. Both get a limit that ordinary bursts reach, and Stripe's policy. One
write (PostCustomers) is never resent, one read (GetRefunds) is cached, and a conversation may be asked for again: else
no search would see what a resend in the middle of a stream does.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from tidegate.openapi.document import Document
from tidegate.policy.bulkhead import Bulkhead
from tidegate.policy.cache import Cache
from tidegate.policy.deferral.defer import Defer
from tidegate.policy.deferral.lookup import Lookup
from tidegate.policy.policy import OperationSettings
from tidegate.policy.stream import Streaming
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor import Limit, PoolFacts
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor

PAYMENTS, LANGUAGE = "stripe", "openai"

ADDRESSES: Mapping[str, str] = {PAYMENTS: "198.51.100.7", LANGUAGE: "198.51.100.8"}

FRESH_S = 60.0
"""So long the cached read may be given again. The vendor does not say."""

STREAM = Streaming.model_validate({"first_event": "6s", "idle": "4s", "total": "20s"})

PLACES = Bulkhead(concurrent=500, queue=100)
"""More than are ever needed: their law is that all come back. Some scenarios draw few (`DrawnScenario.places`)."""

CHANGED: Mapping[str, Mapping[str, OperationSettings]] = {
    PAYMENTS: {
        "PostCustomers": OperationSettings(idempotency="never-resend"),
        "GetRefunds": OperationSettings(cache=Cache.model_validate({"fresh": f"{FRESH_S:g}s"})),
    },
    LANGUAGE: {"createChatCompletion": OperationSettings(idempotency="natural")},
}


LOOKUP = Lookup.model_validate(
    {
        "operation": "GetRefunds",
        "by": {"payment_intent": "{/payment_intent}"},
        "found": {"pointer": "/data/*/metadata/order_id", "value": "{/metadata/order_id}"},
        "reference": "/data/*/id",
        "lag": "15s",
    }
)
"""The lag is longer than a request may be on its way."""


@dataclass(frozen=True, slots=True)
class Deferral:
    """How the payments vendor's writes are deferred where outbox and inbox are played.

    `when`, `order` and `skip_after` are of changes of customers, which are in order; refunds are always deferred.
    """

    when: Literal["always", "when-unavailable"] = "always"
    order: Literal["block", "skip", "latest-wins"] = "block"
    skip_after: int = 2
    deadline_s: float = 3600.0

    def settings(self) -> Mapping[str, OperationSettings]:
        """As a vendor file has it."""
        pace = {"base": "500ms", "cap": "5s"}
        late = {"deadline": f"{self.deadline_s:g}s", **pace}
        order = {"order_by": "{customer}", "order": self.order, "skip_after": self.skip_after}
        asked = Defer.model_validate({"when": "never", **pace})
        change = Defer.model_validate({"when": self.when, **order, **late})
        refund = Defer.model_validate({"when": "always", **late})
        return {
            "PostPaymentIntents": OperationSettings(defer=asked),
            "PostCustomers": OperationSettings(idempotency="never-resend", defer=asked),
            "PostCustomersCustomer": OperationSettings(defer=change),
            "PostRefunds": OperationSettings(idempotency="lookup", lookup=LOOKUP, defer=refund),
        }


@functools.cache
def shipped(name: str = PAYMENTS) -> tuple[LoadedVendor, Document]:
    """A vendor as its file has it, and its document."""
    loaded = load_vendor(find_vendor(name))
    return loaded, Document.load(loaded.document_path)


def searched(
    name: str, limit: Limit, *, hints: bool = True, deferral: Deferral | None = None, places: Bulkhead = PLACES
) -> LoadedVendor:
    """The vendor of a search. Its keys and errors stay as they are, but for the `hints` whether to resend."""
    loaded, vendor = shipped(name)[0], shipped(name)[0].vendor
    policy = shipped(PAYMENTS)[0].vendor.policy.model_copy(update={"stream": STREAM, "bulkhead": places})
    errors = vendor.facts.errors if hints else vendor.facts.errors.model_copy(update={"retry_hint": None})
    facts = vendor.facts.model_copy(update={"limits": (limit,), "errors": errors})
    operations = {**vendor.operations, **CHANGED[name]}
    if deferral is not None and name == PAYMENTS:
        operations |= deferral.settings()
    return replace(
        loaded, vendor=vendor.model_copy(update={"facts": facts, "operations": operations, "policy": policy})
    )


def authenticated(loaded: LoadedVendor, **auth: object) -> LoadedVendor:
    """The vendor with other facts about authentication."""
    made = loaded.vendor.facts.auth.model_copy(update=auth)
    facts = loaded.vendor.facts.model_copy(update={"auth": made})
    return replace(loaded, vendor=loaded.vendor.model_copy(update={"facts": facts}))


def pooled(loaded: LoadedVendor, limit: Limit) -> LoadedVendor:
    """The vendor of a search with several credentials of one account, each of which has this limit.

    It knows an idempotency key under one credential alone. All else of it stays.
    """
    made = authenticated(loaded, pool=PoolFacts(account="one"))
    facts = made.vendor.facts.model_copy(update={"limits": (limit,)})
    return replace(made, vendor=made.vendor.model_copy(update={"facts": facts}))
