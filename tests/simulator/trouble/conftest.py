"""What the tests of single kinds of faults share."""

from collections.abc import AsyncIterator

import pytest

from tests.simulator.conftest import Played
from tests.simulator.raw import Raw
from tests.waiting import until


@pytest.fixture
async def raw(vendor: Played) -> AsyncIterator[Raw]:
    """A connection that is open before any fault is armed, and has been used."""
    client = await Raw.to(vendor)
    client.ask("GET", "/v1/customers")
    await until(lambda: client.whole)
    client.heard = b""
    yield client
    client.hang_up()
