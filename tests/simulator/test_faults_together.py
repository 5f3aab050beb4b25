"""Whatever faults are armed together, the vendor neither breaks nor forgets, and repeats itself with its seed."""

import logging
import random

import pytest

from tests.simulator.conftest import Play, Played, facts
from tests.simulator.raw import PAY, Raw
from tests.simulator.test_scenario_examples import examples
from tests.waiting import settle
from tidegate.simulator.trouble.refusals.outage import Outage
from tidegate.simulator.trouble.webhooks.webhook_fault import WebhookFault

ARMED = 4
ROUNDS = 60

FAULTS = [
    one for one in examples() if not isinstance(one, WebhookFault) and not (isinstance(one, Outage) and one.resets)
]


async def heard(vendor: Played, method: str, path: str, body: bytes = b"") -> tuple[bytes, str | None]:
    """What came, and how the connection ended, after so much time that nothing more will come."""
    raw = await Raw.to(vendor)
    raw.ask(method, path, body)
    for _ in range(40):
        await settle(10)
        if raw.whole or raw.end:
            break
        await vendor.world.advance(600)
    raw.hang_up()
    await settle(10)
    return raw.heard, raw.end


async def story(play: Play, seed: int) -> list[object]:
    """A payment, reads and a refusal under faults that the seed draws."""
    vendor = await play(facts(limits=({"name": "account", "rate": "10/s", "burst": 40},)), seed=seed)
    payment = (await vendor.pay("o1"))[1]["id"]
    vendor.simulator.arm(random.Random(seed).sample(FAULTS, ARMED))
    paths = (f"/v1/payment_intents/{payment}", "/v1/payment_intents", "/v1/nothing")
    paid = await heard(vendor, "POST", "/v1/payment_intents", PAY)
    told = [paid, *[await heard(vendor, "GET", path) for path in paths]]
    journal = [entry.described() for entry in vendor.simulator.journal.entries]
    vendor.simulator.disarm()
    assert (await vendor.ask("GET", f"/v1/payment_intents/{payment}"))[1]["amount"] == 1099
    return [told, journal]


@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_faults_that_are_armed_together_break_nothing(
    play: Play, caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    with caplog.at_level(logging.WARNING):
        first = await story(play, seed)
    assert [record.getMessage() for record in caplog.records] == []
    if seed % 10 == 0:
        assert await story(play, seed) == first
