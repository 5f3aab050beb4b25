"""An answer that breaks off."""

from tests.simulator.conftest import Played
from tests.simulator.raw import Raw, hit, last, paid


async def test_a_truncated_answer_ends_before_its_length(vendor: Played, raw: Raw) -> None:
    assert await hit(vendor, raw, kind="truncate", share="25%") == "fin"
    assert len(raw.body) == int(raw.header("content-length")) // 4
    assert (paid(vendor), last(vendor).faults, last(vendor).answered) == (1, ("truncate",), False)
