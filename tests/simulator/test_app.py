"""The simulator listens, follows the scenario's outages, repeats itself from its seed, and begins again on reset."""

import asyncio
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest

from tests.simulator.conftest import KEY, ManualWorld, Play, Played, facts
from tests.waiting import settle, until
from tidegate.openapi.document import Document
from tidegate.scenario.scenario import Scenario
from tidegate.simulator.app import SimulatorServer

LOST = aiohttp.ClientConnectionError


async def test_it_says_where_it_listens(vendor: Played) -> None:
    assert vendor.simulator.port > 0
    assert vendor.simulator.control_port not in {0, vendor.simulator.port}


async def test_the_control_api_can_be_left_out(document: Document) -> None:
    simulator = SimulatorServer(ManualWorld(), document, facts(), 1)
    await simulator.start(control_port=None)
    assert simulator.control_port == 0
    await simulator.close()


async def test_a_port_in_use_is_an_error_that_leaves_nothing_open(vendor: Played, document: Document) -> None:
    other = SimulatorServer(ManualWorld(), document, facts(), 1)
    with pytest.raises(OSError, match="in use"):
        await other.start(port=vendor.simulator.port)
    with pytest.raises(OSError, match="in use"):
        await other.start(control_port=vendor.simulator.control_port)
    with pytest.raises(LOST):
        await vendor.client.get(f"http://127.0.0.1:{other.port}/v1/customers")


@pytest.mark.parametrize("mode", ["refuse", "reset"])
async def test_an_outage_takes_the_port_away_and_gives_it_back(vendor: Played, mode: str) -> None:
    assert (await vendor.ask("GET", "/v1/customers"))[0] == 200
    vendor.arm(kind="outage", mode=mode, begin="10s", lasts="300s")
    await vendor.world.advance(9.9)
    assert (await vendor.ask("GET", "/v1/customers"))[0] == 200
    await vendor.world.advance(0.1)
    with pytest.raises(LOST):
        await vendor.ask("GET", "/v1/customers")
    await vendor.world.advance(299)
    with pytest.raises(LOST):
        await vendor.ask("GET", "/v1/customers")
    await vendor.world.advance(1)
    assert (await vendor.ask("GET", "/v1/customers"))[0] == 200


async def test_a_refused_connection_is_refused_before_anything_is_sent(vendor: Played) -> None:
    vendor.arm(kind="outage", mode="refuse")
    await vendor.world.advance(0)
    with pytest.raises(aiohttp.ClientConnectorError):
        await vendor.ask("GET", "/v1/customers")
    assert vendor.simulator.journal.last == 0


async def test_an_outage_ends_the_connections_that_are_open(vendor: Played) -> None:
    vendor.arm(kind="hang", first_n=1)
    task = asyncio.create_task(vendor.ask("GET", "/v1/customers"))
    await until(lambda: vendor.simulator.journal.counters["fault hang"])
    vendor.arm(kind="outage", mode="reset", lasts="10s")
    with pytest.raises(LOST):
        await task


async def test_an_outage_may_answer_instead(vendor: Played) -> None:
    vendor.arm(kind="outage", mode="status", status=503, lasts="10s")
    status, refused = await vendor.ask("GET", "/v1/customers")
    assert (status, refused["error"]["type"]) == (503, "api_error")
    assert vendor.simulator.journal.entries[-1].faults == ("outage",)
    await vendor.world.advance(10)
    assert (await vendor.ask("GET", "/v1/customers"))[0] == 200


async def test_disarming_ends_an_outage(vendor: Played) -> None:
    vendor.arm(kind="outage")
    await vendor.world.advance(0)
    vendor.simulator.disarm()
    await vendor.world.advance(0)
    assert (await vendor.ask("GET", "/v1/customers"))[0] == 200


async def test_it_takes_its_port_back_when_somebody_else_had_it_for_a_moment(vendor: Played) -> None:
    port = vendor.simulator.port
    vendor.arm(kind="outage", lasts="10s")
    await vendor.world.advance(0)
    squatter = await vendor.world.listen(asyncio.Protocol, "127.0.0.1", port)
    await vendor.world.advance(10)
    await squatter.close()
    await vendor.world.advance(1)
    assert (await vendor.ask("GET", "/v1/customers"))[0] == 200


