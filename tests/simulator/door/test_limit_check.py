"""The simulated vendor's door, over sockets: what it lets in, what it tells, how it refuses."""

from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

import tidegate
from tests.simulator.conftest import KEY, Play, facts
from tidegate.openapi.document import Document
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.facts import Limit
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor
from tidegate.world.world import RealWorld

LIMIT = {"name": "core", "rate": "1/m", "burst": 2}
ASK = ("GET", "/v1/events")


async def test_each_answer_tells_what_is_left_and_the_refusal_is_the_vendors_own(play: Play) -> None:
    vendor = await play(facts(limits=(LIMIT,), dialect="github"))
    answers = [await vendor.exchange(*ASK) for _ in range(3)]
    assert [status for status, _, _ in answers] == [200, 200, 403]
    assert [headers["X-RateLimit-Remaining"] for _, _, headers in answers] == ["1", "0", "0"]


async def test_anthropic_s_refusal_by_a_limit_has_the_body_of_its_other_refusals(play: Play) -> None:
    loaded = load_vendor(Path(tidegate.__file__).parent / "adapters" / "anthropic" / "vendor.yaml")
    vendor = await play(loaded.vendor, served=Document.load(loaded.document_path))
    message = {"model": "m", "max_tokens": 80_000, "messages": [{"role": "user", "content": "hi"}]}
    headers = {"x-api-key": KEY, "anthropic-version": "2023-06-01"}
    ask: dict[str, Any] = {"url": vendor.url + "/v1/messages", "json": message, "headers": headers}
    assert (await vendor.client.post(**ask)).status == 200
    answer = await vendor.client.post(**ask)
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0
    error = {"type": "rate_limit_error", "message": "This request would exceed the rate limit."}
    assert await answer.json() == {"type": "error", "error": error, "request_id": answer.headers["request-id"]}


async def test_without_a_dialect_nothing_is_told(play: Play) -> None:
    vendor = await play(facts(limits=(LIMIT,)))
    answers = [await vendor.exchange(*ASK) for _ in range(3)]
    assert [status for status, _, _ in answers] == [200, 200, 429]
    assert answers[2][2]["Stripe-Rate-Limited-Reason"] == "global-rate"
    assert not any("ratelimit" in name.lower().replace("-", "") for _, _, headers in answers[:2] for name in headers)


async def test_a_query_is_refunded_half_and_told_so_in_the_body(play: Play) -> None:
    points = {"name": "points", "rate": "1/m", "burst": 100, "unit": "cost", "amount": {"fixed": 60.0}}
    vendor = await play(facts(limits=(points,), dialect="shopify-graphql"))
    first, second, third = [await vendor.ask(*ASK) for _ in range(3)]
    assert first[1]["extensions"]["cost"]["actualQueryCost"] == 30
    assert first[1]["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 70
    assert second[1]["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 40
    assert third[0] == 200
    assert "THROTTLED" in str(third[1])


@pytest.mark.parametrize(
    ("more", "asked", "let_in"),
    [
        pytest.param({"quotas": ({"name": "daily", "count": 3, "per": "day"},)}, 5, 3, id="a day holds so many"),
        pytest.param({"quotas": ({"name": "m", "count": 2, "per": "month", "zone": "-08:00"},)}, 5, 2, id="a month"),
    ],
)
async def test_a_calendar_quota_is_enforced(play: Play, more: dict[str, Any], asked: int, let_in: int) -> None:
    vendor = await play(facts(**more))
    statuses = [(await vendor.ask(*ASK))[0] for _ in range(asked)]
    assert statuses == [200] * let_in + [429] * (asked - let_in)
    await vendor.world.advance(31 * 86_400.0)
    assert (await vendor.ask(*ASK))[0] == 200


async def test_only_so_many_run_at_once_and_a_place_comes_back(play: Play) -> None:
    vendor = await play(facts(concurrency=({"at_once": 1},), dialect="twilio"))
    status, _, headers = await vendor.exchange(*ASK)
    assert (status, headers["Twilio-Concurrent-Requests"]) == (200, "1")
    assert (await vendor.ask(*ASK))[0] == 200


async def test_what_is_served_beside_graphql_is_refused_for_the_rate_as_usual() -> None:
    loaded = load_vendor(find_vendor("shopify"))
    few = Limit.model_validate({"name": "p", "rate": "1/m", "burst": 10, "unit": "cost", "amount": {"fixed": 10.0}})
    played = loaded.vendor.facts.model_copy(update={"limits": (few,)})
    narrow = loaded.vendor.model_copy(update={"facts": played})
    simulator = SimulatorServer(RealWorld(1), Document.load(loaded.document_path), narrow, 1)
    await simulator.start(control_port=None)
    try:
        async with ClientSession(
            f"http://127.0.0.1:{simulator.port}", headers={"X-Shopify-Access-Token": "any"}
        ) as app:
            asked = [await app.get("/admin/api/2026-07/orders/5.json") for _ in range(2)]
            queried = await app.post(
                "/admin/api/2026-07/graphql.json", json={"query": "{products(first: 100) {nodes {id}}}"}
            )
            assert [answer.status for answer in asked] == [404, 429]
            assert set(await asked[1].json()) == {"errors"}
            assert (queried.status, "THROTTLED" in await queried.text()) == (200, True)
    finally:
        await simulator.close()
