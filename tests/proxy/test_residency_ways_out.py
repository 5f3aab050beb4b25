"""Every way by which data leaves is judged by the rules of that moment: with the guards nothing goes, without it does.

In each story something has begun while data of `eu` might go to the vendor in `eu`'s neighbour, and the rules are then
tightened. The same story is played with the guards taken out of the pipelines: then the vendor gets it.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.durable.joining import BatchVendor, joining, many
from tests.proxy.stages.test_defer import deferring, ended, post
from tests.proxy.stages.test_hedge import hedged
from tests.proxy.test_residency import EU_TO_UK, resident
from tests.proxy.town import VENDOR, Plain, Seen, Step, Town, play
from tidegate.proxy import pipeline
from tidegate.proxy.policies.residency.residency_rules import ResidencyRules
from tidegate.proxy.store.deliveries import HandMade

Story = Callable[[Town], Awaitable[int]]
"""Returns how many requests reached the vendor after the rules were tightened."""
URL = "/things/things/1"


def tighten(town: Town) -> int:
    """From now on nothing may go anywhere. Returns how many requests the vendor has got so far."""
    town.proxy.parts.residency.rules = ResidencyRules((), {}, "eu")
    return len(town.vendor.received)


async def call(town: Town) -> int:
    before = tighten(town)
    await town.ask("GET", URL)
    return len(town.vendor.received) - before


async def retry(town: Town) -> int:
    async def fails(seen: Seen) -> Plain:
        del seen
        tighten(town)
        return 503, {}, b""

    town.vendor.script = [fails, 200]
    await town.ask("GET", URL)
    return len(town.vendor.received) - 1


async def hedge(town: Town) -> int:
    async def slow(seen: Seen) -> Plain:
        del seen
        tighten(town)
        await town.world.sleep(2.0)
        return 200, {}, b""

    town.vendor.script = [slow, 200]
    await town.ask("GET", URL)
    return len(town.vendor.received) - 1


async def renewal(town: Town) -> int:
    await town.ask("GET", URL)
    await town.world.sleep(90.0)

    class Once(ResidencyRules):
        """Lets the call itself pass, and nothing after it."""

        asked = 0

        def decide(self, home: str, data: Any, region: str) -> Any:
            self.asked += 1
            return loose.decide(home, data, region) if self.asked <= 2 else super().decide(home, data, region)

    loose = town.proxy.parts.residency.rules
    town.proxy.parts.residency.rules = Once((), {}, "eu")
    before = len(town.vendor.received)
    answer = await town.ask("GET", URL)
    assert answer.status == 200
    await town.world.sleep(5.0)
    return len(town.vendor.received) - before


async def fallback(town: Town) -> int:
    """What is deferred because the vendor is away goes out later."""
    accepted = await post(town)
    assert accepted.status == 202
    before = tighten(town)
    await town.world.sleep(600.0)
    return len(town.vendor.received) - before


async def replay(town: Town) -> int:
    accepted = await post(town)
    before = tighten(town)
    await ended(town, accepted)
    return len(town.vendor.received) - before


async def dead_letter(town: Town) -> int:
    dead = await ended(town, await post(town))
    assert dead["state"] == "dead"
    before = tighten(town)
    deliveries = town.proxy.parts.store.deliveries
    await deliveries.act(dead["call"], HandMade("replay", "ada"), town.proxy.records.now())
    await town.world.sleep(60.0)
    return len(town.vendor.received) - before


async def join(town: Town) -> int:
    vendor = BatchVendor()
    town.vendor.script = [vendor.answer]
    accepted = await many(town, 8)
    await town.world.sleep(1.0)
    before = tighten(town)
    for one in accepted:
        await ended(town, one)
    return len(town.vendor.received) - before


async def lookup(town: Town) -> int:
    async def hangs(seen: Seen) -> Plain:
        del seen
        tighten(town)
        await town.world.sleep(1000.0)
        return 200, {}, b""

    town.vendor.script = [hangs, 200]
    accepted = await town.ask("POST", "/things/shots", data=b'{"ref": "r7"}', headers={"Content-Type": "text/plain"})
    assert accepted.status == 202
    await town.world.sleep(120.0)
    return len([seen for seen in town.vendor.received if seen.method == "GET"])


READ = {
    **VENDOR["operations"],
    "GetThing": {"cache": {"fresh": "1m", "stale_while_revalidate": "10m", "shared": "app"}},
}
SHOTS = {
    "idempotency": "lookup",
    "lookup": {"operation": "GetThings", "by": {"ref": "x"}, "found": {"pointer": "/a", "value": "b"}, "lag": "1s"},
    "defer": "always",
}
WAYS: dict[str, tuple[Story, list[Step], dict[str, Any]]] = {
    "call": (call, [200], {}),
    "retry": (retry, [200], {}),
    "hedge": (hedge, [200], hedged()),
    "renewal": (renewal, [200], {"operations": READ}),
    "fallback": (fallback, [503, 503, 503, 200], deferring("when-unavailable")),
    "replay": (replay, [200], deferring("always")),
    "dead letter": (dead_letter, [400, 200], deferring("always")),
    "join": (join, [200], joining()),
    "lookup": (lookup, [200], {"operations": {**VENDOR["operations"], "PostShots": SHOTS}}),
}


def played(folder: Path, way: str) -> int:
    story, script, changes = WAYS[way]
    return play(folder, script, story, **resident(EU_TO_UK, changes))


@pytest.mark.parametrize("way", WAYS)
def test_nothing_goes_out_that_the_rules_of_the_moment_do_not_let_go(tmp_path: Path, way: str) -> None:
    assert played(tmp_path, way) == 0


@pytest.mark.parametrize("way", WAYS)
def test_it_would_go_out_without_the_guards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    around = tuple(stage for stage in pipeline.AROUND if stage[0] not in ("residency", "clearance"))
    monkeypatch.setattr(pipeline, "AROUND", around)
    assert played(tmp_path, way) > 0
