"""Bytes without a meaning."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from tests.simulator.conftest import Played
from tests.simulator.raw import Raw, answered, hit, last, paid


async def test_garbage_may_come_as_the_body(vendor: Played, raw: Raw) -> None:
    with pytest.raises(orjson.JSONDecodeError):
        await answered(vendor, raw, kind="garbage", size=100)
    assert (raw.status, raw.header("content-type"), len(raw.body)) == (200, "application/json", 100)
    assert (paid(vendor), last(vendor).faults) == (1, ("garbage",))


async def test_garbage_may_come_instead_of_http(vendor: Played, raw: Raw) -> None:
    assert await hit(vendor, raw, kind="garbage", instead_of="answer", size=100) == "fin"
    assert len(raw.heard) == 100
    assert b"HTTP" not in raw.heard
    assert last(vendor).answered is False


async def test_garbage_is_the_same_for_the_same_seed(play: Callable[..., Any]) -> None:
    heard = []
    for seed in (7, 7, 8):
        vendor = await play(seed=seed)
        client = await Raw.to(vendor)
        await hit(vendor, client, kind="garbage", instead_of="answer")
        heard.append(client.heard)
    assert heard[0] == heard[1] != heard[2]
