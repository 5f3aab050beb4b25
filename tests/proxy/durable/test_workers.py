"""Workers start and stop with their proxy, and go on over a reload."""

from pathlib import Path
from typing import Any

from tests.proxy.stages.test_defer import MADE, deferring, ended, post, record
from tests.proxy.town import VENDOR, Town, play
from tidegate.proxy.policies.delivery.delivery import Delivery
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.store_error import StoreError


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


def test_one_whose_attempt_is_on_record_though_nobody_was_told_goes_at_once_and_is_no_bug(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        deliveries = town.proxy.parts.store.deliveries
        begin, lost = deliveries.begin_attempt, list[str]()

        async def losing(delivery: Delivery, call_id: str, now: StoreTime) -> int | None:
            n = await begin(delivery, call_id, now)
            if not lost:
                lost.append(call_id)
                raise StoreError("the answer was lost", "away", unsure=True)
            return n

        deliveries.begin_attempt = losing  # type: ignore[method-assign]  # a connection that breaks at this moment
        accepted = await town.ask("POST", "/things/shots", data=b"{}", headers={"Content-Type": "application/json"})
        await town.world.sleep(20.0)
        document = await record(town, accepted)
        bugs = [line for line in town.lines if b'"bug"' in line]
        return document["state"], document["tries"], len(town.vendor.received), bugs

    shots = {"idempotency": "never-resend", "defer": "always"}
    found = play(tmp_path, [MADE], story, operations={**VENDOR["operations"], "PostShots": shots})
    assert found == ("done", 1, 1, [])
