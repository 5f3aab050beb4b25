"""A throttle is the vendor's own 429."""

from tests.simulator.conftest import Played
from tests.simulator.raw import Raw, answered, last, paid


async def test_a_throttle_is_a_429_that_says_when_to_come_back(vendor: Played, raw: Raw) -> None:
    body = await answered(vendor, raw, kind="throttle", retry_after="90s", written="date")
    assert (raw.status, raw.header("retry-after")) == (429, "Wed, 01 Jan 2025 00:01:30 GMT")
    assert (body["error"]["code"], paid(vendor), last(vendor).faults) == ("rate_limit", 0, ("throttle",))
