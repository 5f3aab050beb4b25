"""The deferred writes of somebody's own vendors, after a run: they get time to end, and their records are read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tidegate.chaos.apps.http_client import HttpClient
from tidegate.chaos.apps.search_apps import AppCall
from tidegate.chaos.apps.stories import TOKENS, app_of
from tidegate.chaos.judge.boxes.box_evidence import WriteRecord
from tidegate.chaos.play.boxes import SETTLE_EVERY_S, SETTLE_S, left_over, read_record
from tidegate.chaos.world.virtual_world import VirtualWorld

RECORDS_MAX: Final = 5_000
"""Records that are read, as many apps would."""


async def settled_writes(
    world: VirtualWorld, store: Path, client: HttpClient, calls: Sequence[AppCall]
) -> Mapping[str, WriteRecord]:
    """What became of each write that an app was told of a record of, by the record's id; none where none was."""
    named = {call.record: call for call in calls if call.record}
    if not named:
        return {}
    until = world.now() + SETTLE_S
    while left_over(world, store) and world.now() < until:
        await world.sleep(SETTLE_EVERY_S)
    return {
        name: await read_record(client, name, TOKENS[app_of(call.intent)])
        for name, call in [*named.items()][:RECORDS_MAX]
    }
