"""What became of a call: its own app may read it, and nobody else."""

import json
from pathlib import Path

import pytest

from tests.proxy.town import APPS, SECRET, VENDOR, Town, by, play


@pytest.mark.parametrize(
    ("method", "headers", "status", "problem"),
    [
        pytest.param("GET", by("shop"), 200, "", id="the app that made it"),
        pytest.param("HEAD", by("shop"), 200, "", id="its head alone"),
        pytest.param("GET", by("desk"), 404, "not-found", id="another app"),
        pytest.param("GET", {"Authorization": "Bearer none"}, 401, "app-unauthorized", id="nobody"),
        pytest.param("DELETE", by("shop"), 400, "bad-request", id="it can only be read"),
    ],
)
def test_who_may_read_the_record_of_a_call(
    tmp_path: Path, method: str, headers: dict[str, str], status: int, problem: str
) -> None:
    async def story(town: Town) -> tuple[int, str]:
        made = await town.ask("POST", "/things/shots", headers=by("shop"), data=b"a")
        answer = await town.ask(method, f"/_tidegate/calls/{made.headers['Tidegate-Call']}", headers=headers)
        return answer.status, answer.problem

    assert play(tmp_path, [200], story, config={"tokens": APPS}) == (status, problem)


def test_the_record_says_what_became_of_it(tmp_path: Path) -> None:
    async def story(town: Town) -> dict[str, object]:
        made = await town.ask("POST", "/things/shots", data=b"a")
        answer = await town.ask("GET", f"/_tidegate/calls/{made.headers['Tidegate-Call']}")
        document: dict[str, object] = json.loads(answer.body)
        return document

    document = play(tmp_path, [200], story)
    assert (document["operation"], document["outcome"], document["status"]) == ("PostShots", "done", 200)


def test_a_call_that_nobody_knows_is_not_found(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, str]:
        answer = await town.ask("GET", "/_tidegate/calls/none")
        return answer.status, answer.problem

    assert play(tmp_path, [200], story) == (404, "not-found")


@pytest.mark.parametrize("deferred", [False, True])
def test_what_the_vendor_repeats_of_our_secret_is_not_in_the_record(tmp_path: Path, *, deferred: bool) -> None:
    async def story(town: Town) -> bytes:
        made = await town.ask("POST", "/things/things", data=b"a")
        await town.world.sleep(60.0)
        return (await town.ask("GET", f"/_tidegate/calls/{made.headers['Tidegate-Call']}")).body

    echo = (200, {"X-Request-Id": f"req-{SECRET}", "Content-Type": "text/plain"}, SECRET.encode())
    things = {"idempotency": "vendor-key", "defer": "always" if deferred else "never"}
    shown = play(tmp_path, [echo], story, operations={**VENDOR["operations"], "PostThings": things})
    assert b"[redacted]" in shown
    assert SECRET.encode() not in shown
