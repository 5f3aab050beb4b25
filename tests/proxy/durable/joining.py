"""Writes that are joined, and a vendor with a bulk form, for tests."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.proxy.stages.test_defer import ended, post
from tests.proxy.town import VENDOR, Answer, Seen, Town, both
from tidegate.testing.scripted_vendor import WholeAnswer

OK = {"responses": {"200": {"description": "ok"}}}
PATHS = {"/things/batch": {"post": {"operationId": "PostThingsBatch", **OK}}}
JSON = {"Content-Type": "application/json"}
KEYED: dict[str, Any] = {
    "operation": "PostThingsBatch",
    "items": "/things",
    "add": {"key": "{key}"},
    "size": 20,
    "within": "2s",
    "results": "/results",
    "status": "/status",
    "body": "/thing",
    "id": {"pointer": "/key", "value": "{key}"},
}


LATER: dict[str, Any] = {"base": "5s", "jitter": "added"}
"""No second try in the first five seconds."""


def joining(bulk: dict[str, Any] | None = None, batch: str = "never-resend", **defer: Any) -> dict[str, Any]:
    """The town with PostThings joined so."""
    rules = {"when": "always", "bulk": KEYED | (bulk or {}), **defer}
    operations = {
        **VENDOR["operations"],
        "PostThings": {"idempotency": "vendor-key", "defer": rules},
        "PostThingsBatch": {"idempotency": batch},
    }
    return {"operations": operations, "paths": PATHS}


class BatchVendor:
    """Carries out items once for each key. `says` gives an item's status, 0 for no result at all."""

    def __init__(self, says: Callable[[dict[str, Any]], int] = lambda _: 201) -> None:
        self.says = says
        self.made = Counter[str]()
        self.bodies: list[list[dict[str, Any]]] = []

    async def answer(self, seen: Seen) -> WholeAnswer:
        assert seen.path == "/api/things/batch", seen.path
        items = json.loads(seen.body)["things"]
        self.bodies.append(items)
        results = []
        for item in items:
            status = self.says(item)
            if status < 300 or status == 503:  # what it answers 503 to is done all the same
                self.made[item["key"]] += item["key"] not in self.made
            if status:
                results.append({"key": item["key"], "status": status, "thing": {"n": item["n"], "s": status}})
        return 207, JSON, json.dumps({"results": results[::-1]}).encode()


async def many(town: Town, count: int, *, first: int = 0) -> list[Answer]:
    return await both(*(post(town, b'{"n": %d}' % n, Idempotency_Key=f"k{n}") for n in range(first, first + count)))


async def states(town: Town, accepted: list[Answer]) -> list[tuple[str, int]]:
    documents = [await ended(town, one) for one in accepted]
    return [(document["state"], document.get("status", 0)) for document in documents]
