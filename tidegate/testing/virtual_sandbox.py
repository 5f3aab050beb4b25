"""The real proxy in front of a vendor's simulator, in the virtual world: a sandbox for an adapter and its vendor file.

Nothing waits in real time, so a scenario of ten minutes takes as long as its requests take to compute. What the vendor
does comes from its file and document; one that does what a script says is tidegate.testing.virtual_proxy's.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientSession

from tidegate.adapters.gateway import Gateway
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.openapi.document import Document
from tidegate.problems import UsageError
from tidegate.scenario.scenario import load_scenario, parse_faults
from tidegate.simulator.app import SimulatorServer
from tidegate.simulator.control import provider_states
from tidegate.simulator.received import ANYTHING, Expected, verified
from tidegate.simulator.trouble.vendor_fault import VendorFault
from tidegate.testing.virtual_proxy import VENDOR_ADDRESS, VirtualProxy
from tidegate.values.fixtures import read_fixtures
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor

TOKEN = "app-token"  # noqa: S105 - any token is good for the app `local` on loopback


DOCUMENTS_MAX = 4
"""So many documents are kept from one sandbox to the next: a test file makes many of one."""


@lru_cache(maxsize=DOCUMENTS_MAX)
def _document(path: Path, _changed_ns: int) -> Document:
    return Document.load(path)


class VirtualSandbox:
    """A vendor's simulator behind the real proxy. Make and use it inside `run`.

    `vendor` is a vendor's name, or its file or folder; `scenario` is a file of faults, whose times count from the
    start; `config` is what a tidegate.yaml would say. Secrets are made up, unless `environ` has them, and the simulator
    takes any. Raises problems.UsageError for a file that cannot be used, ValueError for a wrong `config`.
    """

    def __init__(
        self,
        vendor: str | Path,
        *,
        scenario: Path | str | None = None,
        config: Mapping[str, Any] | None = None,
        environ: Mapping[str, str] | None = None,
        seed: int = 1,
    ) -> None:
        loaded = load_vendor(find_vendor(str(vendor.absolute() if isinstance(vendor, Path) else vendor)))
        document = _document(loaded.document_path, loaded.document_path.stat().st_mtime_ns)
        documents = {loaded.vendor.vendor: document}
        self._stand = VirtualProxy(
            loaded.path.parent, [200], config=config, environ=environ, seed=seed, documents=documents
        )
        timeline = load_scenario(Path(scenario)) if scenario is not None else None
        fixtures = loaded.vendor.facts.resources.fixtures
        self._simulator = SimulatorServer(
            self._stand.vendor_machine,
            document,
            loaded.vendor,
            seed,
            timeline,
            fixtures=read_fixtures(loaded.path.parent / fixtures) if fixtures is not None else {},
        )
        if self._simulator.mistakes:
            raise UsageError("; ".join(self._simulator.mistakes))
        self._key_header = loaded.vendor.facts.auth.header
        self.seconds = timeline.seconds if timeline is not None else 0.0
        """How long the scenario takes."""

    async def __aenter__(self) -> Self:
        await self._simulator.start(VENDOR_ADDRESS, self._stand.vendor_port, control_port=None)
        await self._stand.open()
        return self

    async def __aexit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        await self._stand.close()
        await self._simulator.close()

    @property
    def world(self) -> VirtualWorld:
        """The clock and the wires: `await sandbox.world.sleep(60)` lets a minute pass."""
        return self._stand.world

    @property
    def session(self) -> ClientSession:
        """The app's HTTP client."""
        return self._stand.session

    @property
    def url(self) -> str:
        """The vendor's address on the gateway: an SDK's base URL."""
        return f"{self._stand.url}/{self._stand.name}"

    @property
    def gateway(self) -> Gateway:
        """The way to the vendor that an adapter takes."""
        return Gateway(self.session, self.url, TOKEN, key_header=self._key_header)

    def given(self, state: str, **params: Any) -> dict[str, Any]:
        """Bring the vendor into a state: `given("a customer exists", name="Ada")["id"]`. Raises ValueError."""
        return provider_states.set_up(self._simulator, state, params)

    def arm(self, fault: Mapping[str, Any] | None = None, /, **fields: Any) -> None:
        """Arm a fault, as docs/scenarios.md describes it; its times count from now. Raises ValueError."""
        self._simulator.arm(parse_faults({**(fault or {}), **fields}, VendorFault))

    def disarm(self) -> None:
        """Drop every fault."""
        self._simulator.disarm()

    def reset(self) -> None:
        """Begin again at the vendor: no objects, no keys, no journal, full limits, the scenario from its start."""
        self._simulator.reset()

    def received(
        self,
        operation: str,
        *,
        body: Any = ANYTHING,
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
    ) -> list[dict[str, Any]]:
        """Verify that the vendor got a request for an operation, as `Simulator.received` does."""
        core, wanted = self._simulator, Expected(operation, body, headers or {})
        return verified(wanted, times, core.journal.entries, core.operation_names, core.redactor)

    def journal(self) -> list[dict[str, Any]]:
        """Every request that the vendor got, the oldest first."""
        return [entry.shown(self._simulator.redactor) for entry in self._simulator.journal.entries]

    def log(self) -> list[dict[str, Any]]:
        """The proxy's log lines so far, the oldest first."""
        return self._stand.log()
