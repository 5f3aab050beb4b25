"""Tests of tidegate.proxy.desk.by_hand.bulk_replay, by the page that orders it."""

from pathlib import Path

import pytest

from tests.proxy.desk.letters import accept, dead, desk, letter, settle_all
from tests.proxy.store.places import at
from tidegate.proxy.desk.vendor_terms import VendorTerms


async def test_many_are_spread_over_time_the_oldest_first(tmp_path: Path) -> None:
    async with desk(tmp_path) as at_desk:
        await accept(at_desk.deliveries, *map(letter, range(5)))
        await settle_all(at_desk.deliveries, dead())
        status, result = await at_desk.post("/replay", filter={"vendor": "stripe"}, share="10%", note="back")
        assert (status, result["matched"], result["replayed"], result["takes_s"]) == (200, 5, 5, 4.0)
        assert result["operations"] == [
            {"box": "outbox", "vendor": "stripe", "operation": "PostRefunds", "deliveries": 5, "limit_per_s": 10.0,
             "takes_s": 4.0, "asked_first": 5, "key_forgotten": 0}
        ]  # fmt: skip
        waits = [(await at_desk.deliveries.find(f"d{n}")) for n in range(5)]
        assert [one.not_before for one in waits if one] == [10.0, 11.0, 12.0, 13.0, 14.0]
        assert {one.new.deadline for one in waits if one} == {86_400.0 + 10 + n for n in range(5)}
        early = await at_desk.deliveries.claim("outbox", at(11.5), lease_s=60)
        assert [one.new.id for one in early] == ["d0", "d1"], "the others have to wait for their time"
        assert (await at_desk.get("/d4"))["audit"][0]["note"] == "back"


async def test_a_second_order_comes_after_the_first_and_a_dry_run_moves_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path) as at_desk:
        await accept(at_desk.deliveries, *map(letter, range(4)))
        await settle_all(at_desk.deliveries, dead())
        for _ in range(2):
            _, would = await at_desk.post("/replay", filter={"text": "k0"}, dry_run=True)
            assert (would["matched"], would["replayed"], would["takes_s"]) == (1, 0, 0.0)
        await at_desk.post("/replay", filter={"text": "k0"})
        await at_desk.post("/replay", filter={"box": "outbox"})
        moments = [one.not_before for n in range(4) if (one := await at_desk.deliveries.find(f"d{n}"))]
    assert moments == [10.0, 11.0, 12.0, 13.0]


@pytest.mark.parametrize(("pace", "moments"), [("all", [10.0, 11.0, 12.0, 13.0]), ("", [10.0, 10.0, 11.0, 11.0])])
async def test_operations_that_share_a_limit_share_its_pace(tmp_path: Path, pace: str, moments: list[float]) -> None:
    async with desk(tmp_path, VendorTerms(rate_per_s=10.0, pace=pace)) as at_desk:
        await accept(at_desk.deliveries, *(letter(n, operation=f"Post{n % 2}") for n in range(4)))
        await settle_all(at_desk.deliveries, dead())
        _, would = await at_desk.post("/replay", filter={"box": "outbox"}, dry_run=True)
        await at_desk.post("/replay", filter={"box": "outbox"})
        found = [one.not_before for n in range(4) if (one := await at_desk.deliveries.find(f"d{n}"))]
    assert found == moments
    assert would["takes_s"] == moments[-1] - 10.0


async def test_what_the_vendor_may_have_forgotten_is_told(tmp_path: Path) -> None:
    async with desk(tmp_path, VendorTerms(rate_per_s=100, key_memory_s=3600)) as at_desk:
        await accept(at_desk.deliveries, letter(1), letter(2, not_before=7000.0))
        await settle_all(at_desk.deliveries, dead())
        await settle_all(at_desk.deliveries, dead("expired"), age_s=7001.0, sent=False)
        at_desk.age_s = 7002.0
        _, would = await at_desk.post("/replay", filter={"box": "outbox"}, dry_run=True)
        (count,) = would["operations"]
        assert (count["deliveries"], count["asked_first"], count["key_forgotten"]) == (2, 1, 1)
        await at_desk.post("/replay", filter={"box": "outbox"})
        states = [one.state for n in (1, 2) if (one := await at_desk.deliveries.find(f"d{n}"))]
    assert states == ["unknown", "queued"], "what was sent once is asked for first; what never was is not"


async def test_only_dead_ones_are_replayed(tmp_path: Path) -> None:
    async with desk(tmp_path) as at_desk:
        await accept(at_desk.deliveries, letter(1))
        _, result = await at_desk.post("/replay", filter={"box": "outbox"})
    assert (result["matched"], result["replayed"]) == (0, 0)


async def test_more_than_somebody_was_told_of_are_refused_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(tmp_path) as at_desk:
        await accept(at_desk.deliveries, *map(letter, range(4)))
        await settle_all(at_desk.deliveries, dead())
        status, answer = await at_desk.post("/replay", filter={"box": "outbox"}, at_most=3)
        assert (status, answer["error"]) == (409, "more than 3 match; look again")
        for name in ("by_hand.hand_order", "delivery_pages"):
            monkeypatch.setattr(f"tidegate.proxy.desk.{name}.BULK_MAX", 3)
        status, answer = await at_desk.post("/replay", filter={"box": "outbox"})
        assert (status, answer["error"]) == (409, "more than 3 match; take the oldest first, with until")
        assert len((await at_desk.get("?state=dead"))["deliveries"]) == 4


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ({"filter": {"vendor": "stirpe"}}, "did you mean stripe?"),
        ({"filter": {"reason": "rejectd"}}, "did you mean rejected?"),
        ({"filter": {"vendr": "stripe"}}, "did you mean vendor?"),
        ({"filter": {"after": "7"}}, "there is no filter after"),
    ],
)
async def test_a_filter_that_cannot_be_meant_is_refused(tmp_path: Path, order: dict[str, object], says: str) -> None:
    async with desk(tmp_path) as at_desk:
        status, answer = await at_desk.post("/replay", **order)
    assert (status, says in answer["error"]) == (400, True), answer
