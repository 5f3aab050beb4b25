"""The simulator: a vendor on a port, its control API on another, and outages, which take the first port away.

The shell only: it listens, wires the parts together and follows the scenario's outages. What a request comes to is
simulator.exchange. Runs unchanged on real sockets and in the virtual world, for it reaches both only through the world.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from aiohttp import web

from tidegate.cassette.cassette_file import Recorder
from tidegate.openapi.document import Document
from tidegate.redaction.redactor import Redactor
from tidegate.scenario.aim import aimless
from tidegate.scenario.scenario import Scenario
from tidegate.simulator.assembly import assemble
from tidegate.simulator.behaviour.webhooks import WebhookSender
from tidegate.simulator.cassette.cassette import Cassette
from tidegate.simulator.control import snapshot
from tidegate.simulator.control.control_api import ControlApi
from tidegate.simulator.control.vendor_names import unmatched_names
from tidegate.simulator.document.resource_operation import ResourceOperations
from tidegate.simulator.door.oauth import OAUTH_OPERATIONS, AuthorizationServer
from tidegate.simulator.exchange import Exchange
from tidegate.simulator.movable_clock import ClockError, MovableWorld
from tidegate.simulator.objects.service import Service
from tidegate.simulator.record.journal import Journal
from tidegate.simulator.storage.resources import Resources
from tidegate.simulator.trouble import wire
from tidegate.simulator.trouble.faults import Faults
from tidegate.simulator.trouble.vendor_fault import VendorFault
from tidegate.values.value_generator import ValueGenerator
from tidegate.vendor.vendor import Vendor
from tidegate.world.world import Listener, World

AGAIN_S = 0.2
"""After an outage the vendor's port may be taken for a moment: ask again so often."""

LINE_BYTES_MAX = 1 << 20
"""The longest request line or header, as long as a body: a list of texts of 5,000 letters, percent-encoded."""

CLOSE_S = 0.1
"""Connections get so long to end when the simulator closes."""


