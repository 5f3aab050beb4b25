"""Calls carry a token that is good, whatever its refreshing does meanwhile."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.credentials.token_town import REFRESH_TOKEN, ROTATING, TokenTown, auth_of, play, revoke
from tests.proxy.reload.test_reload import at_once
from tidegate.proxy.reload.reload import Reloader
from tidegate.proxy.store.store_error import StoreError


@pytest.mark.parametrize("auth", [auth_of(), auth_of(client_auth="post"), auth_of(**REFRESH_TOKEN), ROTATING])
def test_a_call_gets_a_token_first_and_the_next_ones_use_it(tmp_path: Path, auth: Any) -> None:
    async def story(town: TokenTown) -> tuple[list[int], int]:
        return [(await town.get()).status for _ in range(3)], town.asked()

    assert play(tmp_path, story, auth=auth) == ([200, 200, 200], 1)


def test_calls_that_come_together_wait_for_one_token(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[set[int], int]:
        answers = await asyncio.gather(*(town.get() for _ in range(50)))
        return {answer.status for answer in answers}, town.asked()

    assert play(tmp_path, story) == ({200}, 1)


def test_a_token_is_refreshed_behind_the_calls_before_it_ends(tmp_path: Path) -> None:
    """Ten minutes of life and a margin of at least 60 s: a call at 9:05 still has a token, and begins a refresh."""

    async def story(town: TokenTown) -> tuple[list[int], list[int], list[str]]:
        asked, statuses = [], []
        for wait_s in (0.0, 530.0, 15.0, 60.0):
            await town.world.sleep(wait_s)
            statuses.append((await town.get()).status)
            asked.append(town.asked())
        return statuses, asked, [entry.refused for entry in town.entries() if entry.refused]

    statuses, asked, refusals = play(tmp_path, story)
    assert (statuses, refusals) == ([200] * 4, [])
    assert asked[-1] == 2


def test_a_vendor_that_nobody_calls_is_not_asked_for_tokens(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[int, int]:
        await town.get()
        await town.world.sleep(7200.0)
        idle = town.asked()
        await town.get()
        return idle, town.asked()

    idle, after = play(tmp_path, story)
    assert idle <= 2
    assert after == idle + 1


@pytest.mark.parametrize(("rotates", "asked"), [(True, 11), (False, 3)])
def test_a_refresh_token_that_can_be_renewed_does_not_end_unused(tmp_path: Path, rotates: bool, asked: int) -> None:
    """Five hours without a call, and refresh tokens of one: each is used at half of its life."""

    async def story(town: TokenTown) -> tuple[int, int]:
        await town.get()
        await town.world.sleep(18_000.0)
        return (await town.get()).status, town.asked()

    auth = auth_of(oauth={"rotates": rotates, "refresh_expires_in": "1h"}, **REFRESH_TOKEN)
    status, questions = play(tmp_path, story, auth=auth)
    assert status == (200 if rotates else 503)
    assert questions <= asked + 1


def test_a_refresh_token_does_not_end_unused_after_a_restart_before_the_first_call(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[int, int]:
        await town.get()
        await town.machine.run(town.proxy.close())
        await town.restart()
        await town.world.sleep(7000.0)
        return (await town.get()).status, town.asked()

    auth = auth_of(oauth={"rotates": True, "refresh_expires_in": "1h"}, **REFRESH_TOKEN)
    status, questions = play(tmp_path, story, auth=auth)
    assert status == 200
    assert questions <= 6


def test_while_a_refresh_is_slow_calls_go_on_with_the_token_that_is_still_good(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[float, int, int]:
        await town.get()
        await town.world.sleep(540.0)
        slow_down(town, 4.0)
        began = town.world.now()
        statuses = {(await town.get()).status for _ in range(20)}
        took_s = town.world.now() - began
        assert statuses == {200}
        await town.world.sleep(10.0)
        return took_s, town.asked(), town.provider.life.version

    took_s, asked, version = play(tmp_path, story)
    assert took_s < 1.0
    assert (asked, version) == (2, 2)


def slow_down(town: TokenTown, by_s: float) -> None:
    """From now on the token endpoint takes so long."""
    endpoint = town.provider.renewal._endpoint
    ask = endpoint.ask

    async def slow(refresh: Any = None) -> Any:
        await town.world.sleep(by_s)
        return await ask(refresh)

    endpoint.ask = slow


def test_when_the_token_has_ended_calls_wait_for_the_next_one_and_share_it(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[set[int], int, list[str]]:
        await town.get()
        await town.world.sleep(3600.0)
        slow_down(town, 3.0)
        answers = await asyncio.gather(*(town.get() for _ in range(200)))
        refusals = [entry.refused for entry in town.entries() if entry.refused]
        return {answer.status for answer in answers}, town.asked(), refusals

    assert play(tmp_path, story) == ({200}, 2, [])


def test_a_caller_waits_no_longer_than_its_own_deadline(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[int, str, float, int]:
        slow_down(town, 8.0)
        began = town.world.now()
        other = asyncio.ensure_future(town.get())
        got = await town.request("GET", "/things/things", headers={"Tidegate-Timeout": "2s"})
        took_s = town.world.now() - began
        return got.status, got.problem, took_s, (await other).status

    status, problem, took_s, other = play(tmp_path, story)
    assert (status, problem, other) == (503, "credential-unavailable", 200)
    assert 1.9 < took_s < 2.5


def test_a_401_brings_one_refresh_for_each_version_of_the_token_and_the_calls_go_again(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[set[int], int]:
        await town.get()
        revoke(town)
        answers = await asyncio.gather(*(town.get() for _ in range(30)))
        return {answer.status for answer in answers}, town.asked()

    assert play(tmp_path, story) == ({200}, 2)


def test_a_write_that_was_not_let_in_goes_again_under_the_next_token(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[int, int]:
        await town.get()
        revoke(town)
        got = await town.request("POST", "/things/shots", body=b"a=1")
        return got.status, len([entry for entry in town.entries("PostShots") if entry.status == 200])

    assert play(tmp_path, story) == (200, 1)


def test_a_vendor_that_refuses_every_token_is_not_asked_for_one_after_the_other(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[set[str], int]:
        problems = set()
        for _ in range(20):
            revoke(town)
            problems.add((await town.get()).problem)
        return problems, town.asked()

    problems, asked = play(tmp_path, story)
    assert "credential-rejected" in problems
    assert asked <= 3


def test_a_token_endpoint_that_is_away_for_a_while_is_asked_again_and_no_call_is_lost_that_can_wait(
    tmp_path: Path,
) -> None:
    async def story(town: TokenTown) -> tuple[int, int]:
        answers = iter([503, 503])
        authority: Any = town.simulator._parts.authority
        answer = authority.answer

        def flaky(operation: str, *rest: Any) -> Any:
            made = answer(operation, *rest)
            made.status = next(answers, made.status)
            return made

        authority.answer = flaky
        return (await town.get()).status, town.asked()

    assert play(tmp_path, story) == (200, 3)


def test_scopes_that_are_lacking_are_noted_and_refused_where_the_vendor_file_says_so(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[int, str, list[str]]:
        read = (await town.get()).status
        return read, (await town.request("POST", "/things/things", body=b"a=1")).problem, town.notes()

    needs = {"needs": {"GetThings": "read", "Post*": "write"}}
    auth = auth_of(oauth=needs, scope="read extra", lacking_scopes="refuse")
    read, problem, notes = play(tmp_path, story, auth=auth)
    assert (read, problem) == (200, "credential-unavailable")
    assert {"scopes lacking", "scopes not needed"} <= {*notes}


def test_calls_that_have_waited_for_a_token_together_keep_to_the_vendors_limit_when_they_leave(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[set[int], list[int]]:
        slow_down(town, 6.0)
        answers = await asyncio.gather(*(town.get() for _ in range(20)))
        return {answer.status for answer in answers}, [entry.status for entry in town.entries("GetThings")]

    statuses, seen = play(tmp_path, story, limit={"rate": "10/s", "burst": 5})
    assert statuses == {200}
    assert seen == [200] * 20, "the vendor had to refuse none"


def test_a_vendor_whose_tokens_have_ended_when_they_come_is_not_asked_again_and_again(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[int, int]:
        town.provider.renewal.age_s = lambda token: 2 * token.life_s  # as it is where clocks differ by much
        return (await town.get()).status, town.asked()

    status, asked = play(tmp_path, story)
    assert status == 503
    assert asked <= 45, "half a second at least after each, until the call's time is up"


async def reloaded(town: TokenTown) -> None:
    """The vendor file is read again, with another purpose in it."""
    reloader, path = Reloader(town.machine, town.proxy, at_once), town.proxy.upstreams["things"].loaded.path
    path.write_text(json.dumps(json.loads(path.read_text()) | {"purpose": f"Read at {town.world.now()}."}))
    assert await reloader.reload() == ["things"]


def test_a_reload_in_the_middle_of_a_refresh_costs_no_account(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[list[int], int, list[str]]:
        endpoint = town.provider.renewal._endpoint
        ask = endpoint.ask

        async def late(refresh: Any = None) -> Any:
            answer = await ask(refresh)
            await town.world.sleep(2.0)  # the vendor has used the refresh token, and its answer is on the way
            return answer

        endpoint.ask = late
        waiting = asyncio.ensure_future(town.get())
        await town.world.sleep(1.0)
        await reloaded(town)
        statuses = [(await waiting).status, (await town.get()).status]
        return statuses, town.asked(), [entry.refused for entry in town.entries() if entry.refused]

    assert play(tmp_path, story, auth=ROTATING) == ([200, 200], 1, [])


def test_a_reload_keeps_the_token_in_force_though_the_store_is_away(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[int, int, int]:
        await town.get()
        tokens: Any = town.proxy.parts.store.tokens

        async def away(*_: Any) -> Any:
            raise StoreError("away", "away")

        tokens.read = tokens.lease = away
        await reloaded(town)
        return (await town.get()).status, town.asked(), town.provider.counts["refreshed"]

    assert play(tmp_path, story, auth=ROTATING) == (200, 1, 1)


def test_a_reload_keeps_the_token_that_could_not_be_stored_yet(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[list[int], int]:
        tokens: Any = town.proxy.parts.store.tokens
        save = tokens.save

        async def full(*_: Any) -> Any:
            raise StoreError("the disk is full", "full")

        tokens.save = full
        first = asyncio.ensure_future(town.get())
        await town.world.sleep(1.0)
        await reloaded(town)
        tokens.save = save
        return [(await town.get()).status, (await first).status], town.asked()

    assert play(tmp_path, story, auth=ROTATING) == ([200, 200], 1)
