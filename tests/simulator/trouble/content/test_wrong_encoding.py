"""An encoding that the body does not have."""

from tests.simulator.conftest import Played
from tests.simulator.raw import Raw, answered, last


async def test_an_encoding_may_be_named_that_the_body_does_not_have(vendor: Played, raw: Raw) -> None:
    body = await answered(vendor, raw, kind="wrong_encoding")
    assert (raw.header("content-encoding"), body["object"]) == ("gzip", "payment_intent")
    assert last(vendor).faults == ("wrong_encoding",)
