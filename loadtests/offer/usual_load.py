"""The load of a run for which nobody gives one: requests of the vendor's ordinary traffic, and a spike in the middle.

The shipped vendors have sessions written down (tidegate.loadtests.soak.traffic): their steps become requests, and what
a step takes from its answer, others get in braces. Of any other vendor the document's usual operations are asked for.
"""

from collections.abc import Collection, Mapping
from typing import Any

from tidegate.drawing.request_drawer import braced_names
from tidegate.loadtests.house import ACCOUNT
from tidegate.loadtests.schedule import LoadShape
from tidegate.loadtests.soak.traffic import TRAFFIC, SoakStep
from tidegate.openapi.document import Document
from tidegate.scenario.load import GivenRequest
from tidegate.scenario.scenario import Scenario
from tidegate.vendor.vendor import Vendor

RATE_PER_S = 40.0
"""Sustained calls a second at most."""

RATE_UNLIMITED_PER_S = 10.0
"""Of a vendor without a limit of requests: what the machine can do is then what is met."""

LIMIT_SHARE = 0.4
"""Of a lower limit, the share that is sustained: a burst of ten times that is four times the limit."""

RATE_MIN_PER_S = 1.0

BURST_REQUESTS: Mapping[str, Mapping[str, Any]] = {
    "stripe": {
        "requests": {
            "payment": {
                "operation": "PostPaymentIntents",
                "body": {"amount": "1999", "currency": "eur", "confirm": "true", "payment_method": "pm_card_visa",
                         "metadata": {"order_id": "{n}"}},
            },
            "read": {"operation": "GetPaymentIntents", "query": {"limit": "3"}},
        },
        "mix": {"payment": 4, "read": 1},
    },
}  # fmt: skip
"""What a burst asks of a vendor that is better than its whole ordinary traffic: money, and now and then a look."""

_CONTENT_TYPES = {"form": "application/x-www-form-urlencoded", "json": "application/json"}
_CONSTANTS = {"account": ACCOUNT}


def usual_requests(vendor: str, document: Document) -> dict[str, GivenRequest]:
    """The requests of a vendor's ordinary traffic, by the operation's id; empty where none is written down.

    Steps that an app leaves, or that only differ in how they are sent, are left out.
    """
    requests: dict[str, GivenRequest] = {}
    for step in TRAFFIC.get(vendor, ()):
        if step.left or step.padded or step.chunked or step.kind == "file" or _streams(step):
            continue
        found = _request(step, document)
        if found is not None and found not in requests.values():
            requests[_free_name(found.operation, requests)] = found
    taken = {name for request in requests.values() for name in request.takes}
    return {name: one for name, one in requests.items() if braced_names([one.path, one.query, one.body]) <= taken}


def usual_scenario(shape: LoadShape, vendors: Collection[str]) -> Scenario:
    """A spike in the middle of a steady load of each vendor, of whatever is usual there."""
    burst, rate = f"{_written(shape.burst_s)}s", _written(shape.rate_per_s)
    peak = f"{_written(shape.peak_per_s)}/s"
    spike: dict[str, Any] = {"shape": "spike", "rate": f"{rate}/s", "to": peak, "peak_for": burst}
    if not shape.burst_s:
        spike = {"rate": f"{rate}/s"}
    own = {name: BURST_REQUESTS[name] for name in vendors if name in BURST_REQUESTS}
    return Scenario.model_validate(
        {
            "name": "burst",
            "seconds": shape.seconds,
            "requests": {name: request for one in own.values() for name, request in one["requests"].items()},
            "load": [{**spike, "vendor": name, "mix": own.get(name, {}).get("mix", {})} for name in vendors],
        }
    )


def usual_rate_per_s(vendors: Mapping[str, Vendor]) -> float:
    """The sustained rate at which a burst meets the vendors' limits, and does not drown in them."""
    lowest = min(
        (
            limit.rate.per_second
            for vendor in vendors.values()
            for limit in vendor.facts.limits
            if limit.unit == "requests" and not limit.of
        ),
        default=RATE_UNLIMITED_PER_S / LIMIT_SHARE,
    )
    return min(RATE_PER_S, max(RATE_MIN_PER_S, lowest * LIMIT_SHARE))


def _request(step: SoakStep, document: Document) -> GivenRequest | None:
    """A step as a request of the scenario; None where the document has no such operation."""
    path, _, query = step.path.partition("?")
    match = document.match(step.method, path)
    if match is None:
        return None
    content: Any = {"body": step.content, "headers": {"Content-Type": _CONTENT_TYPES[step.kind]}} if step.kind else {}
    params = {name: _CONSTANTS.get(value.strip("{}"), value) for name, value in match.params.items()}
    pairs = dict(pair.split("=", 1) for pair in query.split("&") if "=" in pair)
    return GivenRequest.model_validate({
        "operation": match.operation.id, "path": params, "query": pairs, "takes": dict(step.takes), **content,
    })  # fmt: skip


def _free_name(operation: str, known: Mapping[str, GivenRequest]) -> str:
    """The operation's id, with a number where another request has it."""
    name, number = operation, 2
    while name in known:
        name, number = f"{operation} {number}", number + 1
    return name


def _streams(step: SoakStep) -> bool:
    return isinstance(step.content, dict) and step.content.get("stream") is True


def _written(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")
