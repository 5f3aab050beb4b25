"""Workers start and stop with their proxy, and go on over a reload."""

from pathlib import Path

from tests.proxy.stages.test_defer import MADE, deferring, ended, post
from tests.proxy.town import Town, play


def test_a_stop_waits_for_what_is_under_way(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[bool, str]:
        async def late(_: object) -> object:
            await town.world.sleep(1.5)
            return MADE

        town.vendor.script = [late]  # type: ignore[list-item]  # it waits first, and then it is a step's answer
        accepted = await post(town)
        await town.world.sleep(1.0)
        drained = await town.proxy.drain(5.0)
        await town.proxy.close()
        await town.restart()
        return drained, str((await ended(town, accepted))["state"])

    assert play(tmp_path, [MADE], story, **deferring("always")) == (True, "done")


def test_a_stop_that_cannot_wait_hands_it_back_and_it_resolves(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[bool, str, int]:
        accepted = await post(town)
        await town.world.sleep(1.0)
        drained = await town.proxy.drain(0.5)
        await town.proxy.close()
        town.vendor.script = [MADE]
        await town.restart()
        state = str((await ended(town, accepted))["state"])
        return drained, state, len({seen.headers["Idempotency-Key"] for seen in town.vendor.received})

    assert play(tmp_path, ["hang"], story, **deferring("always")) == (False, "done", 1)
