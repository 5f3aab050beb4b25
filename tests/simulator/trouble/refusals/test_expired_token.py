"""A valid token is told that it has expired."""

from tests.simulator.conftest import Played
from tests.simulator.raw import Raw, answered, last, paid


async def test_a_valid_token_may_be_told_that_it_has_expired(vendor: Played, raw: Raw) -> None:
    body = await answered(vendor, raw, kind="expired_token", first_n=1)
    assert (raw.status, paid(vendor), last(vendor).faults) == (401, 0, ("expired_token",))
    assert "expired" in body["error"]["message"]
    assert (await vendor.pay())[0] == 200
