"""The shoppers: each makes an order at the shop, and some change it later, through the shop's own API.

They know no Tidegate: what they do is what the shop sends webhooks of.
"""

import random
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import ClientError, ClientSession

from tidegate.chaos.apps.retry_loop import Intent

ORDERS: Final = "/admin/api/2026-07/orders"
STORIES: Final = {"order": "orders.create", "changed order": "orders.update"}
"""The operation of the shop's that each story needs."""

CHANGES_MAX: Final = 3
CHANGE_AFTER_S: Final = (2.0, 45.0)
"""From one change to the next: the shop's stamps count whole seconds, so it is two at least."""
SKUS: Final = ("MUG-BLUE", "MUG-RED", "TEE-S", "TEE-M", "HAT")
PRICES: Final = ("9.00", "12.50", "19.99")


class Shopper:
    """Buys. `base_url` is the shop's address, `token` its key; `sleep` is the world's.

    `change_after_s` is the least and the most time from one change to the next, in seconds.
    """

    def __init__(
        self,
        session: ClientSession,
        base_url: str,
        token: str,
        rng: random.Random,
        sleep: Callable[[float], Awaitable[None]],
        change_after_s: tuple[float, float] = CHANGE_AFTER_S,
    ) -> None:
        self._session, self._base, self._rng, self._sleep = session, base_url, rng, sleep
        self._change_after_s = change_after_s
        self.stamps: dict[str, str] = {}
        """The shop's id of each request that made or changed an order → the time that the order has since then."""
        self._headers = {"X-Shopify-Access-Token": token}

    async def pursue(self, intent: Intent) -> int:
        """Make an order, and change it where the story says so. The number of changes that the shop has carried out."""
        order = await self._send("POST", f"{ORDERS}.json", self._order(intent))
        if order is None:
            return 0
        done = 1
        for _ in range(self._rng.randint(1, CHANGES_MAX) if intent.story != "order" else 0):
            await self._sleep(self._rng.uniform(*self._change_after_s))
            changed = await self._send("PUT", f"{ORDERS}/{order['id']}.json", {"line_items": self._lines()})
            done += changed is not None
        return done

    def _order(self, intent: Intent) -> dict[str, object]:
        lines = self._lines()
        return {
            "currency": "EUR",
            "financial_status": "paid",
            "total_price": f"{sum(int(line['quantity']) * float(line['price']) for line in lines):.2f}",
            "note": intent.id,
            "line_items": lines,
            "shipping_address": {
                "name": f"Customer of {intent.id}", "address1": "Harbour 1", "city": "Husum", "zip": "25813",
                "country_code": "DE",
            },
        }  # fmt: skip

    def _lines(self) -> list[dict[str, Any]]:
        count = self._rng.randint(1, 3)
        skus = self._rng.sample(SKUS, count)
        return [
            {"id": n, "sku": sku, "quantity": self._rng.randint(1, 4), "price": self._rng.choice(PRICES)}
            for n, sku in enumerate(skus, 1)
        ]

    async def _send(self, method: str, path: str, order: dict[str, Any]) -> dict[str, Any] | None:
        """The order as the shop has it then; None where it did not take it."""
        try:
            async with self._session.request(
                method, self._base + path, json={"order": order}, headers=self._headers
            ) as answer:
                if not answer.ok:
                    return None
                document = await answer.json()
        except (ClientError, TimeoutError, ValueError):
            return None
        made: dict[str, Any] = document["order"]
        self.stamps[answer.headers.get("X-Request-Id", "")] = made["updated_at"]
        return made
