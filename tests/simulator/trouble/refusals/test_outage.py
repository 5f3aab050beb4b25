"""An outage of each kind, as a client with a raw socket sees it."""

import pytest

from tests.simulator.conftest import Played
from tests.simulator.raw import PAY, Raw, answered, last, paid, silent
from tests.waiting import settle, until
from tidegate.simulator.trouble.refusals.outage import Outage


async def test_a_refusing_outage_resets_what_is_open_and_lets_nobody_connect(vendor: Played) -> None:
    raw = await Raw.to(vendor)
    raw.ask("GET", "/v1/customers")
    await until(lambda: raw.whole)
    vendor.arm(kind="outage", lasts="5m")
    assert await raw.ended() == "rst"
    with pytest.raises(ConnectionRefusedError):
        await Raw.to(vendor)
    await vendor.world.advance(300)
    await until(lambda: vendor.simulator.faults.outage(vendor.simulator.at) is None)
    await settle(50)
    again = await Raw.to(vendor)
    again.ask("GET", "/v1/customers")
    await until(lambda: again.whole)
    assert again.status == 200
    again.hang_up()


async def test_a_resetting_outage_takes_connections_and_resets_them(vendor: Played) -> None:
    vendor.arm(kind="outage", mode="reset")
    client = await Raw.to(vendor)
    assert (await client.ended(), client.heard) == ("rst", b"")


async def test_a_silent_outage_takes_requests_and_says_nothing(vendor: Played) -> None:
    raw = await Raw.to(vendor)
    vendor.arm(kind="outage", mode="silent")
    raw.ask("POST", "/v1/payment_intents", PAY)
    await silent(vendor, raw, "outage")
    assert (raw.heard, paid(vendor)) == (b"", 0)
    raw.hang_up()


async def test_an_outage_may_answer_with_a_status(vendor: Played) -> None:
    raw = await Raw.to(vendor)
    body = await answered(vendor, raw, kind="outage", mode="status", status=502)
    assert (raw.status, paid(vendor), last(vendor).faults) == (502, 0, ("outage",))
    assert body["error"]["type"] == "api_error"
    raw.hang_up()


def test_two_of_the_outages_end_connections() -> None:
    ends = {mode: Outage.model_validate({"mode": mode}).resets for mode in ("refuse", "reset", "silent", "status")}
    assert ends == {"refuse": True, "reset": True, "silent": False, "status": False}
