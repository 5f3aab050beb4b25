"""A vendor whose answers are about to drift."""

from typing import Any

import orjson
import pytest

from tests.simulator.conftest import Played
from tests.simulator.raw import Raw
from tests.waiting import until


class Before:
    """A vendor with two payments, and a connection to it."""

    def __init__(self, vendor: Played, raw: Raw, payment: str) -> None:
        self.vendor = vendor
        self.raw = raw
        self.path = f"/v1/payment_intents/{payment}"

    async def get(self, path: str = "") -> Any:
        """The body of a GET, of the first payment where no path is given."""
        self.raw.heard = b""
        self.raw.ask("GET", path or self.path)
        await until(lambda: self.raw.whole)
        return orjson.loads(self.raw.body) if self.raw.body else None

    @property
    def fired(self) -> tuple[str, ...]:
        return self.vendor.simulator.journal.entries[-1].faults

    def arm(self, change: str, **more: Any) -> None:
        self.vendor.arm(kind="drift", change=change, **more)


@pytest.fixture
async def before(vendor: Played) -> Any:
    payment = (await vendor.pay("o1"))[1]["id"]
    await vendor.pay("o2")
    raw = await Raw.to(vendor)
    yield Before(vendor, raw, payment)
    raw.hang_up()
