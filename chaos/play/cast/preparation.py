"""Preparation: what is asked for must be there. Each vendor is asked for it in a calm world of its own, without limits.

What the vendors hold then is put into the world that is played (a snapshot), so that no journal knows of it. Here it is
found out, too, which operations can be asked for at all: each once, straight, and the vendor must carry it out.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Self

import orjson

from tidegate.chaos.apps.cast import Cast, CastVendor
from tidegate.chaos.apps.drawn_stories import DrawnSource
from tidegate.chaos.apps.http_client import HttpClient, HttpResponse
from tidegate.chaos.apps.naive_sdk import ConnectionLost
from tidegate.chaos.play.cast.placed_objects import placed_or_none
from tidegate.chaos.play.cast.vendor_files import calm, fixtures_of
from tidegate.chaos.play.run import VENDOR_PORT
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.drawing.name_stock import NameStock
from tidegate.drawing.request_drawer import DrawnRequest
from tidegate.openapi.document import DocumentError
from tidegate.scenario.call_tag import TAG_HEADER
from tidegate.simulator.app import SimulatorServer

PATIENCE_S = 60.0
END_S = 100_000.0
REFUSAL_CHARACTERS = 160
"""So much of a vendor's refusal is shown."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the vendors hold, by name, and the names for each wanted source, in order."""

    snapshots: Mapping[str, object]
    names: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Wanted:
    vendor: str
    source: str


@dataclass(slots=True)
class _Rehearsed:
    drawable: list[str] = field(default_factory=list)
    placed: list[str] = field(default_factory=list)
    undrawn: dict[str, str] = field(default_factory=dict)


def prepared(cast: Cast, wanted: Sequence[tuple[str, str]], seed: int) -> Prepared:
    """Let there be what these (vendor, source) are about."""
    return run(lambda: _prepared(cast, [_Wanted(*one) for one in wanted], seed), end_s=END_S)


def rehearsed(cast: Cast) -> Cast:
    """The cast with the sources that its vendors carry out, each tried once."""
    return run(lambda: _rehearsed(cast), end_s=END_S)


async def _prepared(cast: Cast, wanted: Sequence[_Wanted], seed: int) -> Prepared:
    world = VirtualWorld(seed)
    snapshots: dict[str, object] = {}
    names: list[Mapping[str, str]] = [{}] * len(wanted)
    for vendor in cast.vendors.values():
        own = [place for place, one in enumerate(wanted) if one.vendor == vendor.name]
        async with _CalmVendor(world, vendor, seed) as asked:
            stock = await asked.stocked([wanted[place].source for place in own], seed)
            for place in own:
                source = wanted[place].source
                is_placed = f"{vendor.name} {source}" in cast.placed
                names[place] = asked.placed(source) if is_placed else stock.names_for(source)
            snapshots[vendor.name] = asked.simulator.snapshot()
    return Prepared(snapshots, names)


async def _rehearsed(cast: Cast) -> Cast:
    world, came = VirtualWorld(0), _Rehearsed()
    for vendor in cast.vendors.values():
        async with _CalmVendor(world, vendor, 0) as asked:
            stock = await asked.stocked([source.name for source in vendor.sources], 0)
            for source in vendor.sources:
                await _tried(asked, stock, source, f"{vendor.name} {source.name}", came)
    return cast.only(came.drawable, came.undrawn, came.placed)


async def _tried(asked: "_CalmVendor", stock: NameStock, source: DrawnSource, named: str, came: _Rehearsed) -> None:
    """Try a source about what other requests have made; else about what is put there for it."""
    refusal = await asked.refusal(source, stock.names_for(source.name))
    if refusal and (names := asked.placed(source.name)) and not await asked.refusal(source, names):
        came.placed.append(named)
        refusal = ""
    if refusal:
        came.undrawn[named] = refusal
    else:
        came.drawable.append(named)


class _CalmVendor:
    """A vendor without limits, faults and credentials, and a client of it."""

    def __init__(self, world: VirtualWorld, vendor: CastVendor, seed: int) -> None:
        self._vendor = vendor
        self._sources = {source.name: source for source in vendor.known}
        machine = world.machine(f"calm {vendor.name}")
        self.simulator = SimulatorServer(
            machine, vendor.document, calm(vendor.loaded).vendor, seed, fixtures=fixtures_of(vendor.loaded)
        )
        self._client = HttpClient(world, vendor.address, VENDOR_PORT)
        self._numbers = count(1)
        self._shared: dict[str, dict[str, str]] = {}

    async def __aenter__(self) -> Self:
        await self.simulator.start(self._vendor.address, VENDOR_PORT, control_port=None)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._client.close()
        await self.simulator.close()

    async def stocked(self, sources: Sequence[str], seed: int) -> NameStock:
        """A stock of the names that so many calls need."""
        rng = random.Random(f"stock {self._vendor.name} {seed}")  # noqa: S311 - repeatable on purpose
        stock = NameStock(self._vendor.supplies, sources, rng, "stock")
        while (order := stock.due()) is not None:
            answer = await self._ask(self._sources[order.source], order.tag, order.names)
            stock.put(order, answer.status if answer is not None else 0, _data(answer))
        return stock

    def placed(self, source: str) -> dict[str, str]:
        """The names of what is put there for a source: anew for a write, the same for all reads."""
        drawn = self._sources[source]
        if drawn.writes:
            return placed_or_none(self.simulator, drawn.operation, source)
        if source not in self._shared:
            self._shared[source] = placed_or_none(self.simulator, drawn.operation, source)
        return self._shared[source]

    async def refusal(self, source: DrawnSource, names: Mapping[str, str]) -> str:
        """Why the vendor does not carry a request out, in its own words; empty where it does."""
        answer = await self._ask(source, "rehearsal", names)
        entry = self.simulator.journal.entries[-1]
        if entry.carried_out and answer is not None and answer.status < 400:
            return ""
        if answer is None:
            return entry.refused or "it cannot be drawn from the document"
        return f"{answer.status} {entry.refused or answer.body.decode(errors='replace')}"[:REFUSAL_CHARACTERS]

    async def _ask(self, source: DrawnSource, tag: str, names: Mapping[str, str]) -> HttpResponse | None:
        try:
            request = source.draw(tag, names)
            return await self._client.ask(_written(request, self._vendor, tag, next(self._numbers)), PATIENCE_S)
        except (DocumentError, ConnectionLost):
            return None


def _written(request: DrawnRequest, vendor: CastVendor, tag: str, number: int) -> bytes:
    """A request straight to a vendor."""
    facts = vendor.loaded.vendor.facts
    headers = {"Host": vendor.address, **request.headers, TAG_HEADER: tag, "User-Agent": "tidegate-chaos"}
    keys = facts.idempotency
    if keys is not None and request.method in keys.methods:
        headers[keys.header] = f"preparation-{number}"
    headers["Content-Length"] = str(len(request.body))
    lines = [f"{request.method} {request.target} HTTP/1.1", *_headers(headers)]
    return "\r\n".join([*lines, "", ""]).encode() + request.body


def _headers(headers: Mapping[str, str]) -> Iterator[str]:
    return (f"{name}: {value}" for name, value in headers.items())


def _data(answer: HttpResponse | None) -> Any:
    try:
        return orjson.loads(answer.body) if answer is not None else None
    except orjson.JSONDecodeError:
        return None
