"""What becomes of tokens can be seen from outside, by vendor."""

import json
from pathlib import Path
from typing import Any

from tests.proxy.credentials.token_town import REFRESH_TOKEN, TokenTown, auth_of, play


def figure(town: TokenTown, name: str, **labels: str) -> float | None:
    return town.proxy.telemetry.metrics.registry.get_sample_value(
        name, {"vendor": "things", "credential": "", **labels}
    )


def test_refreshes_and_the_time_that_is_left_are_counted(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> list[float | None]:
        before = figure(town, "tidegate_token_seconds_left")
        await town.get()
        after = figure(town, "tidegate_token_seconds_left")
        return [before, after, figure(town, "tidegate_token_refreshes_total", outcome="refreshed")]

    before, after, refreshed = play(tmp_path, story)
    assert (before, refreshed) == (0.0, 1.0)
    assert after is not None
    assert 590.0 < after < 600.0


def test_an_account_that_a_person_must_connect_again_is_seen(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> list[float | None]:
        healthy = figure(town, "tidegate_token_reauthorize")
        authority: Any = town.simulator._parts.authority
        authority._refresh.clear()
        await town.get()
        names = ("tidegate_token_reauthorize", "tidegate_token_seconds_left")
        return [healthy, *(figure(town, name) for name in names)]

    assert play(tmp_path, story, auth=auth_of(**REFRESH_TOKEN)) == [0.0, 1.0, 0.0]


def test_the_end_of_a_refresh_token_is_seen_before_it_comes(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> list[float | None]:
        names = ("tidegate_refresh_token_seconds_left", "tidegate_refresh_token_ending")
        seen = [figure(town, names[0])]
        for wait_s in (0.0, 6000.0):
            await town.world.sleep(wait_s)
            await town.get()
            seen += [figure(town, name) for name in names]
        return seen

    auth = auth_of(oauth={"refresh_expires_in": "2h"}, **REFRESH_TOKEN)
    before, left, ending, *later = play(tmp_path, story, auth=auth)
    assert (before, ending, later[1]) == (None, 0.0, 1.0)
    assert left is not None
    assert later[0] is not None
    assert later[0] < 1500.0 < left


def test_what_needs_a_person_is_recorded_once_however_often_it_is_asked_again(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> list[tuple[str, str]]:
        authority: Any = town.simulator._parts.authority
        authority._refresh.clear()
        for _ in range(4):
            await town.get()
            await town.world.sleep(300.0)
        assert town.notes().count("reauth_required") == 4
        assert await town.proxy.audit.flush(5.0)
        rows = [json.loads(row.line) for row in await town.proxy.parts.store.audit.rows()]
        return [(row["target"], row["reason"]) for row in rows if row["what"] == "token.reauth"]

    [(target, reason)] = play(tmp_path, story, auth=auth_of(**REFRESH_TOKEN))
    assert target == "credential:things"
    assert "invalid_grant" in reason


def test_each_credential_of_a_pool_has_figures_of_its_own_and_apps_notice_nothing_of_one_without_tokens(
    tmp_path: Path,
) -> None:
    async def story(town: TokenTown) -> tuple[list[int], list[float | None], list[str], Any]:
        statuses = [(await town.get()).status for _ in range(8)]
        assert await town.proxy.audit.flush(5.0)
        rows = [json.loads(row.line) for row in await town.proxy.parts.store.audit.rows()]
        person = [figure(town, "tidegate_token_reauthorize", credential=name) for name in ("good", "bad")]
        recorded = [row["target"] for row in rows if row["what"] == "token.reauth"]
        return statuses, person, recorded, town.provider.states()["bad"]["standing"]

    auth = auth_of() | {"secrets": {"good": "env:THINGS_KEY", "bad": "env:BAD"}}
    played = play(tmp_path, story, auth=auth, environ={"BAD": "not-the-secret"})
    assert played == ([200] * 8, [0.0, 1.0], ["credential:things/bad"], "unavailable")


def test_a_pool_that_can_get_no_token_at_all_says_so(tmp_path: Path) -> None:
    async def story(town: TokenTown) -> list[tuple[int, str | None]]:
        seen = []
        for wait_s in (0.0, 0.0, 0.0, 60.0):
            await town.world.sleep(wait_s)
            answer = await town.get()
            seen.append((answer.status, answer.headers.get("Tidegate-Problem")))
        return seen

    auth = auth_of() | {"secrets": {"one": "env:ONE", "two": "env:TWO"}}
    played = play(tmp_path, story, auth=auth, environ={"ONE": "wrong", "TWO": "wrong too"})
    assert played == [(503, "credential-unavailable")] * 4