class SimulatorServer:
    """One vendor, played from its document and its facts. `secret` is the only key it accepts; with None, any.

    `pool_secrets` are further keys: the vendor counts what each does for itself, as its limits say.
    `fixtures` are the vendor's own sample objects by kind, as values.fixtures reads them. What `cassette` holds is
    answered from it; `recorder` writes every exchange down.

    The same seed, scenario and requests give the same answers, byte for byte, in a world that repeats itself.
    """

    def __init__(
        self,
        world: World,
        document: Document,
        facts: Vendor,
        seed: int,
        scenario: Scenario | None = None,
        *,
        secret: str | None = None,
        pool_secrets: tuple[str, ...] = (),
        webhook_secrets: tuple[str, ...] = (),
        fixtures: Mapping[str, Any] | None = None,
        cassette: Cassette | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self._world = world
        self._scenario = scenario
        self.vendor = facts.vendor
        self.seed = seed
        secrets = tuple(value for value in (secret, *pool_secrets) if value)
        self._parts = assemble(world, document, facts, seed, secrets, webhook_secrets, fixtures or {})
        self._parts.cassette, self._parts.recorder = cassette, recorder
        self._exchange = Exchange(self._parts)
        self._hidden = [*secrets, *filter(None, webhook_secrets)]
        self.redactor = Redactor(self._hidden)
        self._host = ""
        self._server: web.Server | None = None
        self._listener: Listener | None = None
        self._control = ControlApi(self)
        self._turn: asyncio.TimerHandle | None = None
        self._turning = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self.port = 0

    async def start(self, host: str = "127.0.0.1", port: int = 0, control_port: int | None = 0) -> None:
        """Listen; 0 picks a free port, and a control port of None leaves the control API out.

        The scenario's times count from here. Raises OSError where a port is in use.
        """
        self._host = host
        self._server = web.Server(
            self._exchange.handle, handler_cancellation=True, access_log=None, max_line_size=LINE_BYTES_MAX
        )
        self._listener = await self._world.listen(self._accept, host, port)
        self.port = self._listener.port
        try:
            if control_port is not None:
                await self._control.start(self._world, host, control_port)
        except BaseException:
            await self.close()
            raise
        self._begin()

    async def close(self) -> None:
        """Stop listening and end every connection. What was still going to happen does not."""
        self._closed = True
        if self._turn is not None:
            self._turn.cancel()
        for task in self._tasks:
            task.cancel()
        self._parts.service.reset()
        self._parts.webhooks.reset()
        self._exchange.reset()
        if self._listener is not None:
            await self._listener.close()
        self._drop_connections()
        if self._server is not None:
            await self._server.shutdown(CLOSE_S)
        await self._control.close()

    @property
    def control_port(self) -> int:
        """The control API's port, 0 where there is none."""
        return self._control.port

    @property
    def journal(self) -> Journal:
        """Every request that has come in."""
        return self._parts.journal

    @property
    def resources(self) -> Resources:
        """The objects that the vendor stores."""
        return self._parts.service.resources

    @property
    def service(self) -> Service:
        """The vendor behind its front door."""
        return self._parts.service

    @property
    def generator(self) -> ValueGenerator:
        """The values that nobody sent."""
        return self._parts.generator

    @property
    def resource_operations(self) -> ResourceOperations:
        """The document's operations, and what each does to which objects."""
        return self._parts.resource_operations

    @property
    def document(self) -> Document:
        """The document that is served."""
        return self._parts.document

    @property
    def authority(self) -> AuthorizationServer | None:
        """The vendor's OAuth server; None where it has none."""
        return self._parts.authority

    @property
    def faults(self) -> Faults:
        """The armed faults."""
        return self._parts.faults

    @property
    def at(self) -> float:
        """Seconds since the run began."""
        return self._exchange.at

    @property
    def wall(self) -> float:
        """The vendor's own clock, in seconds since 1970."""
        return self._world.wall()

    @property
    def webhooks(self) -> WebhookSender:
        """The addresses that are registered, and what was sent there."""
        return self._parts.webhooks

    async def advance(self, by_s: float) -> None:
        """Put the vendor's clock forward. Raises ValueError where it goes by itself alone, or `by_s` is negative."""
        if not isinstance(self._world, MovableWorld):
            raise ClockError("this simulator's clock cannot be moved")
        await self._world.advance(by_s)

    def snapshot(self) -> dict[str, Any]:
        """A snapshot: what the vendor holds and remembers, as data that `restore` takes. See control.snapshot."""
        return snapshot.take_snapshot(self.vendor, self._parts, self._exchange)

    def restore(self, data: object) -> None:
        """Replace everything the vendor holds. Raises ValueError, and changes nothing, where this is no snapshot."""
        snapshot.restore_snapshot(self.vendor, self._parts, self._exchange, data)

    @property
    def operation_names(self) -> frozenset[str]:
        """The operations that the journal may name: the document's, and those of its OAuth server."""
        own = OAUTH_OPERATIONS if self._parts.authority is not None else frozenset()
        return own.union(self.document.operations)

    @property
    def mistakes(self) -> list[str]:
        """A sentence for each name in the vendor file and the scenario that means nothing in the document."""
        faults = () if self._scenario is None else self._scenario.faults
        named = unmatched_names(self._parts.facts, self._parts.resource_operations)
        aimed = aimless(faults, self.operation_names, [self.vendor])
        return [*named, *(f"the scenario's {mistake}" for mistake in aimed)]

    def arm(self, faults: Sequence[VendorFault]) -> None:
        """Arm faults; their times count from now. Raises ValueError for one aimed at an operation that is none."""
        if mistakes := aimless(faults, self.operation_names, [self.vendor]):
            raise ValueError("; ".join(mistakes))
        self._parts.faults.arm(faults, self.at)
        self._follow()

    def accept(self, keys: Sequence[str]) -> None:
        """Take these keys of apps from now on, and no other; every one, where there is none."""
        self._exchange.credentials.accept(keys)
        self._hidden += keys
        self.redactor = Redactor(self._hidden)

    def disarm(self, n: int | None = None) -> bool:
        """Drop one fault, False where there is none of this number; or every one, the scenario's too."""
        dropped = self._parts.faults.disarm(n)
        self._follow()
        return dropped

    def reset(self) -> None:
        """Begin again: no objects, no keys, no journal, full buckets, the scenario from its first second."""
        self._exchange.reset()
        self._parts.service.reset()
        self._parts.webhooks.reset()
        self._parts.limits.reset()
        if self._parts.authority is not None:
            self._parts.authority.reset()
        self._parts.journal.clear()
        if self._parts.keys is not None:
            self._parts.keys.reset()
        self._parts.faults.disarm()
        if self._parts.cassette is not None:
            self._parts.cassette.rewind()
        self._begin()

    def _begin(self) -> None:
        self._parts.began = self._world.now()
        if self._scenario is not None:
            of_the_vendor = [fault for fault in self._scenario.faults if isinstance(fault, VendorFault)]
            self._parts.faults.arm(of_the_vendor, 0.0)
        self._follow()

    def _accept(self) -> asyncio.BaseProtocol:
        outage = self._parts.faults.outage(self.at)
        if self._server is None or (outage is not None and outage.resets):
            return wire.ResetOnArrival()
        return self._server()

    def _follow(self) -> None:
        """Do what the outage of this moment asks for, and come again when that changes."""
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        turn = self._parts.faults.next_turn(at := self.at)
        if turn is not None:
            self._turn = self._world.call_later(turn - at, self._follow)
        outage = self._parts.faults.outage(at)
        if outage is not None and outage.resets:
            self._drop_connections()
        self._spawn(self._listen_or_not())

    async def _listen_or_not(self) -> None:
        async with self._turning:
            if self._refusing() and self._listener is not None:
                listener, self._listener = self._listener, None
                await listener.close()
                self._drop_connections()
            while not self._refusing() and self._listener is None and not self._closed:
                try:
                    self._listener = await self._world.listen(self._accept, self._host, self.port)
                except OSError:
                    await self._world.sleep(AGAIN_S)

    def _refusing(self) -> bool:
        outage = self._parts.faults.outage(self.at)
        return outage is not None and outage.refuses

    def _drop_connections(self) -> None:
        for connection in self._server.connections if self._server is not None else ():
            wire.reset(connection.transport)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.add(task := asyncio.get_running_loop().create_task(work))
        task.add_done_callback(self._tasks.discard)
