"""JSON without its end."""

import orjson
import pytest

from tests.simulator.conftest import Played
from tests.simulator.raw import Raw, answered, last, paid


async def test_json_may_lack_its_last_bracket(vendor: Played, raw: Raw) -> None:
    with pytest.raises(orjson.JSONDecodeError):
        await answered(vendor, raw, kind="malformed")
    assert orjson.loads(raw.body + b"}")["object"] == "payment_intent"
    assert (raw.status, paid(vendor), last(vendor).faults) == (200, 1, ("malformed",))
