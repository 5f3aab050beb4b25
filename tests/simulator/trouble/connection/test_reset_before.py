"""A reset before anything is done."""

from tests.simulator.conftest import Played
from tests.simulator.raw import Raw, hit, last, paid


async def test_a_reset_before_comes_without_a_byte_and_nothing_is_done(vendor: Played, raw: Raw) -> None:
    assert await hit(vendor, raw, kind="reset_before") == "rst"
    assert (raw.heard, paid(vendor), last(vendor).faults) == (b"", 0, ("reset_before",))
