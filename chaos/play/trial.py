"""One trial: plays a drawn scenario in the virtual world, with the real proxy and the real simulator."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from tidegate.chaos.apps.http_client import HttpClient, HttpResponse
from tidegate.chaos.apps.retry_loop import Intent, IntentResult
from tidegate.chaos.apps.search_apps import AppCall, SearchApp
from tidegate.chaos.apps.stories import TOKENS
from tidegate.chaos.judge.boxes.box_evidence import BoxEvidence, WriteRecord
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.invariants import leaks
from tidegate.chaos.judge.tap import Tap, tapped
from tidegate.chaos.play.boxes import SIGNING, BoxStage, config_of, environ
from tidegate.chaos.play.cast.cast_setting import CastSetting
from tidegate.chaos.play.cast.deferred_writes import settled_writes
from tidegate.chaos.play.cast.fault_counts import fault_counts
from tidegate.chaos.play.cast.trial_setting import TrialSetting
from tidegate.chaos.play.credentials import QUIET_S, CredentialStage, host_name
from tidegate.chaos.play.rest import EndedSpans, held_at_rest
from tidegate.chaos.play.run import (
    PROXY_PORT,
    SECRET,
    VENDOR_DELAY_S,
    VENDOR_PORT,
)
from tidegate.chaos.search_vendors import PAYMENTS
from tidegate.chaos.timeline.draw import DrawnScenario
from tidegate.chaos.timeline.surroundings import SurroundingEvents, Surroundings
from tidegate.chaos.world.schedule import drawn_schedule
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import WALL_BASE, VirtualWorld
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import AppToken, Config, ListenAddress, TelemetrySettings
from tidegate.proxy.store.store_keeper import StoreKeeper
from tidegate.scenario.fault_count import FaultCount
from tidegate.scenario.scenario import Scenario
from tidegate.simulator.app import SimulatorServer

LEAVE_S = 1.0
"""The apps' connections are closed within this, however long the way is."""

END_S = 3600.0
"""A trial that has not ended by then never will."""

KEPT_BYTES = 1024
"""More than an ordinary request of the apps carries; a longer content is passed on as it comes."""

STORE = Path("store.db")
CONFIG = Config(
    listen=ListenAddress("127.0.0.1", PROXY_PORT),
    admin=ListenAddress("127.0.0.1", 0),
    store=STORE,
    body_kept_bytes=KEPT_BYTES,
    telemetry=TelemetrySettings.model_validate({"sample": "100%"}),
    tokens=tuple(AppToken.model_validate({"app": app, "token": f"env:{app.upper()}"}) for app in TOKENS),
)


def played(drawn: DrawnScenario) -> dict[str, Evidence]:
    """Play a scenario; the evidence of each vendor. Raises Deadlock or OutOfTime where its world cannot end."""
    return staged(drawn).evidence


def staged(drawn: DrawnScenario) -> "Stage":
    """Play a scenario; the stage, with all that is known. Raises Deadlock or OutOfTime where its world cannot end."""
    stage = Stage(drawn)
    schedule = drawn_schedule(drawn.seed, drawn=drawn.boxes.order if drawn.boxes is not None else "")
    run(stage.play, end_s=drawn.seconds + stage.quiet_s - QUIET_S + END_S, schedule=schedule)
    return stage


