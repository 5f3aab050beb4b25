"""Tests of tidegate.proxy.audit.refusal_tally, in virtual time."""

from typing import Any

from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.audit.refusal_tally import EVERY_S, KINDS_MAX, RefusalTally
from tidegate.testing import run


class Recorder:
    """Keeps what is recorded."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def record(self, what: str, **facts: Any) -> None:
        self.rows.append({"what": what, **facts})


def test_the_first_is_recorded_at_once_and_the_rest_once_a_minute() -> None:
    async def story() -> None:
        world, recorder = VirtualWorld(0), Recorder()
        tally = RefusalTally(world, recorder)  # type: ignore[arg-type]  # it records
        for _ in range(1000):
            tally.turned_away("an unknown token", "10.0.0.1")
        tally.turned_away("no token", "10.0.0.1")
        assert [(row["reason"], row["times"]) for row in recorder.rows] == [("an unknown token", 1), ("no token", 1)]
        assert recorder.rows[0]["target"] == "address:10.0.0.1"
        await world.sleep(EVERY_S + 1)
        assert [(row["reason"], row["times"]) for row in recorder.rows[2:]] == [("an unknown token", 999)]
        await world.sleep(10 * EVERY_S)
        assert len(recorder.rows) == 3, "where nothing comes nothing is recorded"
        tally.turned_away("an unknown token", "10.0.0.1")
        assert recorder.rows[3]["times"] == 1

    run(story)


def test_many_addresses_are_counted_together() -> None:
    async def story() -> None:
        world, recorder = VirtualWorld(0), Recorder()
        tally = RefusalTally(world, recorder, "admin.refused")  # type: ignore[arg-type]  # it records
        for number in range(10 * KINDS_MAX):
            tally.turned_away("no token", f"10.0.{number // 250}.{number % 250}")
        assert len(recorder.rows) == KINDS_MAX + 1
        assert recorder.rows[-1]["target"] == "address:several addresses"
        await world.sleep(EVERY_S + 1)
        assert recorder.rows[-1]["times"] == 9 * KINDS_MAX - 1
        assert recorder.rows[-1]["what"] == "admin.refused"

    run(story)
