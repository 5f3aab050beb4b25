"""The alerts about what is delivered later end when somebody does what their runbook says."""

from pathlib import Path
from typing import Any

from tests.alerts.watched_town import WatchedTown, silence, watch
from tests.proxy.town import VENDOR, Step
from tidegate.testing.virtual_proxy import VENDOR_ADDRESS

JSON = {"Content-Type": "application/json"}
MADE: Step = (201, JSON, b'{"id": 7}')
OPERATIONS = {
    **VENDOR["operations"],
    "PostThings": {"idempotency": "vendor-key", "defer": "always"},
    "PostShots": {"idempotency": "never-resend", "defer": "always"},
}


async def accepted(town: WatchedTown, path: str) -> str:
    answer = await town.ask("POST", path, data=b"{}", headers=JSON)
    assert answer.status == 202
    return answer.headers["Location"].rpartition("/")[2]


def play(tmp_path: Path, script: list[Step], story: Any) -> None:
    watch(tmp_path, script, story, operations=OPERATIONS)


def test_a_delivery_that_waits_too_long_is_told_until_the_vendor_is_back(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        town.traffic = silence
        await town.vendor.close()
        await accepted(town, "/things/things")
        await town.minutes(10)
        town.fires("TidegateBreakerOpen")
        await town.minutes(8)
        town.fires("TidegateBreakerOpen", "TidegateDeliveryLate")
        await town.vendor.start(VENDOR_ADDRESS, 80)
        await town.minutes(3)
        town.fires("TidegateBreakerOpen")  # it is half open: one delivery is no proof
        await town.minutes(8)
        town.fires()

    play(tmp_path, [MADE], story)


def test_a_dead_letter_is_told_until_it_is_replayed(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        town.traffic = silence
        town.fires()
        await accepted(town, "/things/things")
        await town.minutes(1)
        town.fires("TidegateDeadLetter")
        town.vendor.script = [MADE]
        await town.order("/deliveries/replay", filter={"vendor": "things"}, by="ada")
        await town.minutes(1)
        town.fires()

    play(tmp_path, [400], story)


def test_a_write_that_was_perhaps_carried_out_is_told_until_somebody_says_that_it_was(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        town.traffic = silence
        town.fires()
        call = await accepted(town, "/things/shots")
        await town.minutes(1)
        town.fires("TidegateDeliveryParked", "TidegateOutcomeUnknown")
        await town.order(f"/deliveries/{call}", action="confirm", by="ada")
        await town.minutes(1)
        town.fires("TidegateOutcomeUnknown")
        await town.minutes(10)
        town.fires()

    play(tmp_path, ["reset"], story)
