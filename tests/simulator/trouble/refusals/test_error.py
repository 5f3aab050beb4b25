"""An error comes in the vendor's envelope."""

import pytest

from tests.simulator.conftest import Played
from tests.simulator.raw import Raw, answered, last, paid


@pytest.mark.parametrize("status", [400, 402, 403, 404, 409, 422, 451, 500, 503, 529])
async def test_an_error_comes_in_the_vendors_envelope(vendor: Played, raw: Raw, status: int) -> None:
    body = await answered(vendor, raw, kind="error", status=status)
    assert raw.status == status
    assert body["error"]["message"]
    assert (paid(vendor), last(vendor).faults, last(vendor).answered) == (0, ("error",), True)
