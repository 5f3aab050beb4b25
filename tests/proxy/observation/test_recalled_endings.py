"""Ends outlive a restart."""

from pathlib import Path

from tests.proxy.town import Step, Town, play
from tidegate.proxy.observation.recalled_endings import ENDING, recall_endings, target_of
from tidegate.proxy.policies.resilience.sunset import DAY_S, EndingOperations

OLD: Step = (200, {"Deprecation": "@1688169599", "Sunset": "Fri, 30 Jan 2026 00:00:00 GMT"}, b"{}")
MOVED: Step = (200, {"Deprecation": "@1688169599", "Sunset": "Sat, 28 Feb 2026 00:00:00 GMT"}, b"{}")


async def _told(town: Town) -> tuple[float, float | None, int]:
    await town.proxy.audit.flush(5.0)
    known = town.proxy.upstreams["things"].notices.endings.operations["GetThing"]
    rows = await town.proxy.parts.store.audit.rows(target=target_of("things", "GetThing"), what=ENDING)
    return known.first, known.ending.sunset, len(rows)


def test_an_announcement_is_on_record_once_and_is_not_told_again_after_a_restart(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        for _ in range(2):
            await town.ask("GET", "/things/things/1")
            await town.world.sleep(61.0)
        first, _, rows = await _told(town)
        assert rows == 1
        endings = EndingOperations()
        await recall_endings(town.proxy.parts.store.audit, {"things": endings})
        known = endings.operations["GetThing"]
        assert known.first == first
        assert [*endings.record("GetThing", known.ending, town.world.wall())] == []
        assert [*endings.record("GetThing", known.ending, known.ending.sunset or 0.0)] != [], "the end is there"

    play(tmp_path, [OLD], story)


def test_another_end_is_another_row_and_the_first_date_stays(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[float, float | None, int]:
        await town.ask("GET", "/things/things/1")
        await town.world.sleep(61.0)
        await town.ask("GET", "/things/things/1")
        endings = {"things": EndingOperations(), "others": EndingOperations()}
        await town.proxy.audit.flush(5.0)
        await recall_endings(town.proxy.parts.store.audit, endings)
        (known,) = endings["things"].operations.values()
        told = await _told(town)
        assert (known.first, known.ending.sunset) == (told[0], told[1])
        assert endings["others"].operations == {}
        return told

    first, sunset, rows = play(tmp_path, [OLD, MOVED], story)
    assert rows == 2
    assert sunset is not None
    assert sunset - first > 50 * DAY_S
