"""A throttle is the vendor's own 429."""

from tests.simulator.conftest import Play, Played, facts
from tests.simulator.raw import Raw, answered, last, paid


async def test_a_throttle_is_a_429_that_says_when_to_come_back(vendor: Played, raw: Raw) -> None:
    body = await answered(vendor, raw, kind="throttle", retry_after="90s", written="date")
    assert (raw.status, raw.header("retry-after")) == (429, "Wed, 01 Jan 2025 00:01:30 GMT")
    assert (body["error"]["code"], paid(vendor), last(vendor).faults) == ("rate_limit", 0, ("throttle",))


async def test_a_vendor_that_refuses_in_two_ways_says_when_to_come_back_in_that_way(play: Play) -> None:
    """GitHub: nothing left until a reset, or a secondary limit with Retry-After and a count that is not used up."""
    nothing_left = {"status": 403, "when": {"header": "x-left", "value": "0"}}
    vendor = await play(facts(throttled=(nothing_left, {"status": 403, "when": {"header": "retry-after"}})))
    vendor.arm(kind="throttle", first_n=1)
    status, _, headers = await vendor.exchange("GET", "/v1/events")
    assert (status, headers["x-left"], headers.get("Retry-After")) == (403, "0", None)
    vendor.arm(kind="throttle", first_n=1, retry_after="4s")
    status, _, headers = await vendor.exchange("GET", "/v1/events")
    assert status == 403
    assert {name.lower(): value for name, value in headers.items() if name.lower() in ("x-left", "retry-after")} == {
        "retry-after": "4"
    }
