"""What the vendor says of a member while the store writes down who wears it holds for the call that has not left."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.proxy.stages.limits.test_pooled_limiter import OK, pooled, read, worn, write
from tests.proxy.town import Step, Town, both


def slow_store(town: Town, during: Callable[[], Awaitable[object]]) -> None:
    """Something happens while the store writes down who wears what, for the first time."""
    records = town.proxy.upstreams["things"].records
    wear, slow = records.wear, [True]

    async def wears(call_id: str, credential: str) -> bool:
        if slow:
            slow.clear()
            await during()
        return await wear(call_id, credential)

    records.wear = wears  # type: ignore[method-assign]  # for this test


def test_what_the_vendor_says_while_the_store_is_slow_holds_for_who_has_not_left(tmp_path: Path) -> None:
    """Two writes at once think of the same member; the one that gets another has it written down."""
    busy: Step = (429, {"Retry-After": "5"}, b"")

    async def story(town: Town) -> tuple[list[int], list[tuple[str, str, float]]]:
        async def reads() -> None:
            while len(town.vendor.received) < 4:
                await read(town)

        slow_store(town, reads)
        answers = await both(write(town, "k1"), write(town, "k2"))
        seen = zip(town.vendor.received, worn(town), strict=True)
        return [answer.status for answer in answers], [(who.method, name, who.at_s) for who, name in seen]

    facts = {"throttled": [{"status": 429}]}
    statuses, seen = pooled(tmp_path, [OK, OK, busy, OK], story, names=("one", "two"), facts=facts)
    assert statuses == [200, 200]
    refused_s = seen[2][2]
    assert [name for _, name, _ in seen[:3]] == ["one", "one", "two"]
    assert all(at_s >= refused_s + 5.0 for _, name, at_s in seen[3:] if name == "two")


def test_who_has_not_left_when_its_member_is_set_aside_wears_another(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[list[int], list[str]]:
        async def refused() -> None:
            pool = town.proxy.upstreams["things"].pool
            assert pool is not None
            pool.refused(pool.members["two"].current, 0)

        slow_store(town, refused)
        return [answer.status for answer in await both(write(town, "k1"), write(town, "k2"))], worn(town)

    assert pooled(tmp_path, [OK], story, names=("one", "two")) == ([200, 200], ["one", "one"])
