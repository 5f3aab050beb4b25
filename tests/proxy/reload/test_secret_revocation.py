"""Tests of tidegate.proxy.reload.secret_revocation: an old secret is ended at the vendor, under the new one."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.proxy.secrets.rotating_town import RotatingTown, rotate
from tests.proxy.town import VENDOR, Step
from tidegate.proxy.reload.secret_revocation import PAUSE_S, TRIES_MAX

OK: Step = (200, {"Content-Type": "application/json"}, b"{}")
FIRST, SECOND = "sk_the_first_one", "sk_the_second_one"
OVERLAP_S = 30.0
BUDGET_S = 20.0


def facts(**revocation: Any) -> dict[str, Any]:
    auth = {**VENDOR["facts"]["auth"], "revocation": {"path": "/keys/revoke", **revocation}}
    return {**VENDOR["facts"], "auth": auth}


def play(folder: Path, script: list[Step], story: Any, **revocation: Any) -> Any:
    secrets = {"overlap": f"{OVERLAP_S:g}s", "poll": "1h"}
    return rotate(folder, script, story, facts=facts(**revocation), secrets=secrets)


async def exchanged(town: RotatingTown) -> None:
    town.put(key=SECOND)
    await town.watcher.look(forced=True)
    await town.world.sleep(OVERLAP_S + 5.0)
    await town.watcher.look()


@pytest.mark.parametrize(("content", "field"), [("form", "token"), ("json", "api_key")])
def test_after_its_overlap_and_the_calls_that_may_carry_it_an_old_secret_is_ended(
    tmp_path: Path, content: str, field: str
) -> None:
    async def story(town: RotatingTown) -> tuple[int, list[Any], list[str]]:
        await exchanged(town)
        before = len(town.vendor.received)
        await town.world.sleep(BUDGET_S + 5.0)
        assert FIRST not in b"".join(town.lines).decode()
        return before, town.vendor.received, town.notes()

    before, received, notes = play(tmp_path, [OK], story, content=content, field=field)
    (seen,) = received
    assert before == 0, "calls may still be under way"
    assert (seen.method, seen.path) == ("POST", "/api/keys/revoke")
    assert seen.headers["Authorization"] == f"Bearer {SECOND}"
    body = seen.body.decode()
    assert (parse_qs(body) == {field: [FIRST]}) if content == "form" else (body == f'{{"{field}":"{FIRST}"}}')
    assert "old secret ended at the vendor" in notes


def test_a_vendor_that_cannot_is_asked_again_and_then_a_person_is_told(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> tuple[int, list[str]]:
        await exchanged(town)
        await town.world.sleep(BUDGET_S + TRIES_MAX * (PAUSE_S + 30.0))
        return len(town.vendor.received), town.notes()

    count, notes = play(tmp_path, [500] * 20, story)
    assert count >= TRIES_MAX
    assert "old secret is not ended at the vendor: end it by hand" in notes
    assert "old secret ended at the vendor" not in notes


def test_a_secret_that_is_in_use_again_is_not_ended(tmp_path: Path) -> None:
    async def story(town: RotatingTown) -> int:
        await exchanged(town)
        town.put(key=FIRST)
        await town.watcher.look(forced=True)
        await town.world.sleep(BUDGET_S + 10.0)
        return len(town.vendor.received)

    assert play(tmp_path, [OK], story) == 0
