"""A simulator inside a test: `with Simulator("stripe") as vendor:`, then send requests to `vendor.url`.

It runs on a thread and an event loop of its own, so plain tests, asynchronous ones and any HTTP client can use it. What
it can do is what the control API can do, as methods.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import uvloop

from tidegate.configfile.units import parse_duration
from tidegate.problems import UsageError
from tidegate.scenario.scenario import Scenario, load_scenario, parse_faults
from tidegate.simulator import app
from tidegate.simulator.cassette.cassette import Cassette
from tidegate.simulator.control import provider_states
from tidegate.simulator.control.vendor_names import unknown_kind
from tidegate.simulator.movable_clock import MovableWorld
from tidegate.simulator.received import ANYTHING, Expected, verified
from tidegate.simulator.simulated_vendor import load_simulated_vendor
from tidegate.simulator.trouble.vendor_fault import VendorFault
from tidegate.world.world import RealWorld

T = TypeVar("T")


class Simulator:
    """One vendor. `vendor` is its name, or its vendor file or folder.

    `spec` is served instead of the vendor's own document, or alone, by what it says; `scenario` is a file of faults,
    `cassette` one of recorded answers. The same seed and requests give the same answers. `secret` is the only key that
    is accepted; without it any is. Raises problems.UsageError where a file cannot be used, and OSError where the port
    is in use.
    """

    def __init__(
        self,
        vendor: str | Path | None = None,
        *,
        spec: Path | str | None = None,
        scenario: Path | str | None = None,
        cassette: Path | str | None = None,
        seed: int = 1,
        secret: str | None = None,
        port: int = 0,
    ) -> None:
        # A path that is one word is meant as a path all the same, and not as a vendor's name.
        named = str(vendor.absolute() if isinstance(vendor, Path) else vendor) if vendor is not None else None
        self._role = load_simulated_vendor(named, Path(spec) if spec is not None else None)
        self._scenario: Scenario | None = load_scenario(Path(scenario)) if scenario is not None else None
        self._cassette = Cassette.load(Path(cassette)) if cassette is not None else None
        self._seed, self._secret, self._port = seed, secret, port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._core: app.SimulatorServer | None = None
        self._world: MovableWorld | None = None

    def start(self) -> Self:
        """Listen on the loopback address. One that listens already goes on."""
        if self._core is not None:
            return self
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=f"simulator {self._role.vendor.vendor}", daemon=True)
        self._thread.start()
        try:
            self._wait(self._begin())
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """Stop. What was still going to happen does not."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        if self._core is not None:
            core, self._core = self._core, None
            self._wait(core.close())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        self._loop = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The vendor's address: an SDK's base URL."""
        return f"http://127.0.0.1:{self._running.port}"

    @property
    def control_url(self) -> str:
        """The address of the control API and its page."""
        return f"http://127.0.0.1:{self._running.control_port}"

    def journal(self) -> list[dict[str, Any]]:
        """Every request that came in, the oldest first: how it was answered, what was sent, why it was refused."""
        return self._do(lambda core: [entry.shown(core.redactor) for entry in core.journal.entries])

    def received(
        self,
        operation: str,
        *,
        body: Any = ANYTHING,
        headers: Mapping[str, Any] | None = None,
        times: int | None = None,
    ) -> list[dict[str, Any]]:
        """Verify that the vendor got a request for an operation: `received("PostCustomers", body={"name": "Ada"})`.

        A mapping fits a body that has its fields and more, a list one of as many items; a form's values are texts, and
        fit numbers and booleans, and None fits no body at all. Header values may be patterns, and what is equal to
        anything (`unittest.mock.ANY`) fits anything. Without `times` once is enough. Returns the entries of
        those that fit. Raises AssertionError with the nearest request and its differences, and ValueError for an
        operation that the vendor has not.
        """
        wanted = Expected(operation, body, headers or {})
        return self._do(lambda core: verified(wanted, times, core.journal.entries, core.operation_names, core.redactor))

    def arm(self, fault: Mapping[str, Any] | None = None, /, **fields: Any) -> None:
        """Arm a fault, as docs/scenarios.md describes it: `arm(kind="throttle", first_n=1)`.

        Its times count from now. A mapping may hold names that Python reserves, like `from`. Raises ValueError.
        """
        faults = parse_faults({**(fault or {}), **fields}, VendorFault)
        self._do(lambda core: core.arm(faults))

    def disarm(self) -> None:
        """Drop every fault."""
        self._do(lambda core: core.disarm())

    def given(self, state: str, **params: Any) -> dict[str, Any]:
        """Bring the vendor into a state: `given("a customer exists", name="Ada")["id"]`. Raises ValueError."""
        return self._do(lambda core: provider_states.set_up(core, state, params))

    def objects(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The objects of the vendor, of one kind or all, the oldest first. Raises ValueError for no kind."""

        def stored(core: app.SimulatorServer) -> list[dict[str, Any]]:
            objects = core.resources.items()
            if kind is not None and kind not in objects and kind not in core.resource_operations.kinds:
                raise ValueError(unknown_kind(kind, core.resource_operations))
            return [thing for name, things in objects.items() if kind in (None, name) for _, thing in things]

        return self._do(stored)

    def snapshot(self) -> dict[str, Any]:
        """A snapshot of what the vendor stores, for `restore`. It is plain data: json.dump saves it."""
        return self._do(lambda core: core.snapshot())

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Put a snapshot back. Raises ValueError where it is none of this vendor."""
        self._do(lambda core: core.restore(snapshot))

    def advance(self, by: str) -> None:
        """Put the vendor's clock forward: `advance("24h")`. What falls due meanwhile happens. Raises ValueError."""
        self._wait(self._running.advance(parse_duration(by)))

    @property
    def can_begin_again(self) -> bool:
        """Whether `reset` makes it as it was at its start: not once it is closed, or its clock was put forward."""
        return self._core is not None and self._world is not None and not self._world.is_moved

    def reset(self) -> None:
        """Begin again: no objects, no keys, no journal, full limits, the scenario from its first second."""
        self._do(lambda core: core.reset())

    @property
    def _running(self) -> app.SimulatorServer:
        if self._core is None:
            raise UsageError("this simulator is not running; use it in a `with` block, or call start()")
        return self._core

    def _run(self) -> None:
        assert self._loop is not None
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _begin(self) -> None:
        self._world = MovableWorld(RealWorld(seed=self._seed))
        core = app.SimulatorServer(
            self._world,
            self._role.document,
            self._role.vendor,
            self._seed,
            self._scenario,
            secret=self._secret,
            fixtures=self._role.fixtures,
            cassette=self._cassette,
        )
        if core.mistakes:
            raise UsageError("; ".join(core.mistakes))
        await core.start("127.0.0.1", self._port)
        self._core = core

    def _do(self, work: Callable[[app.SimulatorServer], T]) -> T:
        core = self._running

        async def done() -> T:
            return work(core)

        return self._wait(done())

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class StartSimulator(Protocol):
    """The fixture `simulator` of the pytest plugin: starts the simulator of a vendor, or begins again with it."""

    def __call__(
        self,
        vendor: str | Path | None = None,
        *,
        spec: Path | str | None = None,
        scenario: Path | str | None = None,
        cassette: Path | str | None = None,
        seed: int = 1,
        secret: str | None = None,
        port: int = 0,
    ) -> Simulator:
        """See Simulator for the options."""
        ...
