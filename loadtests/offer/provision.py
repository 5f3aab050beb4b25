"""Makes at the vendor what a load needs before it begins, and the calls of the load with the names of it.

It sends requests one after the other. Which are needed, and what an answer supplies, tidegate.drawing.name_stock says.
"""

import http.client
import json
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from tidegate.drawing.name_stock import NameStock, StockOrder
from tidegate.drawing.planned_load import PlannedRequest
from tidegate.drawing.request_drawer import DrawnRequest, RequestDrawer
from tidegate.drawing.supplies import Supplies
from tidegate.loadtests.offer.offered_call import LoadTarget, OfferedCall
from tidegate.loadtests.programs import RunError
from tidegate.scenario.call_tag import TAG_HEADER
from tidegate.scenario.load import GivenRequest
from tidegate.vendor.vendor_file import LoadedVendor

ANSWER_WITHIN_S = 60.0
THROTTLED_TRIES_MAX = 20
"""So often is one request made again that the vendor throttles."""
RETRY_AFTER_MAX_S = 30.0


Throttled = Callable[[str | None], None]
"""What is done before a request that the vendor has throttled is made again; its Retry-After is given."""


class VendorLoad:
    """One vendor's part of a load: its document's requests, and the names that it has in stock."""

    def __init__(
        self, loaded: LoadedVendor, drawer: RequestDrawer, supplies: Supplies, given: Mapping[str, GivenRequest]
    ) -> None:
        self.loaded = loaded
        self._drawer = drawer
        self._supplies = supplies
        self._given = given
        keys = loaded.vendor.facts.idempotency
        self._key = (keys.header, frozenset(keys.methods)) if keys is not None else None

    def stock(self, sources: Iterable[str], rng: random.Random, run: str) -> NameStock:
        """An empty stock for calls of these requests or operations."""
        return NameStock(self._supplies, sources, rng, run)

    def provision(self, stock: NameStock, target: LoadTarget, throttled: Throttled) -> None:
        """Make what the stock needs. Raises RunError where the vendor does not answer, or supplies nothing."""
        while order := stock.due():
            call, tries = self.prepared(order, target), 1
            status, retry_after, answer = send(call)
            while status == 429 and tries < THROTTLED_TRIES_MAX:
                throttled(retry_after)
                status, retry_after, answer = send(call)
                tries += 1
            stock.put(order, status, answer)
        if stock.flaws:
            raise RunError("; ".join(stock.flaws) + "; give such a request, or the name itself, under `requests`")

    def prepared(self, order: StockOrder, target: LoadTarget) -> OfferedCall:
        """The request that an order is for, in bytes."""
        return self.drawn(order.source, order.tag, order.names, target)

    def drawn(
        self, source: str, tag: str, names: Mapping[str, str], target: LoadTarget, number: int = 0, at_s: float = 0.0
    ) -> OfferedCall:
        """One call in bytes, of a request of the scenario or an operation."""
        drawn = self._draw(source, tag, names)
        return OfferedCall(
            number=number,
            at_s=at_s,
            vendor=self.loaded.vendor.vendor,
            name=source,
            operation=drawn.operation,
            tag=tag,
            method=drawn.method,
            url=target.base_url.rstrip("/") + drawn.target,
            headers=self.headers(drawn, tag, target),
            body=drawn.body.decode("latin-1"),
        )

    def headers(self, drawn: DrawnRequest, tag: str, target: LoadTarget) -> dict[str, str]:
        """The headers of a request: the target's, the request's own, its key where the vendor knows keys, its tag."""
        keyed = self._key is not None and drawn.method in self._key[1]
        key = {self._key[0]: tag} if self._key is not None and keyed else {}
        return {**target.headers, **key, **drawn.headers, TAG_HEADER: tag}

    def _draw(self, source: str, tag: str, names: Mapping[str, str]) -> DrawnRequest:
        return self._drawer.draw(self._supplies.operation_of(source), tag, names, self._given.get(source))


def send(call: OfferedCall) -> tuple[int, str | None, Any]:
    """Make a call; its status, Retry-After, and content as data (as text where it is no JSON). Raises RunError."""
    parts = urlsplit(call.url)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=ANSWER_WITHIN_S)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(call.method, target, call.content or None, dict(call.headers))
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise RunError(f"{parts.netloc}: {call.method} {parts.path} got no answer: {error}") from None
    finally:
        connection.close()
    try:
        value = json.loads(content)
    except ValueError:
        value = content.decode("utf-8", "replace")
    return answer.status, answer.headers.get("Retry-After"), value


def patient(retry_after: str | None) -> None:
    """Wait as long as the vendor says, within a bound."""
    wait_s = float(retry_after) if retry_after and retry_after.isdecimal() else 1.0
    time.sleep(min(wait_s, RETRY_AFTER_MAX_S))


def offered(
    planned: Sequence[PlannedRequest],
    loads: Mapping[str, VendorLoad],
    stocks: Mapping[str, NameStock],
    targets: Mapping[str, LoadTarget],
) -> list[OfferedCall]:
    """All calls of a load in bytes, each with names from its vendor's stock."""
    return [
        loads[one.vendor].drawn(
            one.source, one.tag, stocks[one.vendor].names_for(one.source), targets[one.vendor], one.number, one.at_s
        )
        for one in planned
    ]
