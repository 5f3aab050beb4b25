"""An answer that breaks off."""

import pytest

from tests.simulator.conftest import Played
from tests.simulator.raw import Raw, hit, last, paid
from tidegate.scenario.scenario import parse_faults
from tidegate.simulator.trouble.vendor_fault import VendorFault


async def test_a_truncated_answer_ends_before_its_length(vendor: Played, raw: Raw) -> None:
    assert await hit(vendor, raw, kind="truncate", share="25%") == "fin"
    assert len(raw.body) == int(raw.header("content-length")) // 4
    assert (paid(vendor), last(vendor).faults, last(vendor).answered) == (1, ("truncate",), False)


@pytest.mark.parametrize("kind", ["truncate", "bad_chunk"])
def test_a_share_of_a_body_is_a_part_of_it(kind: str) -> None:
    with pytest.raises(ValueError, match="write at most 100%"):
        parse_faults({"kind": kind, "share": "150%"}, VendorFault)
