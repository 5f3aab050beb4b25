"""Limits of several units, by app, learned and in report mode, each through the whole proxy."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.proxy.town import VENDOR, Answer, Plain, Seen, Step, Stream, Town, both, play

OK: Step = (200, {}, b"{}")
WIDE = {"name": "account", "rate": "1000/s", "burst": 1000}


def facts(*limits: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**VENDOR["facts"], "limits": list(limits), **more}


async def read(town: Town, **headers: str) -> Answer:
    return await town.ask("GET", "/things/things/1", headers={"Tidegate-Timeout": "2s", **headers})


async def shoot(town: Town, body: bytes) -> Answer:
    return await town.ask("POST", "/things/shots", data=body, headers={"Tidegate-Timeout": "1s"})


class TestUnits:
    """Tokens, cost and bytes."""

    TOKENS: ClassVar[dict[str, Any]] = {
        "name": "tokens", "rate": "60/m", "burst": 1000, "unit": "tokens",
        "amount": {"fields": ["/max_tokens"], "otherwise": 10},
    }  # fmt: skip
    SPENT: ClassVar[dict[str, Any]] = {"body": {"/usage": {"means": "spent", "unit": "tokens"}}}

    def ask(self, folder: Path, script: Sequence[Step], *asked: int, **more: Any) -> list[int]:
        async def story(town: Town) -> list[int]:
            await town.world.sleep(1000.0)
            return [(await shoot(town, json.dumps({"max_tokens": one}).encode())).status for one in asked]

        return play(folder, script, story, facts=facts(WIDE, self.TOKENS, **more))

    def test_a_request_is_held_back_by_what_it_is_estimated_to_use(self, tmp_path: Path) -> None:
        assert self.ask(tmp_path, [OK], 600, 600, 300) == [200, 429, 200]

    def test_what_it_did_not_use_is_given_back_when_the_vendor_has_said_so(self, tmp_path: Path) -> None:
        cheap: Step = (200, {}, b'{"usage": 50}')
        assert self.ask(tmp_path, [cheap], 600, 600, 600, dialect=self.SPENT) == [200, 200, 200]

    def test_and_what_it_used_beyond_is_taken(self, tmp_path: Path) -> None:
        dear: Step = (200, {}, b'{"usage": 950}')
        assert self.ask(tmp_path, [dear], 10, 100, dialect=self.SPENT) == [200, 429]

    def test_bytes_are_counted_as_they_are(self, tmp_path: Path) -> None:
        size = {"name": "size", "rate": "100/m", "algorithm": "sliding", "unit": "bytes"}

        async def story(town: Town) -> list[int]:
            await town.world.sleep(1000.0)
            return [(await shoot(town, body)).status for body in (b"x" * 60, b"x" * 60, b"x" * 30)]

        assert play(tmp_path, [OK], story, facts=facts(size)) == [200, 429, 200]


def test_a_limit_by_app_is_each_apps_own(tmp_path: Path) -> None:
    config = {"tokens": [{"app": app, "token": f"env:{app.upper()}"} for app in ("one", "two")]}

    async def story(town: Town) -> list[int]:
        await town.world.sleep(200.0)
        asked = [read(town, Authorization=f"Bearer tg_{app}") for app in ("one", "one", "one", "two")]
        return [(await one).status for one in asked]

    limits = facts({"name": "each", "rate": "1/m", "burst": 2, "scope": "app"})
    environ = {"ONE": "tg_one", "TWO": "tg_two"}
    assert play(tmp_path, [OK], story, facts=limits, config=config, environ=environ) == [200, 200, 429, 200]


class TestConcurrency:
    """So many at once."""

    def test_no_more_are_under_way_than_the_vendor_allows(self, tmp_path: Path) -> None:
        async def story(town: Town) -> tuple[int, int]:
            places = town.proxy.upstreams["things"].limits.gauges["concurrency"]
            asked = asyncio.gather(*(town.ask("GET", "/things/things/1") for _ in range(20)))
            most = 0.0
            while not asked.done():
                most = max(most, places.used(0.0) * 3)
                await town.world.sleep(0.0001)
            return round(most), sum(answer.status == 200 for answer in await asked)

        most, done = play(tmp_path, [OK], story, facts=facts(WIDE, concurrency=[{"at_once": 3}]))
        assert (most, done) == (3, 20)

    def test_a_place_comes_back_when_the_vendor_fails_or_the_app_leaves(self, tmp_path: Path) -> None:
        async def story(town: Town) -> Answer:
            await both(*(read(town) for _ in range(3)))
            town.vendor.script = ["hang"]
            leaving = asyncio.ensure_future(read(town))
            await town.world.sleep(0.5)
            leaving.cancel()
            await town.world.sleep(3.0)
            town.vendor.script = [OK]
            return await read(town)

        assert play(tmp_path, ["reset"], story, facts=facts(WIDE, concurrency=[{"at_once": 1}])).status == 200


def test_a_pause_is_all_apps_where_every_limit_is_an_apps_own(tmp_path: Path) -> None:
    """The vendor does not know them apart."""
    config = {"tokens": [{"app": app, "token": f"env:{app.upper()}"} for app in ("one", "two")]}

    async def story(town: Town) -> list[int]:
        await town.world.sleep(200.0)
        return [(await read(town, Authorization=f"Bearer tg_{app}")).status for app in ("one", "two", "one")] + [
            len(town.vendor.received)
        ]

    limits = facts({"name": "each", "rate": "1/s", "burst": 9, "scope": "app"})
    environ = {"ONE": "tg_one", "TWO": "tg_two"}
    script: list[Step] = [(429, {"Retry-After": "30"}, b"{}"), OK]
    assert play(tmp_path, script, story, facts=limits, config=config, environ=environ) == [429, 429, 429, 1]


class TestLearned:
    """What the vendor tells."""

    @pytest.mark.parametrize("skew_s", [0, 300])
    def test_nothing_is_sent_after_the_vendor_said_that_nothing_is_left(self, tmp_path: Path, skew_s: int) -> None:
        told = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(1_767_225_600 + 30 + skew_s)}
        dates = {0: "Thu, 01 Jan 2026 00:00:00 GMT", 300: "Thu, 01 Jan 2026 00:05:00 GMT"}
        script: list[Step] = [(200, {**told, "Date": dates[skew_s]}, b"{}"), OK]

        async def story(town: Town) -> list[int]:
            statuses = [(await read(town)).status for _ in range(3)]
            await town.world.sleep(31.0)
            return [*statuses, (await read(town)).status, len(town.vendor.received)]

        assert play(tmp_path, script, story, facts=facts(WIDE, dialect="github")) == [200, 429, 429, 200, 2]

    def test_a_403_with_nothing_left_is_a_refusal_for_the_rate_and_is_waited_for(self, tmp_path: Path) -> None:
        told = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(1_767_225_602)}
        dated = {**told, "Date": "Thu, 01 Jan 2026 00:00:00 GMT"}
        throttled = [{"status": 403, "when": {"header": "x-ratelimit-remaining", "value": "0"}}]

        async def story(town: Town) -> tuple[int, float]:
            status = (await town.ask("GET", "/things/things/1")).status
            return status, town.vendor.received[1].at_s - town.vendor.received[0].at_s

        vendor = facts(WIDE, dialect="github", throttled=throttled)
        status, waited_s = play(tmp_path, [(403, dated, b"{}"), OK], story, facts=vendor)
        assert status == 200
        assert waited_s >= 1.9

    def test_another_403_is_about_the_credential(self, tmp_path: Path) -> None:
        throttled = [{"status": 403, "when": {"header": "x-ratelimit-remaining", "value": "0"}}]

        async def story(town: Town) -> str:
            return (await read(town)).problem

        vendor = facts(WIDE, dialect="github", throttled=throttled)
        assert (
            play(tmp_path, [(403, {"X-RateLimit-Remaining": "7"}, b"{}")], story, facts=vendor) == "credential-rejected"
        )

    def test_a_refusal_that_no_wait_heals_is_final(self, tmp_path: Path) -> None:
        throttled = [{"status": 429, "code": "insufficient_quota", "means": "exhausted"}, {"status": 429}]
        spent: Step = (429, {}, b'{"error": {"code": "insufficient_quota"}}')

        async def story(town: Town) -> tuple[int, int]:
            return (await read(town)).status, len(town.vendor.received)

        assert play(tmp_path, [spent, OK], story, facts=facts(WIDE, throttled=throttled)) == (429, 1)

    def test_refusals_that_say_nothing_are_waited_for_longer_each_time(self, tmp_path: Path) -> None:
        policy = VENDOR["policy"] | {"retry": {"attempts": 1}}

        async def story(town: Town) -> list[float]:
            for _ in range(500):
                await read(town)
                await town.world.sleep(1.0)
            return [round(later.at_s - seen.at_s) for seen, later in pairwise(town.vendor.received)]

        first, second, third = play(
            tmp_path, [(429, {}, b"{}")] * 3 + [OK], story, facts=facts(WIDE, dialect="github"), policy=policy
        )[:3]
        assert 60 <= first <= 68
        assert 120 <= second <= 134
        assert 240 <= third <= 266

    def test_slow_answers_teach_nothing_about_a_rate(self, tmp_path: Path) -> None:
        async def story(town: Town) -> tuple[float, float]:
            gauge = town.proxy.upstreams["things"].limits.gauges["adaptive"]
            first = gauge.rate_per_s
            await both(*(read(town) for _ in range(8)))
            return first, gauge.rate_per_s

        slow = Stream([b"{}"], every_s=2.0, headers={"Content-Length": "2"})
        first, later = play(tmp_path, [slow], story, facts=facts(adaptive=True))
        assert later >= first

    def test_where_nothing_is_documented_refusals_teach_a_rate(self, tmp_path: Path) -> None:
        async def story(town: Town) -> tuple[float, float]:
            gauge = town.proxy.upstreams["things"].limits.gauges["adaptive"]
            first = gauge.rate_per_s
            await both(*(read(town) for _ in range(8)))
            return first, gauge.rate_per_s

        first, later = play(tmp_path, [(429, {}, b"{}")], story, facts=facts(adaptive=True))
        assert later < first


class TestReport:
    """What would have been refused passes, is counted, and is told."""

    def asked(
        self, folder: Path, policy: dict[str, Any], **more: Any
    ) -> tuple[set[int], dict[tuple[str, str], int], list[Any]]:
        async def story(town: Town) -> tuple[set[int], dict[tuple[str, str], int], list[Any]]:
            got = await both(*(read(town) for _ in range(30)))
            notes = [line for line in town.log() if line.get("note") == "would refuse"]
            return {answer.status for answer in got}, dict(town.proxy.upstreams["things"].reports.counts), notes

        limit = {"name": "account", "rate": "5/s", "burst": 1}
        return play(folder, [OK], story, facts=facts(limit, **more), policy=VENDOR["policy"] | policy)

    def test_the_limiter(self, tmp_path: Path) -> None:
        statuses, counts, notes = self.asked(tmp_path, {"limiter": {"mode": "report"}})
        assert statuses == {200}
        assert 15 <= counts["limiter", "would expire"] <= 25
        assert notes[0]["rule"] == "limiter"

    def test_the_queue(self, tmp_path: Path) -> None:
        statuses, counts, _ = self.asked(tmp_path, {"queue": {"depth": 3, "mode": "report"}})
        assert statuses == {200}
        assert counts["queue", "full"] >= 20

    def test_places_are_lent_and_come_back_all_the_same(self, tmp_path: Path) -> None:
        at_once = [{"at_once": 2}]
        statuses, counts, _ = self.asked(tmp_path, {"limiter": {"mode": "report"}}, concurrency=at_once)
        assert statuses == {200}
        assert sum(counts.values()) >= 15


class TestTelling:
    """What apps are told."""

    LIMIT: ClassVar[dict[str, Any]] = {"name": "account", "rate": "1/s", "burst": 1}

    def test_a_refusal_tells_what_is_left_and_what_the_limit_is(self, tmp_path: Path) -> None:
        async def story(town: Town) -> list[Answer]:
            return await both(*(read(town) for _ in range(5)))

        got = play(tmp_path, [OK], story, facts=facts(self.LIMIT))
        refused = next(answer for answer in got if answer.status == 429)
        assert refused.headers["RateLimit"].startswith('"account";r=0;t=')
        assert refused.headers["RateLimit-Policy"] == '"account";q=1;w=1'

    def test_so_does_the_answer_to_a_call_that_had_to_wait_and_no_other(self, tmp_path: Path) -> None:
        async def story(town: Town) -> list[bool]:
            await town.world.sleep(5.0)
            return ["RateLimit" in answer.headers for answer in await both(read(town), read(town))]

        assert sorted(play(tmp_path, [OK], story, facts=facts(self.LIMIT))) == [False, True]

    def test_nobody_is_told_where_the_policy_says_so(self, tmp_path: Path) -> None:
        async def story(town: Town) -> list[bool]:
            return ["RateLimit" in answer.headers for answer in await both(*(read(town) for _ in range(5)))]

        policy = VENDOR["policy"] | {"limiter": {"tell": False}}
        assert not any(play(tmp_path, [OK], story, facts=facts(self.LIMIT), policy=policy))


@pytest.mark.parametrize("mark", [{"Age": "3600"}, {"Idempotent-Replayed": "true"}], ids=["a cache", "the vendor"])
def test_an_answer_that_was_kept_says_nothing_of_the_vendors_clock(tmp_path: Path, mark: dict[str, str]) -> None:
    """Its Date is that of the moment in which it was made. Believed, it would begin every window anew."""

    async def story(town: Town) -> int:
        async def answer(seen: Seen) -> Plain:
            old = len(town.vendor.received) % 5 == 0
            at = formatdate(town.world.wall() - 3600.0 * old, usegmt=True)
            return 200, {"Date": at, **(mark if old else {})}, b"{}"

        async def write(after_s: float) -> None:
            await town.world.sleep(after_s)
            await town.ask("POST", "/things/things", data=b"a", headers={"Tidegate-Timeout": "100ms"})

        town.vendor.script = [answer]
        await both(*(write(number * 0.5) for number in range(600)))
        ahead_s = town.world.wall() - town.world.now()
        return max(Counter(int((seen.at_s + ahead_s) // 60) for seen in town.vendor.received).values())

    fixed = {"name": "account", "rate": "30/m", "algorithm": "fixed"}
    assert play(tmp_path, [OK], story, facts=facts(fixed)) == 30
