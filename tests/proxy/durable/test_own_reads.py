"""Tests of tidegate.proxy.durable.own_reads, at a simulated vendor."""

from pathlib import Path

import orjson
import pytest

from tests.proxy.durable.inbox_town import inbox_town
from tidegate.proxy.durable.own_reads import ReadError


async def test_a_read_of_our_own_is_a_call_as_others_are(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        listed = orjson.loads(await town.proxy.reads.read("stripe", "GetEvents", {"limit": "3"}))
        assert listed["data"] == []
        town.proxy.telemetry.flush()
        [line] = [orjson.loads(line) for chunk in town.lines for line in chunk.splitlines() if b'"operation"' in line]
        assert (line["app"], line["operation"], line["status"]) == ("tidegate", "GetEvents", 200)


@pytest.mark.parametrize(
    ("operation", "why"),
    [("GetNothing", "not served"), ("PostCustomers", "no GET"), ("GetEventsId", "no GET")],
)
async def test_what_cannot_be_read_is_told(operation: str, why: str, tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        with pytest.raises(ReadError, match=why):
            await town.proxy.reads.read("stripe", operation, {})


async def test_a_vendor_that_refuses_is_told_by_its_status(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        with pytest.raises(ReadError, match="the vendor answered 400"):
            await town.proxy.reads.read("stripe", "GetEvents", {"nonsense": "1"})
