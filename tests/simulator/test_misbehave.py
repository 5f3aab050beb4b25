"""A fault spoils the answer and its sending, and faults of different sorts hit one request together."""

import aiohttp
import pytest

from tests.simulator.conftest import Played


async def test_a_refusal_breaks_off_like_any_other_answer(vendor: Played) -> None:
    vendor.arm(kind="truncate", first_n=1)
    with pytest.raises(aiohttp.ClientPayloadError):
        await vendor.ask("POST", "/v1/payment_intents", "amount=x&currency=eur")
    entry = vendor.simulator.journal.entries[-1]
    assert (entry.status, entry.faults, entry.answered) == (400, ("truncate",), False)
