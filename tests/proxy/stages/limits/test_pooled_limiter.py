"""A vendor with several credentials, through the whole proxy: which one each request wears, and which never again."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.proxy.town import VENDOR, Answer, Plain, Seen, Step, Town, both, play

T = TypeVar("T")

OK: Step = (200, {"Content-Type": "application/json"}, b'{"id": 1}')
SPENT: Step = (429, {"Content-Type": "application/json"}, b'{"error": {"code": "insufficient_quota"}}')
LIMIT = {"name": "account", "rate": "1/s", "burst": 1}
NAMES = ("one", "two", "three")
ENVIRON = {name.upper(): f"sk_{name}" for name in NAMES}


def pooled(
    folder: Path,
    script: Sequence[Step],
    story: Callable[[Town], Awaitable[T]],
    *,
    names: Sequence[str] = NAMES,
    pool: dict[str, Any] | None = None,
    facts: dict[str, Any] | None = None,
    **changes: Any,
) -> T:
    secrets = {name: f"env:{name.upper()}" for name in names}
    auth = {**VENDOR["facts"]["auth"], "secrets": secrets, "pool": pool or {}}
    facts = {**VENDOR["facts"], "auth": auth, **(facts or {})}
    return play(folder, script, story, facts=facts, environ=ENVIRON, **changes)


def worn(town: Town) -> list[str]:
    return [seen.headers["Authorization"].removeprefix("Bearer sk_") for seen in town.vendor.received]


async def read(town: Town, number: int = 1) -> Answer:
    return await town.ask("GET", f"/things/things/{number}")


async def write(town: Town, key: str = "", path: str = "things", budget: str = "20s") -> Answer:
    headers = {"Tidegate-Timeout": budget} | ({"Idempotency-Key": key} if key else {})
    return await town.ask("POST", f"/things/{path}", data=b"a=1", headers=headers)


def test_members_take_turns_and_each_has_the_whole_limit(tmp_path: Path) -> None:
    async def story(town: Town) -> list[tuple[float, str]]:
        await town.world.sleep(10.0)
        await both(*(read(town) for _ in range(6)))
        return [(round(seen.at_s), who) for seen, who in zip(town.vendor.received, worn(town), strict=True)]

    seen = pooled(tmp_path, [OK], story, facts={"limits": [LIMIT]})
    assert Counter(who for _, who in seen) == dict.fromkeys(NAMES, 2)
    assert Counter(at for at, _ in seen) == {10: 3, 11: 3}


def test_a_limit_of_the_account_is_one_for_all_members(tmp_path: Path) -> None:
    async def story(town: Town) -> float:
        await town.world.sleep(10.0)
        began = town.world.now()
        await both(*(read(town) for _ in range(4)))
        return town.world.now() - began

    took_s = pooled(tmp_path, [OK], story, facts={"limits": [LIMIT | {"scope": "account"}]})
    assert 3.0 <= took_s < 4.0


def test_a_pause_is_kept_by_the_member_that_was_asked_for_it_where_nothing_else_limits(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[list[str], Counter[str]]:
        problems = [
            (await town.ask("GET", "/things/things/1", headers={"Tidegate-Timeout": "2s"})).problem for _ in range(5)
        ]
        early = Counter(worn(town))
        await town.world.sleep(40.0)
        town.vendor.script = [OK]
        return [*problems, str((await read(town)).status)], early

    elsewhere = [{**LIMIT, "scope": "operations", "of": ["Post*"]}]
    asked_for: Step = (429, {"Retry-After": "30"}, b"{}")
    problems, early = pooled(tmp_path, [asked_for], story, facts={"limits": elsewhere})
    assert problems[-2:] == ["rate-limited", "200"]
    assert early == dict.fromkeys(NAMES, 1)


def test_one_that_the_vendor_does_not_know_is_passed_over_and_nobody_notices(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[list[int], list[str], Any]:
        statuses = [(await read(town)).status for _ in range(4)]
        return statuses, worn(town), town.proxy.upstreams["things"].pool

    statuses, seen, pool = pooled(tmp_path, [401, OK], story)
    assert statuses == [200] * 4
    assert seen == ["one", "two", "three", "two", "three"]
    assert pool.states()["one"]["standing"] == "rejected"


@pytest.mark.parametrize("path", ["things", "shots"])
def test_so_goes_a_write_because_a_refused_credential_has_done_nothing(tmp_path: Path, path: str) -> None:
    async def story(town: Town) -> tuple[int, list[str]]:
        return (await write(town, path=path)).status, worn(town)

    assert pooled(tmp_path, [401, 401, OK], story) == (200, ["one", "two", "three"])


def test_a_call_is_told_when_every_member_was_refused_and_the_next_one_waits_for_a_trial(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, Answer, list[str]]:
        first = await read(town)
        return first, await read(town), worn(town)

    first, second, seen = pooled(tmp_path, [401, 401, 401, OK], story)
    assert (first.status, first.problem) == (502, "credential-rejected")
    assert second.status == 200
    assert seen == [*NAMES, "one"]


def test_a_vendor_that_knows_nobody_any_more_is_asked_by_trials_alone(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Counter[str | None], int]:
        problems = Counter[str | None]()
        for _ in range(60):
            problems[(await read(town)).problem] += 1
            await town.world.sleep(1.0)
        return problems, len(town.vendor.received)

    problems, asked = pooled(tmp_path, [401], story)
    assert set(problems) == {"credential-rejected"}
    assert asked <= 3 + 3 * 6, "each member is tried after 1, 2, 4, 8, 16 and 32 s"


def test_one_whose_quota_is_used_up_rests_until_its_reset(tmp_path: Path) -> None:
    throttled = [{"status": 429, "code": "insufficient_quota", "means": "exhausted"}, {"status": 429}]

    async def story(town: Town) -> tuple[int, list[str], Any]:
        status = (await read(town)).status
        await read(town)
        await read(town)
        return status, worn(town), town.proxy.upstreams["things"].pool

    status, seen, pool = pooled(tmp_path, [SPENT, OK], story, facts={"throttled": throttled})
    assert (status, seen) == (200, ["one", "two", "three", "two"])
    assert (pool.states()["one"]["standing"], pool.states()["one"]["aside_s"]) == (
        "exhausted",
        pytest.approx(60, abs=1),
    )


def test_a_resend_wears_what_the_first_attempt_wore(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, list[str]]:
        await town.world.sleep(10.0)
        await read(town)
        return (await write(town, "k1")).status, worn(town)

    assert pooled(tmp_path, [OK, 500, 500, OK], story) == (200, ["one", "two", "two", "two"])


def test_and_another_one_where_the_vendor_knows_the_key_under_any(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, list[str]]:
        await town.world.sleep(10.0)
        await read(town)
        return (await write(town, "k1")).status, worn(town)

    facts = {"account": "one", "keys": "account"}
    assert pooled(tmp_path, [OK, 500, OK], story, pool=facts) == (200, ["one", "two", "three"])


def test_what_was_not_carried_out_may_go_under_another(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, list[str]]:
        return (await write(town, "k1")).status, worn(town)

    busy: Step = (429, {}, b"")
    assert pooled(tmp_path, [busy, OK], story, facts={"throttled": [{"status": 429}]}) == (200, ["one", "two"])


@pytest.mark.parametrize("key", ["k1", ""])
def test_a_write_in_doubt_that_is_repeated_later_wears_it_too(tmp_path: Path, key: str) -> None:
    """The record names it, also of a write whose app gave no key: that one is asked for by the outbox."""
    operations = {"PostThings": {"idempotency": "vendor-key", "defer": {"when": "never", "unknown": "resolve"}}}

    async def story(town: Town) -> tuple[int, list[str]]:
        first = await write(town, key, budget="1s")
        await both(*(read(town, number) for number in range(4)))
        if key:
            await write(town, key)
        else:
            await town.world.sleep(60.0)
        return first.status, worn(town)

    more = {} if key else {"operations": VENDOR["operations"] | operations}
    status, seen = pooled(tmp_path, ["hang", OK], story, **more)
    assert status == 504
    assert (seen[0], seen[-1]) == ("one", "one")
    assert set(seen[1:-1]) == set(NAMES)


def test_a_write_in_doubt_is_not_resent_once_its_credential_is_set_aside(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[str | None, bool, list[str]]:
        await write(town, "k1", budget="1s")
        pool = town.proxy.upstreams["things"].pool
        assert pool is not None
        pool.refused(pool.members["one"].current, 0)
        again = await write(town, "k1", budget="1s")
        aside_s = pool.choice.members["one"].wait_s(town.world.now())
        return again.problem, aside_s <= int(again.headers["Retry-After"]) < aside_s + 3.0, worn(town)

    assert pooled(tmp_path, ["hang", OK], story) == ("outcome-unknown", True, ["one"])


def test_a_member_named_in_the_record_is_written_down_anew_before_another_is_worn(tmp_path: Path) -> None:
    """The first attempt is refused, the second one's outcome is unknown: the resend must wear the second's."""

    async def story(town: Town) -> list[str]:
        await write(town, "k1", budget="1s")
        await write(town, "k1")
        return worn(town)

    assert pooled(tmp_path, [401, "hang", OK], story) == ["one", "two", "two"]


def test_a_call_goes_on_under_the_one_that_is_left_though_another_may_be_tried_again(tmp_path: Path) -> None:
    """The second refusal is long in coming, so that the time aside of the first member is over by then."""

    async def story(town: Town) -> tuple[int, list[str]]:
        async def late(_: Seen) -> Plain:
            await town.world.sleep(2.0)
            return 401, {}, b""

        town.vendor.script = [401, late, OK]
        return (await read(town)).status, worn(town)

    assert pooled(tmp_path, [OK], story) == (200, list(NAMES))


def test_log_lines_and_state_name_the_member_and_never_its_value(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[list[dict[str, Any]], str]:
        await read(town)
        lines = [line for line in town.log() if "attempts" in line]
        shown = json.dumps(town.proxy.upstreams["things"].pool.states())  # type: ignore[union-attr]  # it is one
        return lines, shown

    lines, shown = pooled(tmp_path, [401, OK], story)
    assert [attempt["credential"] for attempt in lines[0]["attempts"]] == ["one", "two"]
    assert "sk_" not in json.dumps(lines) + shown


KEPT: dict[str, Any] = {"operations": {**VENDOR["operations"], "GetThing": {"cache": {"fresh": "60s"}}}}


@pytest.mark.parametrize(("account", "asked"), [("each", 2), ("one", 1)])
def test_members_share_a_kept_answer_where_they_are_of_one_account_and_not_else(
    tmp_path: Path, account: str, asked: int
) -> None:
    async def story(town: Town) -> list[str]:
        await read(town)
        await read(town)
        pool = town.proxy.upstreams["things"].pool
        assert pool is not None
        first = worn(town)[0]
        for _ in range(3):  # those that were on their way
            pool.refused(pool.members[first].current, 0)
        await read(town)
        await read(town)
        return worn(town)

    seen = pooled(tmp_path, [OK], story, pool={"account": account}, **KEPT)
    assert len(seen) == len(set(seen)) == asked


def test_an_answer_is_kept_for_the_member_that_was_worn_in_the_end(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[list[str], int]:
        await read(town)
        statuses = [(await read(town)).headers.get("Cache-Status", "") for _ in range(2)]
        return worn(town), sum("hit" in status for status in statuses)

    seen, hits = pooled(tmp_path, [401, OK], story, **KEPT)
    assert (len(seen), hits) == (2, 2), "the one that was refused is not preferred any more"


def test_a_write_makes_what_any_member_was_given_doubtful(tmp_path: Path) -> None:
    async def story(town: Town) -> int:
        await read(town)
        await town.ask("PUT", "/things/things/1", data=b"a=1")
        await read(town)
        return len(town.vendor.received)

    assert pooled(tmp_path, [OK], story, **KEPT) == 3


def test_a_refusal_tells_what_is_left_of_the_whole_pool(tmp_path: Path) -> None:
    async def story(town: Town) -> list[Answer]:
        return [await town.ask("GET", "/things/things/1", headers={"Tidegate-Timeout": "50ms"}) for _ in range(4)]

    *_, answer = pooled(tmp_path, [OK], story, facts={"limits": [{"name": "account", "rate": "10/h", "burst": 1}]})
    assert answer.problem == "rate-limited"
    assert answer.headers["RateLimit-Policy"] == '"account";q=30;w=3600'
    assert answer.headers["RateLimit"].startswith('"account";r=0;t=')
