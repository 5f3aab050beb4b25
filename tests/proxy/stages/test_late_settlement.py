"""A record that its store does not take is settled as soon as it does."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.stages import late_settlement
from tidegate.proxy.store.store_error import StoreError

CALL: Any = SimpleNamespace(call_id="c1", outcome="unknown", content=SimpleNamespace(digest=""))


class FullStore:
    """Records on a disk that is full for so many tries."""

    def __init__(self, full: int) -> None:
        self.full, self.settled_s = full, list[float]()

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def finish(self, call_id: str, outcome: str, **rest: Any) -> bool:
        if self.full:
            self.full -= 1
            raise StoreError("the disk is full", "full")
        self.settled_s.append(self.now())
        return True


def settled_s(full: int) -> list[float]:
    """When a call that ended at once was settled, and whether something is still to be said then."""

    async def main() -> list[float]:
        records: Any = FullStore(full)
        await late_settlement.settle(VirtualWorld(1), records, CALL, None)
        await VirtualWorld(1).sleep(late_settlement.LATE_EVERY_S * (late_settlement.LATE_TRIES + 2))
        assert not late_settlement._LATE
        return list(records.settled_s)

    return run(main)


def test_it_is_settled_at_once_or_with_the_first_try_after_the_trouble() -> None:
    assert settled_s(0) == [0.0]
    assert settled_s(3) == [3 * late_settlement.LATE_EVERY_S]


def test_after_half_an_hour_it_is_left_to_its_lease() -> None:
    assert settled_s(late_settlement.LATE_TRIES) == [late_settlement.LATE_TRIES * late_settlement.LATE_EVERY_S]
    assert settled_s(late_settlement.LATE_TRIES + 1) == []


def test_no_more_are_remembered_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_settlement, "LATE_MAX", 0)
    assert settled_s(1) == []
