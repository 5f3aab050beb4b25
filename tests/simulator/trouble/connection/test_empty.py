"""An end without a byte."""

import pytest

from tests.simulator.conftest import Played
from tests.simulator.raw import Raw, hit, last, paid


@pytest.mark.parametrize(("effect", "payments"), [("none", 0), ("done", 1)])
async def test_an_empty_answer_is_an_end_in_good_order(vendor: Played, raw: Raw, effect: str, payments: int) -> None:
    assert await hit(vendor, raw, kind="empty", effect=effect) == "fin"
    assert (raw.heard, paid(vendor), last(vendor).faults) == (b"", payments, ("empty",))