class Stage:
    """The world of one trial: its vendors, the proxy, and the apps."""

    def __init__(self, drawn: DrawnScenario) -> None:
        self._drawn = drawn
        self._setting: TrialSetting = CredentialStage(drawn) if drawn.cast is None else CastSetting(drawn, drawn.cast)
        self._loaded, self._documents = self._setting.loaded, self._setting.documents
        self._config = self._setting.configured(CONFIG if drawn.boxes is None else config_of(drawn.boxes, CONFIG))
        self._boxes: BoxStage | None = None
        self._outputs: list[bytes] = []
        self._written_s: list[float] = []
        """When each of them was written, as far as they are log lines."""
        self._surprises: list[str] = []
        self._proxy: Proxy | None = None
        self._spans = EndedSpans()
        self._setting.environ |= environ() | {app.upper(): token for app, token in TOKENS.items()}
        self.evidence: dict[str, Evidence] = {}
        """Kept here and not returned: asyncio.Runner writes out what its main task returns, which is long."""
        self._writes: Mapping[str, WriteRecord] = {}
        self.counts: list[FaultCount | None] = []
        """What each fault met and hit."""

    @property
    def outputs(self) -> list[bytes]:
        """What the proxy wrote, its log among it."""
        return self._outputs

    @property
    def quiet_s(self) -> float:
        """After the last app was told, everything gets so long to come to an end."""
        return self._setting.quiet_s

    async def play(self) -> None:
        """From the first call to the last word."""
        drawn, scenario, setting = self._drawn, self._drawn.scenario(), self._setting
        asyncio.get_running_loop().set_exception_handler(self._surprised)
        addresses = setting.addresses
        world = _world(drawn.seed, addresses)
        machines = {name: world.machine(name) for name in addresses}
        vendors = {name: self._vendor(name, machine, scenario) for name, machine in machines.items()}
        for name, vendor in vendors.items():
            await vendor.start(addresses[name], VENDOR_PORT, control_port=None)
        lines = {name: world.network.line(address) for name, address in addresses.items()}
        taps = {name: tapped(line, world.now, setting.words(name)) for name, line in lines.items()}
        intents = setting.intents(scenario, world)
        setting.welcome(vendors, intents)
        if drawn.boxes is not None:
            self._boxes = BoxStage(drawn.boxes, world)
            await self._boxes.start(vendors[PAYMENTS], intents)
        setting.begin(world, vendors, taps, STORE)
        trouble = Surroundings(world, scenario, {addresses[name]: machines[name] for name in addresses}, self._start)
        if self._boxes is not None:
            trouble.send_away = self._boxes.receiver.send_away
        await trouble.begin()
        client = HttpClient(world, "127.0.0.1", PROXY_PORT)
        caller = SearchApp(client, world.random("caller"), world.sleep, world.now, setting.budget_s, setting.stories)
        endings = await _all(world, caller, intents)
        last = await trouble.quiet()
        await world.sleep(setting.quiet_s)
        known = await self._settled(client, caller.calls)
        if drawn.cast is not None:
            self._writes = await settled_writes(world, STORE, client, caller.calls)
        client.close()
        await world.sleep(LEAVE_S)
        rest = await self._rest(last, world, taps, trouble.happened)
        self.counts = fault_counts(scenario, [*vendors.values()], trouble)
        for vendor in vendors.values():
            await vendor.close()
        self._outputs.append(world.disk.written())
        world.disk.close()
        self._gather(endings, caller.calls, vendors, taps, trouble.happened, rest, known)

    async def _settled(self, client: HttpClient, calls: Sequence[AppCall]) -> BoxEvidence | None:
        """Let outbox and inbox come to an end, and read what came of it."""
        if self._boxes is None:
            return None
        await self._boxes.settle(STORE)
        known = await self._boxes.evidence(client, calls, STORE)
        await self._boxes.receiver.close()
        return known

    async def _rest(
        self, last: VirtualWorld, world: VirtualWorld, taps: Mapping[str, Tap], happened: SurroundingEvents
    ) -> dict[str, int]:
        """What the last proxy holds, which is closed then."""
        assert self._proxy is not None
        spans, up_s = self._spans, max((up_s for _, up_s in happened.crashes), default=0.0)

        def open_spans() -> dict[str, int]:
            return {f"spans of {name} that never ended": spans.missing(name, tap, up_s) for name, tap in taps.items()}

        rest = await held_at_rest(self._proxy, last, STORE, world.sleep, open_spans)
        self._proxy.telemetry.spans = None  # nothing in this world may block
        if self._boxes is not None:
            await last.run(self._boxes.close_inbox())
        await last.run(self._setting.close())
        await last.run(self._proxy.close())
        return rest

    def _vendor(self, name: str, machine: VirtualWorld, scenario: Scenario) -> SimulatorServer:
        loaded, setting = self._loaded[name], self._setting
        return SimulatorServer(
            machine, self._documents[name], loaded.vendor, self._drawn.seed, setting.scenario(name, scenario),
            pool_secrets=setting.keys(name), webhook_secrets=(SIGNING,), fixtures=setting.fixtures(name),
        )  # fmt: skip

    async def _start(self, machine: VirtualWorld) -> None:
        documents = self._documents

        def sink(lines: bytes) -> None:
            self._outputs.append(lines)
            self._written_s.append(machine.now())

        spans, config = EndedSpans(), self._config
        secrets = self._setting.watched(machine, config)
        proxy = Proxy(machine, config, self._loaded, environ=secrets, sink=sink, documents=documents, spans=spans)
        await proxy.start()
        self._setting.watch(machine, proxy)
        if self._boxes is not None:
            await self._boxes.start_inbox(machine, proxy)

        def note(text: str, facts: dict[str, str | float]) -> None:
            proxy.telemetry.note(text, machine.wall(), **facts)

        keeper = StoreKeeper(machine, proxy.parts.store, note)
        self._keeper = asyncio.get_running_loop().create_task(keeper.run())
        self._proxy, self._spans = proxy, spans

    def _gather(
        self,
        endings: Sequence[IntentResult],
        calls: Sequence[AppCall],
        vendors: Mapping[str, SimulatorServer],
        taps: Mapping[str, Tap],
        happened: SurroundingEvents,
        rest: Mapping[str, int],
        boxes: BoxEvidence | None,
    ) -> None:
        """Sort what is known by vendor."""
        shown = [_output(call.answer) for call in calls if call.answer is not None]
        leaked = sum(leaks(secret, [*self._outputs, *shown]) for secret in (SECRET, *environ().values()))
        leaked += self._setting.leaked([*self._outputs[:-1], *shown], taps)
        leaked += sum(leaks(token, self._outputs) for token in TOKENS.values())
        lines = [
            _line(text, at, happened.skews_s)
            for output, at in zip(self._outputs, self._written_s, strict=False)
            for text in output.splitlines()
        ]
        stories = self._setting.stories
        for name, vendor in vendors.items():
            self.evidence[name] = Evidence(
                drawn=self._drawn,
                policy=self._loaded[name].vendor.policy,
                vendor=name,
                endings=[ending for ending in endings if stories[ending.intent.story].vendor == name],
                calls=[call for call in calls if stories[call.intent.story].vendor == name],
                entries=[entry.described() for entry in vendor.journal.entries],
                tap=taps[name],
                happened=happened,
                lines=[line for line in lines if line.get("vendor", name) == name],
                leaked=leaked,
                surprises=self._surprises,
                rest=rest,
                boxes=boxes if name == PAYMENTS and self._drawn.cast is None else None,
                writes=self._writes,
                file=self._setting.evidence(name),
            )

    def _surprised(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        del loop
        error = context.get("exception")
        self._surprises.append(f"{context['message']} {type(error).__name__}: {error}" if error else context["message"])


def _world(seed: int, addresses: Mapping[str, str]) -> VirtualWorld:
    names = {host_name(name): address for name, address in addresses.items()}
    return VirtualWorld(seed, names=names, delays_s=dict.fromkeys(addresses.values(), VENDOR_DELAY_S))


async def _all(world: VirtualWorld, caller: SearchApp, intents: Sequence[Intent]) -> list[IntentResult]:
    """Pursue each intent from its moment on."""
    loop, tasks = asyncio.get_running_loop(), []
    for intent in intents:
        if intent.start_s > world.now():
            await world.sleep(intent.start_s - world.now())
        tasks.append(loop.create_task(caller.pursue(intent)))
    return await asyncio.gather(*tasks)


def _line(text: bytes, written_s: float, skews_s: Sequence[float]) -> dict[str, Any]:
    """A log line, with its moment in seconds since the run began: just before it was written, by one of the clocks."""
    line: dict[str, Any] = orjson.loads(text)
    stamped_s = datetime.fromisoformat(line["ts"]).timestamp() - WALL_BASE
    line["at"] = min((stamped_s - skew_s for skew_s in skews_s), key=lambda at: abs(written_s - at))
    return line


def _output(answer: HttpResponse) -> bytes:
    """An answer as the app was given it, as one text."""
    return repr(answer.headers).encode() + answer.body
