"""The setting of a trial: which vendors are played, with what credentials, and what is asked of them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from tidegate.chaos.apps.retry_loop import Intent
from tidegate.chaos.apps.stories import Story
from tidegate.chaos.judge.evidence import VendorEvidence
from tidegate.chaos.judge.tap import Tap, WireWords
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.openapi.document import Document
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import Config
from tidegate.scenario.scenario import Scenario
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.vendor_file import LoadedVendor


class TrialSetting(Protocol):
    """What differs between the search's own two vendors and somebody's own. Vendors are named as apps name them."""

    loaded: dict[str, LoadedVendor]
    environ: dict[str, str]
    """The secrets by the names that the configuration gives them."""

    @property
    def addresses(self) -> Mapping[str, str]:
        """Where each vendor is."""
        ...

    @property
    def documents(self) -> Mapping[str, Document]:
        """Each vendor's document."""
        ...

    @property
    def stories(self) -> Mapping[str, Story]:
        """Every story that is played."""
        ...

    @property
    def budget_s(self) -> float:
        """What the policy gives a call, where its operation has no time of its own."""
        ...

    @property
    def quiet_s(self) -> float:
        """After the last app was told, everything gets so long to come to an end."""
        ...

    def keys(self, vendor: str) -> tuple[str, ...]:
        """The keys that a vendor takes at first."""
        ...

    def scenario(self, vendor: str, scenario: Scenario) -> Scenario:
        """The part of a scenario that happens to a vendor."""
        ...

    def configured(self, config: Config) -> Config:
        """The proxy's configuration for these vendors, made from a plain one."""
        ...

    def intents(self, scenario: Scenario, world: VirtualWorld) -> list[Intent]:
        """Everything that is wanted, in its order."""
        ...

    def welcome(self, vendors: Mapping[str, SimulatorServer], intents: Sequence[Intent]) -> None:
        """Let be at the vendors what the intents are about."""
        ...

    def begin(
        self, world: VirtualWorld, vendors: Mapping[str, SimulatorServer], taps: Mapping[str, Tap], store: Path
    ) -> None:
        """Plan what vendors and the source of secrets do. Before the proxy starts."""
        ...

    def watched(self, machine: VirtualWorld, config: Config) -> Mapping[str, str]:
        """What a proxy on this machine reads its secrets from."""
        ...

    def watch(self, machine: VirtualWorld, proxy: Proxy) -> None:
        """Have a proxy that has started wear what changes."""
        ...

    async def close(self) -> None:
        """End the watch."""
        ...

    def leaked(self, outputs: Iterable[bytes], taps: Mapping[str, Tap]) -> int:
        """How many secrets of vendors the outputs show, less the one that every trial has."""
        ...

    def fixtures(self, vendor: str) -> Mapping[str, Any]:
        """A vendor's own sample objects."""
        ...

    def words(self, vendor: str) -> WireWords | None:
        """The words by which the tap knows a vendor's answers; None for those of the search's own."""
        ...

    def evidence(self, vendor: str) -> VendorEvidence | None:
        """What the judge is told of a vendor's file; None for the search's own."""
        ...
