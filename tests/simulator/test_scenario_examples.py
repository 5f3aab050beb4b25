"""Every fault of docs/scenarios.md fires: alone, at once, and as the page says, in the journal."""

import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from ruamel.yaml import YAML

from tests.simulator.conftest import Play, Played, facts
from tests.simulator.raw import PAY, Raw
from tests.waiting import settle
from tidegate.scenario.scenario import Scenario
from tidegate.simulator.trouble.drift.drift import Drift
from tidegate.simulator.trouble.lies.lie import Lie
from tidegate.simulator.trouble.refusals.outage import Outage
from tidegate.simulator.trouble.vendor_fault import VendorFault
from tidegate.simulator.trouble.webhooks.webhook_fault import WebhookFault

PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"
TARGETS: dict[str, Any] = {
    "skip": 0,
    "nth": 1,
    "first_n": None,
    "probability": 1.0,
    "ramp": 0.0,
    "apps": ("*",),
    "headers": {},
}


def examples() -> list[VendorFault]:
    blocks = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    faults = [fault for block in blocks for fault in Scenario.model_validate(YAML(typ="safe").load(block)).faults]
    return [_at_once(fault) for fault in faults if isinstance(fault, VendorFault)]


def _at_once(fault: VendorFault) -> VendorFault:
    """The same fault, hitting the first that comes."""
    plain: dict[str, Any] = {"begin": 0.0, "until": None, "lasts": None, "from_version": None, **TARGETS}
    return fault.model_copy(update={name: value for name, value in plain.items() if name in type(fault).model_fields})


def name_of(fault: VendorFault) -> str:
    """What the journal says."""
    if isinstance(fault, Drift):
        return f"drift {fault.change}"
    if isinstance(fault, Lie):
        return f"lie {fault.about}"
    return fault.mode if isinstance(fault, WebhookFault) else fault.kind


async def ask(vendor: Played, method: str, path: str, body: bytes = b"") -> None:
    """Send a request, and let time pass until it is answered or nothing more happens."""
    try:
        raw = await Raw.to(vendor)
    except ConnectionError:
        return
    raw.ask(method, path, body)
    for _ in range(30):
        await settle(20)
        if raw.whole or raw.end:
            break
        await vendor.world.advance(60)
    raw.hang_up()


@pytest.mark.parametrize("fault", [pytest.param(one, id=f"{n} {name_of(one)}") for n, one in enumerate(examples())])
async def test_an_example_of_the_documentation_fires(play: Play, fault: VendorFault) -> None:
    vendor = await play(facts(limits=({"name": "account", "rate": "10/s", "burst": 40},)))
    vendor.simulator.webhooks.register("http://127.0.0.1:9/nobody-listens")
    payment = (await vendor.pay("o1"))[1]["id"]
    await vendor.pay("o2")
    if isinstance(fault, Lie) and fault.about == "retry_after":
        vendor.arm(kind="throttle", retry_after="60s")
    vendor.simulator.arm([fault])
    if isinstance(fault, Outage) and fault.resets:
        await settle(50)
        with pytest.raises(aiohttp.ClientConnectionError):
            await (await vendor.client.get(vendor.url + "/v1/customers")).read()
        return
    paths = (f"/v1/payment_intents/{payment}", "/v1/payment_intents", "/v1/customers", "/v1/refunds", "/v1/nothing")
    await ask(vendor, "POST", "/v1/payment_intents", PAY)
    await ask(vendor, "POST", "/v1/refunds", b"payment_intent=" + payment.encode())
    for path in paths * (5 if isinstance(fault, Lie) and fault.about == "limits" else 1):
        await ask(vendor, "GET", path)
    fired = [one for entry in vendor.simulator.journal.entries for one in entry.faults]
    fired += [one for delivery in vendor.simulator.webhooks.deliveries for one in delivery.faults]
    assert [one for one in fired if one == name_of(fault) or one.startswith(f"{name_of(fault)} ")]
