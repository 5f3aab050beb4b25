"""Operations that a vendor says will end: told once, never held back, looked for once a minute."""

from pathlib import Path

from tests.proxy.town import Step, Town, play
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.upstream.sunset_notices import LOOK_EVERY_S, SunsetNotices

OLD: Step = (200, {"Deprecation": "@1688169599", "Sunset": "Fri, 30 Jan 2026 00:00:00 GMT"}, b"{}")


def test_an_operation_that_will_end_is_told_once_and_goes_on(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[list[int], list[dict[str, object]], dict[str, float | None], bytes]:
        statuses = []
        for _ in range(5):
            statuses.append((await town.ask("GET", "/things/things/1")).status)
            await town.world.sleep(LOOK_EVERY_S + 1.0)
        notes = [line for line in town.log() if line.get("note") == "the vendor will end an operation"]
        return statuses, notes, dict(town.proxy.state()["things"].ending), town.proxy.telemetry.metrics.render()

    statuses, notes, ending, page = play(tmp_path, [OLD], story)
    assert statuses == [200] * 5
    assert len(notes) == 1
    assert (notes[0]["vendor"], notes[0]["operation"], notes[0]["days_left"]) == ("things", "GetThing", 29.0)
    assert 28.9 < (ending["GetThing"] or 0.0) < 29.0
    assert b'tidegate_sunset_days{operation="GetThing",vendor="things"} 28.9' in page
    assert b'tidegate_deprecated{operation="GetThing",vendor="things"} 1.0' in page


def test_between_two_looks_no_answer_is_looked_at() -> None:
    notices = SunsetNotices(VirtualWorld(1))
    lookout, looked = notices.lookout("Get"), []

    class Counting(dict[str, str]):
        def get(self, key: str, /, default: object = None) -> None:  # type: ignore[override]  # it holds nothing
            looked.append(key)

        def getall(self, key: str, default: tuple[str, ...], /) -> tuple[str, ...]:
            return default

    for now in (0.0, 1.0, LOOK_EVERY_S - 0.1, LOOK_EVERY_S):
        if now >= lookout.due:
            lookout.look(Counting(), now)
    assert looked.count("Deprecation") == looked.count("Sunset") == 2
    assert not notices.endings.operations
