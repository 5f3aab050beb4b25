"""Accounts that somebody has connected: their refresh tokens outlive restarts, deaths and refusals."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.credentials.token_town import REFRESH_TOKEN, ROTATING, TokenTown, auth_of, play, revoke


def test_a_refresh_token_that_is_refused_needs_a_person_and_is_asked_ever_more_seldom(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[set[str], int, int, list[str]]:
        authority: Any = town.simulator._parts.authority
        authority._refresh.clear()
        problems = {(await town.get()).problem}
        at_first = town.asked()
        for _ in range(600):
            problems.add((await town.get()).problem)
            await town.world.sleep(1.0)
        return problems, at_first, town.asked(), town.notes()

    problems, at_first, later, notes = play(tmp_path, story, auth=ROTATING)
    assert problems == {"credential-unavailable"}
    assert at_first == 2, "once, and once more 1 to 2 s later"
    assert later - at_first <= 2 * 4, "after 30, 60, 120 and 240 s"
    assert "reauth_required" in notes


@pytest.mark.parametrize("grace", ["0s", "60s"])
def test_a_proxy_that_dies_between_the_vendors_reply_and_the_disk_leaves_a_chain_where_the_vendor_allows_it(
    tmp_path: Path, grace: str
) -> None:
    async def story(town: TokenTown) -> list[int]:
        statuses = [(await town.get()).status]
        for _ in range(rounds):
            await town.world.sleep(700.0)
            die_before_it_is_stored(town)
            asking = asyncio.ensure_future(town.get())
            await town.world.sleep(2.0)
            asking.cancel()
            await town.restart()
            statuses.append((await town.get()).status)
        return statuses

    rounds = 1 if grace == "0s" else ROUNDS
    auth = auth_of(oauth={"rotates": True, "reuse_grace": grace}, **REFRESH_TOKEN)
    first, *after = play(tmp_path, story, auth=auth)
    assert (first, {*after}) == (200, {503 if grace == "0s" else 200})


ROUNDS = 5


def die_before_it_is_stored(town: TokenTown) -> None:
    """The proxy dies as soon as it has a new refresh token, before the token is on the disk."""

    async def save(*_: object) -> None:
        town.crash()
        await town.machine.sleep(3600.0)

    town.provider.renewal._save = save


def test_no_token_is_in_the_log(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[list[str], bytes]:
        await town.get()
        await town.world.sleep(700.0)
        await town.get()
        authority: Any = town.simulator._parts.authority
        tokens = [*authority._access, *authority._refresh]
        await town.request("GET", f"/things/things/{tokens[-1]}")
        town.log()
        return tokens, b"".join(town.lines)

    tokens, log = play(tmp_path, story, auth=ROTATING)
    assert len(tokens) >= 4
    assert not [token for token in tokens if token.encode() in log]


def test_a_write_that_is_carried_out_later_waits_for_an_account_that_is_connected_again(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[int, list[int]]:
        authority: Any = town.simulator._parts.authority
        kept = dict(authority._refresh)
        authority._refresh.clear()
        accepted = await town.request("POST", "/things/things", headers={"Prefer": "respond-async"}, body=b"a=1")
        await town.world.sleep(20.0)
        assert not town.entries("PostThings")
        authority._refresh.update(kept)
        await town.world.sleep(600.0)
        return accepted.status, [entry.status for entry in town.entries("PostThings")]

    operations = {"PostThings": {"idempotency": "vendor-key", "defer": "when-unavailable"}}
    assert play(tmp_path, story, auth=ROTATING, operations=operations) == (202, [200])


def test_a_proxy_that_starts_again_goes_on_with_the_token_that_is_stored(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[list[int], int]:
        statuses = [(await town.get()).status]
        for stop in (town.proxy.close, None):
            if stop is None:
                town.crash()
            else:
                await stop()
            await town.restart()
            statuses.append((await town.get()).status)
        return statuses, town.asked()

    assert play(tmp_path, story, auth=ROTATING) == ([200, 200, 200], 1)


def test_another_first_refresh_token_begins_a_new_chain(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> tuple[int, int, int]:
        authority: Any = town.simulator._parts.authority
        await town.get()
        authority._refresh.clear()
        revoke(town)
        lost = (await town.get()).status
        town.environ["REFRESH"] = await town.connected()
        await town.proxy.close()
        await town.restart()
        return lost, (await town.get()).status, town.provider.life.version

    assert play(tmp_path, story, auth=ROTATING) == (503, 200, 1)


def test_what_cannot_be_opened_is_noted_and_asked_for_again(tmp_path: Path) -> None:
    def key(letter: str) -> str:
        return base64.b64encode(letter.encode() * 32).decode()

    async def story(town: TokenTown) -> tuple[int, int, list[str]]:
        await town.get()
        town.environ["SEAL"] = key("b")
        await town.proxy.close()
        await town.restart()
        return (await town.get()).status, town.asked(), town.notes()

    config = {"sealing": {"keys": ["env:SEAL"]}}
    status, asked, notes = play(tmp_path, story, config=config, environ={"SEAL": key("a")})
    assert (status, asked) == (200, 2)
    assert "tokens unread" in notes


@pytest.mark.parametrize(("auth", "status", "asked"), [(ROTATING, 503, 1), (auth_of(**REFRESH_TOKEN), 200, 2)])
def test_where_the_stored_token_cannot_be_opened_the_first_one_is_used_again_only_where_that_does_no_harm(
    tmp_path: Path, auth: Any, status: int, asked: int
) -> None:
    async def story(town: TokenTown) -> tuple[int, int]:
        await town.get()
        tokens, name = town.proxy.parts.store.tokens, town.provider.name
        lease = await tokens.lease(name, "somebody", town.proxy.parts.store.clock.now(), 1.0)
        assert lease is not None
        assert await tokens.save(lease, 2, b"sealed with a key that is gone")
        await tokens.release(lease)
        await town.world.sleep(601.0)
        return (await town.get()).status, town.asked()

    assert play(tmp_path, story, auth=auth) == (status, asked)
