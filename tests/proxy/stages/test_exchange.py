"""One pass is one attempt, recorded whatever becomes of it."""

from pathlib import Path
from typing import Any

import pytest

from tests.proxy.town import Step, Town, play

OK: Step = (200, {}, b"{}")


@pytest.mark.parametrize(
    ("step", "attempt"),
    [
        pytest.param(OK, {"n": 1, "verdict": "success", "status": 200}, id="an answer"),
        pytest.param(
            "reset", {"n": 1, "verdict": "failed", "error": "connection_terminated", "sent": True}, id="a reset"
        ),
        pytest.param(
            "half",
            {"n": 1, "verdict": "failed", "error": "http_response_incomplete", "sent": True},
            id="half an answer",
        ),
        pytest.param(
            "hang", {"n": 1, "verdict": "failed", "error": "http_response_timeout", "sent": True}, id="no answer"
        ),
    ],
)
def test_an_attempt_is_recorded(tmp_path: Path, step: Step, attempt: dict[str, Any]) -> None:
    async def story(town: Town) -> dict[str, Any]:
        await town.ask("POST", "/things/shots", data=b"a")
        made: dict[str, Any] = town.log()[-1]["attempts"][0]
        made.pop("took_ms")
        return made

    assert play(tmp_path, [step], story) == attempt


def test_a_refused_connection_was_not_sent(tmp_path: Path) -> None:
    async def story(town: Town) -> list[bool]:
        town.vendor.world.crash()
        await town.ask("GET", "/things/things/1")
        return [attempt["sent"] for attempt in town.log()[-1]["attempts"]]

    assert play(tmp_path, [OK], story) == [False, False, False]


def test_no_attempt_is_made_without_time_for_it(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[str, int]:
        await town.world.sleep(1.0)
        got = await town.ask("GET", "/things/things/1", headers={"Tidegate-Timeout": "1ms"})
        return got.problem, len(town.vendor.seen)

    assert play(tmp_path, [OK], story) == ("deadline-exceeded", 0)


def test_the_time_that_it_takes_to_connect_is_part_of_the_calls_time(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[str, float]:
        town.world.network.line("93.184.216.34").delay_s = 0.3
        before = town.world.now()
        got = await town.ask("GET", "/things/things/1", headers={"Tidegate-Timeout": "1s"})
        return got.problem, town.world.now() - before

    problem, took_s = play(tmp_path, ["hang"], story)
    assert problem == "deadline-exceeded"
    assert took_s == pytest.approx(1.0, abs=0.02)