async def test_the_scenarios_times_count_from_the_start_and_again_from_a_reset(play: Play) -> None:
    scenario = Scenario.model_validate(
        {
            "name": "slow start",
            "faults": [{"kind": "error", "from": "5s", "for": "5s"}],
        }
    )
    vendor = await play(scenario=scenario)

    async def statuses() -> list[int]:
        answered = []
        for _ in range(3):
            answered.append((await vendor.ask("GET", "/v1/customers"))[0])
            await vendor.world.advance(5)
        return answered

    assert await statuses() == [200, 500, 200]
    vendor.simulator.reset()
    assert await statuses() == [200, 500, 200]


async def test_a_reset_forgets_objects_keys_journal_and_used_up_limits(play: Play) -> None:
    vendor = await play(facts(limits=({"name": "account", "rate": "1/m"},)))
    first = await vendor.pay("o1", Idempotency_Key="k")
    assert (await vendor.ask("GET", "/v1/customers"))[0] == 429
    vendor.simulator.reset()
    assert vendor.simulator.journal.last == 0
    assert await vendor.pay("o1", Idempotency_Key="k") == first
    assert not vendor.simulator.journal.entries[-1].replayed


async def story(vendor: Played) -> list[Any]:
    """A bit of everything, as bytes and headers."""
    answers: list[Any] = []
    for number in range(8):
        form = f"amount={100 + number}&currency=eur&payment_method=pm_card_visa&confirm=true"
        try:
            sent = {"Content-Type": "application/x-www-form-urlencoded"}
            async with vendor.client.post(vendor.url + "/v1/payment_intents", data=form, headers=sent) as answer:
                answers.append((answer.status, await answer.read(), dict(answer.headers)))
        except LOST:
            answers.append("lost")
        await vendor.world.advance(1.5)
    async with vendor.client.get(vendor.url + "/v1/events?limit=100") as answer:
        answers.append((await answer.read(), dict(answer.headers)))
    answers.append([entry.described() for entry in vendor.simulator.journal.entries])
    return answers


async def test_the_same_seed_and_requests_give_the_same_bytes(play: Play) -> None:
    scenario = Scenario.model_validate(
        {
            "name": "dice",
            "faults": [{"kind": "reset_after", "probability": "30%"}, {"kind": "error", "probability": "30%"}],
        }
    )
    first, second = [await story(await play(scenario=scenario)) for _ in range(2)]
    assert first == second
    assert "lost" in first
    assert await story(await play(scenario=scenario, seed=8)) != first


async def test_any_key_will_do_where_no_secret_is_known(play: Play) -> None:
    vendor = await play(secret=None)
    assert (await vendor.ask("GET", "/v1/customers", Authorization="Bearer anything"))[0] == 200
    assert (await vendor.ask("GET", "/v1/customers", Authorization=f"Bearer {KEY}"))[0] == 200
    assert (await vendor.ask("GET", "/v1/customers", Authorization=""))[0] == 401


async def test_closing_ends_hanging_requests(play: Play) -> None:
    vendor = await play()
    vendor.arm(kind="hang")
    task = asyncio.create_task(vendor.ask("GET", "/v1/customers"))
    await until(lambda: vendor.simulator.journal.counters["fault hang"])
    await vendor.simulator.close()
    with pytest.raises(LOST):
        await task


async def test_what_happens_around_the_vendor_is_ignored(play: Play) -> None:
    scenario = Scenario.model_validate({"name": "x", "faults": [{"kind": "crash"}, {"kind": "wire", "delay": "1s"}]})
    vendor = await play(scenario=scenario)
    assert (await vendor.ask("GET", "/v1/customers"))[0] == 200
    assert vendor.simulator.faults.described() == []


async def test_a_vendor_that_hangs_hangs_on_a_repeated_key_too(vendor: Played) -> None:
    headers = {"Idempotency_Key": "k"}
    assert (await vendor.pay(**headers))[0] == 200
    vendor.arm(kind="hang", effect="done", first_n=1)
    task = asyncio.create_task(vendor.pay(**headers))
    await until(lambda: vendor.simulator.journal.counters["fault hang"])
    await settle()
    assert not task.done()
    assert vendor.simulator.journal.entries[-1].replayed
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(vendor.simulator.resources.all()["payment_intent"]) == 1


async def test_when_to_come_back_can_be_written_as_a_date_on_the_vendors_clock(vendor: Played) -> None:
    vendor.arm(kind="throttle", retry_after="90s", written="date")
    _, _, headers = await vendor.exchange("GET", "/v1/customers")
    until, now = (parsedate_to_datetime(headers[name]) for name in ("Retry-After", "Date"))
    assert 90 <= (until - now).total_seconds() <= 91
