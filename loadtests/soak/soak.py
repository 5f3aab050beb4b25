"""Runs a soak: simulators and proxy as processes, vendors' ordinary traffic straight through and at once, a verdict.

Or at an address where they run already: then what they hold is not known. The vendor file has limits a thousand times
as high: how limits are kept is another test's matter (loadtests/burst.py), and here they would only make the run
longer. Nothing else of it is changed.
"""

import asyncio
import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from tidegate.loadtests.address import check_address
from tidegate.loadtests.house import ACCOUNT, House, app_headers, copied, start_house
from tidegate.loadtests.load_order import LoadOrder, check_requests
from tidegate.loadtests.offer.offered_call import LoadTarget
from tidegate.loadtests.offer.provision import patient
from tidegate.loadtests.soak.drawn_player import DrawnPlayer
from tidegate.loadtests.soak.resources import HeldResources, held
from tidegate.loadtests.soak.session import SessionPlayer, SoakCounts, SoakPlayer, SoakTarget, sum_of
from tidegate.loadtests.soak.soak_course import SoakRecorder
from tidegate.loadtests.soak.soak_verdict import SoakVerdict, at_rest, judge_soak
from tidegate.loadtests.soak.traffic import TRAFFIC
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_file import load_vendor

WARM_UP_CALLS = 300
"""Before anything is counted: modules are imported, caches and pools have their usual size."""
REST_WITHIN_S = 40.0
"""Idle connections live for 15 s, those that an app left hanging a little longer."""
FACTOR = 1000
"""The vendor's limits are multiplied by this."""
KEPT_BYTES = 65_536
"""Of a request's content the proxy keeps so much to resend it; the simulator takes no body of a size that is usual."""

_ANSWER_WITHIN_S = 60.0
_POLL_S = 0.25
_RATE = re.compile(r"^(\d+)(/.*)$")

Say = Callable[[str], None]
"""A message to the person at the terminal: what happens now."""


@dataclass(frozen=True, slots=True)
class SoakShape:
    """`calls` straight through, and as many again `at_once` at a time."""

    calls: int
    at_once: int


def run_soak(order: LoadOrder, shape: SoakShape, say: Say, *, drawn: bool = False) -> SoakVerdict:
    """Run it. `drawn` plays the scenario's requests, and not the session that a shipped vendor has.

    Raises RunError where a program did not do its part, and UsageError where nothing answers at an address, or the
    scenario's requests name what nothing has.
    """
    check_requests(order)
    began = time.monotonic()
    name = ", ".join(one.name for one in order.vendors)
    with TemporaryDirectory(prefix="tidegate-soak-") as folder, ExitStack() as stack:
        home = Path(folder)
        house, targets = None, order.targets
        for target in targets.values():
            check_address(target.base_url, "--url")
        if not targets:
            say(f"{name}: starting the simulator and the proxy")
            widened = [load_vendor(copied(one.loaded, home, widen)) for one in order.vendors]
            house = start_house(stack, home, widened, settings={"body_kept_bytes": KEPT_BYTES}, seed=order.seed)
            targets = {
                one.name: LoadTarget(house.base_url(one.name), app_headers(one.loaded.vendor)) for one in order.vendors
            }
        recorder = SoakRecorder(time.monotonic)
        before, stretches = asyncio.run(_play(order, house, targets, shape, say, recorder, drawn=drawn))
        after, bugs = before, list[str]()
        if house is not None and before is not None:
            say(f"{name}: waiting until all is at rest")
            after = _at_rest(house, before)
            house.proxy.stop()  # it writes down the last lines of its log
            bugs = _bugs(house)
        verdict = judge_soak(name, stretches, before, after, bugs)
        return replace(verdict, seconds=time.monotonic() - began, course=recorder.course)


def _bugs(house: House) -> list[str]:
    """Lines of logs and of what programs printed that tell a bug."""
    lines = house.log.read_text(encoding="utf-8", errors="replace").splitlines() if house.log.exists() else []
    programs = (house.proxy, *house.simulators.values())
    texts = (program.log.read_text(encoding="utf-8", errors="replace") for program in programs)
    return [line for line in lines if '"bug"' in line] + [
        line for text in texts for line in text.splitlines() if line.startswith("Traceback")
    ]


