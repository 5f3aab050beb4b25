"""Headers that are missing, doubled or wrong."""

from tests.simulator.conftest import Played
from tests.simulator.raw import Raw, answered, last


async def test_headers_may_be_missing_doubled_or_wrong(vendor: Played, raw: Raw) -> None:
    put = {"Stripe-Version": "1999-12-31"}
    await answered(vendor, raw, kind="headers", drop=["request-*"], double=["Content-Type"], put=put)
    names = [name for name, _ in raw.headers]
    assert (names.count("content-type"), "request-id" in names, raw.header("stripe-version")) == (
        2,
        False,
        "1999-12-31",
    )
    assert last(vendor).faults == ("headers",)
