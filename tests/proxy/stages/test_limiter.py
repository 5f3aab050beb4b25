"""The vendor's limit is kept before the vendor has to enforce it; who cannot wait is told at once."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.town import VENDOR, Answer, Step, Stream, Town, both, play

OK: Step = (200, {}, b"{}")


def facts(rate: str, burst: int, **more: Any) -> dict[str, Any]:
    return {**VENDOR["facts"], "limits": [{"name": "account", "rate": rate, "burst": burst, **more}]}


async def read(town: Town, **headers: str) -> Answer:
    return await town.ask("GET", "/things/things/1", headers=headers)


def test_a_burst_reaches_the_vendor_at_its_rate(tmp_path: Path) -> None:
    async def story(town: Town) -> list[float]:
        await both(*(read(town) for _ in range(60)))
        return [seen.at_s for seen in town.vendor.received]

    times = play(tmp_path, [OK], story, facts=facts("20/s", 5))
    assert len(times) == 60
    for first, at in enumerate(times):
        within = [later for later in times[first:] if later < at + 1.0]
        assert len(within) <= 20 + 5


def test_an_answer_makes_room_although_others_may_be_on_their_way_for_longer(tmp_path: Path) -> None:
    """Of five at once each may be on its way for 0.3 s: without their answers the sixth would leave at 0.4 s."""

    async def story(town: Town) -> list[float]:
        await town.world.sleep(1.0)
        await both(*(read(town) for _ in range(8)))
        return [seen.at_s for seen in town.vendor.received]

    times = play(tmp_path, [OK], story, facts=facts("10/s", 5))
    assert times[4] - times[0] < 0.05
    assert 0.05 < times[5] - times[0] < 0.2


def test_who_would_wait_too_long_is_refused_at_once_and_told_when_to_come(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[list[Answer], float, int]:
        began = town.world.now()
        got = await both(*(read(town, **{"Tidegate-Timeout": "2s"}) for _ in range(100)))
        return got, town.world.now() - began, len(town.vendor.received)

    got, took_s, asked = play(tmp_path, [OK], story, facts=facts("10/s", 1))
    refused = [answer for answer in got if answer.problem == "rate-limited"]
    assert len(refused) + asked == 100
    assert 15 <= asked <= 21
    assert took_s <= 2.1
    assert all(answer.status == 429 and int(answer.headers["Retry-After"]) >= 1 for answer in refused)


def test_a_full_queue_is_our_own_overload(tmp_path: Path) -> None:
    async def story(town: Town) -> set[str]:
        return {answer.problem for answer in await both(*(read(town) for _ in range(30)))}

    policy = VENDOR["policy"] | {"queue": {"depth": 3, "wait": "5s"}}
    assert "overloaded" in play(tmp_path, [OK], story, facts=facts("10/s", 1), policy=policy)


def test_limits_of_one_operation_do_not_hold_up_another(tmp_path: Path) -> None:
    async def story(town: Town) -> float:
        slow = [asyncio.ensure_future(read(town)) for _ in range(5)]
        await town.world.sleep(0.01)
        began = town.world.now()
        assert (await town.ask("GET", "/things/things")).status == 200
        took_s = town.world.now() - began
        await asyncio.gather(*slow)
        return took_s

    assert play(tmp_path, [OK], story, facts=facts("1/s", 1, scope="operation")) < 1.1


@pytest.mark.parametrize(
    ("refusal", "pause_s"),
    [
        pytest.param((429, {"Retry-After": "2"}, b"{}"), 2.0, id="a whole answer"),
        pytest.param(
            Stream([b"{", b"}"], every_s=1.0, status=429, headers={"Retry-After": "4"}),
            4.0,
            id="before its body has come",
        ),
    ],
)
def test_after_a_429_with_retry_after_nobody_asks_before_that(tmp_path: Path, refusal: Step, pause_s: float) -> None:
    async def story(town: Town) -> float:
        first = asyncio.ensure_future(read(town))
        await town.world.sleep(0.5)
        await read(town)
        await first
        return town.vendor.received[1].at_s - town.vendor.received[0].at_s

    assert play(tmp_path, [refusal, OK], story) >= pause_s


STORED = {"Idempotent-Replayed": "true", "Retry-After": "15"}


@pytest.mark.parametrize("more", [{}, {"dialect": "stripe"}], ids=["plain", "metered"])
@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param((429, STORED, b"{}"), id="a whole answer"),
        pytest.param(Stream([b"{", b"}"], every_s=1.0, status=429, headers=STORED), id="before its body has come"),
    ],
)
def test_a_429_that_the_vendor_stored_for_a_key_holds_nobody_else_back(
    tmp_path: Path, refusal: Step, more: dict[str, Any]
) -> None:
    async def story(town: Town) -> tuple[int, int, float]:
        stored = asyncio.ensure_future(town.ask("POST", "/things/things", data=b"a"))
        await town.world.sleep(3.0)
        began = town.world.now()
        return (await stored).status, (await read(town)).status, town.world.now() - began

    stored, other, took_s = play(tmp_path, [refusal, OK], story, facts={**VENDOR["facts"], **more})
    assert (stored, other) == (429, 200)
    assert took_s < 1.0


def test_those_who_were_told_the_same_moment_do_not_come_back_together(tmp_path: Path) -> None:
    later: Step = (429, {"Retry-After": "2"}, b"{}")

    async def story(town: Town) -> float:
        await read(town)
        began = town.world.now()
        while (await read(town)).status != 200:
            await town.world.sleep(0.001)
        return town.world.now() - began

    once = VENDOR["policy"] | {"retry": {"attempts": 1}, "queue": {"depth": 0, "wait": "5s"}}
    waits = {round(play(tmp_path, [later, OK], story, seed=seed, policy=once), 3) for seed in range(4)}
    assert len(waits) == 4
    assert all(1.99 <= wait <= 2.3 for wait in waits)


def test_the_wait_in_the_queue_is_told_in_the_log(tmp_path: Path) -> None:
    async def story(town: Town) -> list[float]:
        await both(*(read(town) for _ in range(5)))
        return sorted(line["queued_ms"] for line in town.log())

    queued = play(tmp_path, [OK], story, facts=facts("10/s", 1))
    assert queued[-1] > 300


def test_without_a_queue_a_used_up_quota_is_a_quota_and_no_overload(tmp_path: Path) -> None:
    async def story(town: Town) -> set[tuple[int, str]]:
        return {(answer.status, answer.problem) for answer in await both(*(read(town) for _ in range(5)))}

    policy = VENDOR["policy"] | {"queue": {"depth": 0, "wait": "5s"}}
    assert play(tmp_path, [OK], story, facts=facts("10/s", 1), policy=policy) == {(429, "rate-limited")}


@pytest.mark.parametrize("limits", [[], [{"name": "told", "rate": "600/m", "algorithm": "fixed", "aligned": "told"}]])
def test_a_pause_that_the_vendor_asks_for_holds_back_every_call_whatever_counts_them(
    tmp_path: Path, limits: list[dict[str, Any]]
) -> None:
    """Where nothing is documented, and where the vendor's own count is the only one."""

    async def story(town: Town) -> list[float]:
        await both(read(town), _later(town, 1.0))
        await town.world.sleep(20.0)
        await both(*(read(town) for _ in range(3)))
        return [seen.at_s for seen in town.vendor.received]

    throttled: Step = (429, {"Retry-After": "4"}, b"{}")
    times = play(tmp_path, [throttled, OK], story, facts={**VENDOR["facts"], "limits": limits, "adaptive": False})
    assert len(times) == 6
    assert min(times[1:3]) >= times[0] + 4.0
    assert times[5] - times[3] < 0.05


async def _later(town: Town, after_s: float) -> Answer:
    await town.world.sleep(after_s)
    return await read(town)


@pytest.mark.parametrize("scope", [{}, {"scope": "operations", "of": ["Post*"]}], ids=["limited", "nothing limits it"])
def test_a_refusal_is_believed_though_its_body_never_ends(tmp_path: Path, scope: dict[str, Any]) -> None:
    refusal = Stream([b"{"], every_s=0.01, then="hang", status=429, headers={"Retry-After": "30"})

    async def story(town: Town) -> list[int]:
        await town.world.sleep(5.0)
        answers = [await read(town, **{"Tidegate-Timeout": "8s"}) for _ in range(2)]
        return [*(answer.status for answer in answers), len(town.vendor.received)]

    *_, second, asked = play(tmp_path, [refusal], story, facts=facts("20/s", 5, **scope))
    assert (second, asked) == (429, 1)
