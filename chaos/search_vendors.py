"""The two vendors of a search: the shipped files and documents, with a few changes, so that little traffic finds much.

Stripe takes writes and reads, OpenAI streams. Both get a limit that ordinary bursts reach, and Stripe's policy. One
write (PostCustomers) is never resent, one read (GetRefunds) is cached, and a conversation may be asked for again: else
no search would see what a resend in the middle of a stream does.
"""

import functools
from collections.abc import Mapping
from dataclasses import replace

from tidegate.openapi.document import Document
from tidegate.policy.bulkhead import Bulkhead
from tidegate.policy.cache import Cache
from tidegate.policy.policy import OperationSettings
from tidegate.policy.stream import Streaming
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor import Limit
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor

PAYMENTS, LANGUAGE = "stripe", "openai"

ADDRESSES: Mapping[str, str] = {PAYMENTS: "198.51.100.7", LANGUAGE: "198.51.100.8"}

FRESH_S = 60.0
"""So long the cached read may be given again. The vendor does not say."""

STREAM = Streaming.model_validate({"first_event": "6s", "idle": "4s", "total": "20s"})

PLACES = Bulkhead(concurrent=500, queue=100)
"""More than are ever needed: their law is that all come back."""

CHANGED: Mapping[str, Mapping[str, OperationSettings]] = {
    PAYMENTS: {
        "PostCustomers": OperationSettings(idempotency="never-resend"),
        "GetRefunds": OperationSettings(cache=Cache.model_validate({"fresh": f"{FRESH_S:g}s"})),
    },
    LANGUAGE: {"createChatCompletion": OperationSettings(idempotency="natural")},
}


@functools.cache
def shipped(name: str = PAYMENTS) -> tuple[LoadedVendor, Document]:
    """A vendor as its file has it, and its document."""
    loaded = load_vendor(find_vendor(name))
    return loaded, Document.load(loaded.document_path)


def searched(name: str, limit: Limit, *, hints: bool = True) -> LoadedVendor:
    """The vendor of a search. Its keys and errors stay as they are, but for the `hints` whether to resend."""
    loaded, vendor = shipped(name)[0], shipped(name)[0].vendor
    policy = shipped(PAYMENTS)[0].vendor.policy.model_copy(update={"stream": STREAM, "bulkhead": PLACES})
    errors = vendor.facts.errors if hints else vendor.facts.errors.model_copy(update={"retry_hint": None})
    facts = vendor.facts.model_copy(update={"limits": (limit,), "errors": errors})
    operations = {**vendor.operations, **CHANGED[name]}
    return replace(
        loaded, vendor=vendor.model_copy(update={"facts": facts, "operations": operations, "policy": policy})
    )