async def _play(
    order: LoadOrder,
    house: House | None,
    targets: Mapping[str, LoadTarget],
    shape: SoakShape,
    say: Say,
    recorder: SoakRecorder,
    *,
    drawn: bool,
) -> tuple[HeldResources | None, Mapping[str, SoakCounts]]:
    """What was held after the warm-up, and the counts of each stretch."""
    timeout = aiohttp.ClientTimeout(total=_ANSWER_WITHIN_S)
    name = ", ".join(targets)
    connector, traces = aiohttp.TCPConnector(limit=0), [recorder.trace()]
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, trace_configs=traces) as client:
        players = _players(order, targets, client, drawn=drawn)
        say(f"{name}: warming up")
        with recorder.stretch("warm-up"):
            warm = await _stretch(players, min(WARM_UP_CALLS, shape.calls), 1)
        before = _resources(house) if house is not None else None
        watching = asyncio.create_task(recorder.watch(partial(_resources, house))) if house is not None else None
        say(f"{name}: {shape.calls} calls straight through")
        with recorder.stretch("straight"):
            straight = await _stretch(players, shape.calls, 1)
        say(f"{name}: {shape.calls} calls, {shape.at_once} at once")
        with recorder.stretch("at once"):
            at_once = await _stretch(players, shape.calls, shape.at_once)
        if watching is not None:
            watching.cancel()
    return before, {"warm-up": warm, "straight": straight, "at once": at_once}


async def _stretch(players: Sequence[SoakPlayer], calls: int, at_once: int) -> SoakCounts:
    """So many calls of each vendor, all vendors at once."""
    return sum_of(await asyncio.gather(*(player.play(calls, at_once) for player in players)))


def _players(
    order: LoadOrder, targets: Mapping[str, LoadTarget], client: aiohttp.ClientSession, *, drawn: bool
) -> list[SoakPlayer]:
    """A player for each vendor: of its session, or of what is drawn. What that needs is made here."""
    run, rng = f"{time.time_ns():x}", random.Random(order.seed)  # noqa: S311 - which call comes when is no secret
    planned = order.planned(rng, run)
    players: list[SoakPlayer] = []
    for one in order.vendors:
        target = targets[one.name]
        if one.name in TRAFFIC and not drawn:
            players.append(SessionPlayer(client, target_of(one.loaded.vendor, target), TRAFFIC[one.name], run))
            continue
        calls = [call for call in planned if call.vendor == one.name]
        load = order.load_of(one)
        stock = load.stock({call.source for call in calls}, rng, run)
        load.provision(stock, target, patient)
        players.append(DrawnPlayer(client, load, stock, target, calls, run))
    return players


def _resources(house: House) -> HeldResources:
    for program in (house.proxy, *house.simulators.values()):
        program.check()
    return held(house.admin, house.proxy.pid, {name: program.pid for name, program in house.simulators.items()})


def _at_rest(house: House, before: HeldResources) -> HeldResources:
    """What is held once all is at rest, or, where it never is, when the time is up."""
    end = time.monotonic() + REST_WITHIN_S
    now = _resources(house)
    while not at_rest(before, now) and time.monotonic() < end:
        time.sleep(_POLL_S)
        now = _resources(house)
    return now


def target_of(vendor: Vendor, target: LoadTarget) -> SoakTarget:
    """What an app of this vendor sends along."""
    keys = vendor.facts.idempotency
    return SoakTarget(target.base_url, target.headers, keys.header if keys is not None else "", {"account": ACCOUNT})


def widen(facts: dict[str, Any]) -> None:
    """Multiply every limit."""
    for limit in facts.get("limits", []):
        number, period = _RATE.findall(limit["rate"])[0]
        limit["rate"] = f"{int(number) * FACTOR}{period}"
        if "burst" in limit:
            limit["burst"] *= FACTOR
    for limit in facts.get("concurrency", []):
        limit["at_once"] *= FACTOR
