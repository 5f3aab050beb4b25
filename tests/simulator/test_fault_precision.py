"""A fault hits exactly the call that it is aimed at, on connections that stand, and leaves the others alone."""

from typing import Any

import orjson

from tests.simulator.conftest import Play, Played
from tests.simulator.raw import Raw
from tests.waiting import until


async def statuses(vendor: Played, raw: Raw, *paths: str, key: str = "sk_test_of_the_tests") -> list[int]:
    """One request after the other on one connection: their statuses."""
    seen = []
    for path in paths:
        raw.heard = b""
        raw.ask("GET", path, key=key)
        await until(lambda: raw.whole)
        seen.append(raw.status)
        orjson.loads(raw.body)
    assert raw.end is None
    return seen


async def test_the_nth_call_of_one_operation_is_hit_on_a_connection_that_stands(vendor: Played) -> None:
    raw = await Raw.to(vendor)
    both = ("/v1/customers", "/v1/refunds")
    assert await statuses(vendor, raw, *both) == [200, 200]
    vendor.arm(kind="error", status=503, operations=["GetCustomers"], skip=2, first_n=1)
    assert await statuses(vendor, raw, *both * 4) == [200, 200, 200, 200, 503, 200, 200, 200]
    hit = [entry for entry in vendor.simulator.journal.entries if entry.faults]
    assert [(entry.n, entry.operation, entry.faults) for entry in hit] == [(7, "GetCustomers", ("error",))]
    raw.hang_up()


async def test_a_reset_ends_the_connection_of_the_call_that_is_hit_and_no_other(vendor: Played) -> None:
    hit, spared = await Raw.to(vendor), await Raw.to(vendor)
    await statuses(vendor, hit, "/v1/customers")
    await statuses(vendor, spared, "/v1/customers")
    vendor.arm(kind="reset_before", operations=["GetRefunds"], skip=1)
    await statuses(vendor, hit, "/v1/refunds")
    hit.ask("GET", "/v1/refunds")
    assert await hit.ended() == "rst"
    assert await statuses(vendor, spared, "/v1/customers") == [200]
    spared.hang_up()


async def test_every_third_call_is_hit(vendor: Played) -> None:
    raw = await Raw.to(vendor)
    vendor.arm(kind="error", nth=3, skip=1, first_n=2)
    assert await statuses(vendor, raw, *["/v1/customers"] * 12) == [200] * 3 + [500] + [200] * 2 + [500] + [200] * 5
    raw.hang_up()


async def test_only_the_named_app_is_hit(play: Play) -> None:
    vendor = await play(secret=None)
    raw = await Raw.to(vendor)
    vendor.arm(kind="error", apps=["*4242"])
    assert await statuses(vendor, raw, "/v1/customers", key="rk_test_abcdef4242") == [500]
    assert await statuses(vendor, raw, "/v1/customers", key="rk_test_abcdef4243") == [200]
    assert [entry.app for entry in vendor.simulator.journal.entries] == ["***4242", "***4243"]
    raw.hang_up()


async def test_only_requests_with_a_fitting_header_are_hit(vendor: Played) -> None:
    vendor.arm(kind="error", headers={"x-tenant": "acme-*"})
    tenants: list[dict[str, Any]] = [{}, {"X_Tenant": "acme-1"}, {"X_Tenant": "other"}]
    assert [(await vendor.ask("GET", "/v1/customers", **sent))[0] for sent in tenants] == [200, 500, 200]


async def test_a_fault_ends_by_itself_when_its_time_is_over(vendor: Played) -> None:
    raw = await Raw.to(vendor)
    vendor.arm(kind="error", lasts="30s")
    assert await statuses(vendor, raw, "/v1/customers") == [500]
    await vendor.world.advance(30)
    assert await statuses(vendor, raw, "/v1/customers") == [200]
    raw.hang_up()


async def test_faults_of_different_sorts_hit_one_call_together(vendor: Played) -> None:
    payment = (await vendor.pay())[1]["id"]
    raw = await Raw.to(vendor)
    vendor.arm(kind="latency", delay="1s")
    vendor.arm(kind="drift", change="removed", pointer="/amount")
    vendor.arm(kind="headers", drop=["Request-Id"])
    vendor.arm(kind="truncate", share="50%")
    vendor.arm(kind="error")
    raw.ask("GET", f"/v1/payment_intents/{payment}")
    await until(lambda: vendor.world.waiting)
    await vendor.world.advance(1)
    assert await raw.ended() == "fin"
    assert (raw.status, b'"amount"' in raw.heard, b"Request-Id" in raw.heard) == (200, False, False)
    assert vendor.simulator.journal.entries[-1].faults == ("latency", "truncate", "drift removed /amount", "headers")
