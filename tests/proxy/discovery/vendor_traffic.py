"""Calls to five vendors as their apps make them: operations of their own documents, ids in each vendor's own forms.

What is an operation is the document's word (`truth`), which discovery never sees.
"""

import random
import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tidegate.openapi.document import Document

HEX, BASE62, UPPER = "0123456789abcdef", string.ascii_letters + string.digits, string.ascii_uppercase + string.digits
OWNERS = [
    "octocat", "torvalds", "aio-libs", "psf", "encode", "pallets", "django", "apache", "rust-lang", "golang", "tornado",
    "pydantic",
]  # fmt: skip
REPOS = {owner: [f"{owner[:4]}-{word}" for word in ("core", "site", "docs")] + [owner] for owner in OWNERS}
USERS = ["ada", "grace", "alan", "edsger", "barbara", "donald", "frances", "john", "margaret", "tim", "linus", "guido"]
PREFIXES = {
    "customer": "cus", "payment_intent": "pi", "intent": "pi", "charge": "ch", "refund": "re", "account": "acct",
    "invoice": "in", "subscription": "sub", "product": "prod", "price": "price", "event": "evt", "payout": "po",
    "dispute": "dp", "setup_intent": "seti", "session": "cs_test", "payment_method": "pm", "source": "src",
    "transfer": "tr", "file": "file", "coupon": "cpn", "plan": "plan",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class VendorCall:
    """One call, and the operation that it is of."""

    vendor: str
    host: str
    method: str
    path: str
    truth: str


def some(rng: random.Random, characters: str, length: int) -> str:
    return "".join(rng.choice(characters) for _ in range(length))


def digit_in(rng: random.Random, characters: str, length: int) -> str:
    return some(rng, characters, length - 2) + rng.choice("0123456789") + rng.choice("abcdef")


def stripe_value(rng: random.Random, name: str, before: str) -> str:
    word = before.rstrip("s").rpartition("/")[2] if name == "id" else name
    return f"{PREFIXES.get(word, word[:4].strip('_') or 'obj')}_{digit_in(rng, BASE62, 24)}"


def twilio_value(rng: random.Random, name: str, before: str) -> str:
    if name in ("AccountSid", "Sid") and before == "Accounts":
        return "AC5f0a1b2c3d4e5f60718293a4b5c6d7e8"
    if name.endswith("Sid"):
        return rng.choice(["SM", "CA", "PN", "RE", "MM"]) + some(rng, HEX, 32)
    return {"CountryCode": "US"}.get(name) or "+1415" + some(rng, string.digits, 7)


def github_value(rng: random.Random, name: str, before: str) -> str:
    if name in ("owner", "org"):
        return rng.choice(OWNERS)
    if name == "repo":
        return rng.choice(REPOS.get(before, REPOS["octocat"]))
    if name in ("username", "assignee"):
        return rng.choice(USERS)
    if name.endswith("sha") or name in ("ref", "commit_sha", "gist_id"):
        return digit_in(rng, HEX, 40 if name != "gist_id" else 32)
    return str(rng.randrange(1, 90_000))


def shopify_value(rng: random.Random, name: str, before: str) -> str:
    del name, before
    return str(rng.randrange(4_000_000_000, 9_000_000_000))


Value = Callable[[random.Random, str, str], str]
VENDORS: dict[str, tuple[str, str, Value, int]] = {
    "stripe": ("api.stripe.com", "", stripe_value, 60),
    "twilio": ("api.twilio.com", "", twilio_value, 50),
    "github": ("api.github.com", "", github_value, 60),
    "slack": ("slack.com", "/api", stripe_value, 60),
    "shopify": ("shop.myshopify.com", "", shopify_value, 60),
}


def filled(rng: random.Random, template: str, value: Value) -> str:
    segments: list[str] = []
    for segment in template.split("/"):
        before = segments[-1] if segments else ""
        parts = re.split(r"\{([^{}]+)\}", segment)
        segments.append("".join(value(rng, part, before) if at % 2 else part for at, part in enumerate(parts)))
    return "/".join(segments)


def traffic(
    documents: dict[str, Document], rng: random.Random, calls: int, most: int | None = None
) -> Iterator[VendorCall]:
    """So many calls, spread over the vendors: operations drawn from each document, each called at least five times.

    `most` is how many operations of each are drawn.
    """
    each = calls // len(documents)
    for vendor, document in documents.items():
        host, base, value, usual = VENDORS[vendor]
        every = sorted((one.template, one.method, one.id) for one in document.operations.values())
        drawn = rng.sample(every, min(most or usual, len(every)))
        plan = [one for one in drawn for _ in range(5)]
        plan += rng.choices(drawn, weights=[1 / (place + 1) for place in range(len(drawn))], k=max(each - len(plan), 0))
        rng.shuffle(plan)
        for template, method, name in plan:
            yield VendorCall(vendor, host, method, base + filled(rng, template, value), name)
