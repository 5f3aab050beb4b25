"""The setting of a trial about somebody's own vendors: files, credentials, intents, and what must be there for them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tidegate.chaos.apps.cast import Cast
from tidegate.chaos.apps.drawn_stories import DrawnStory
from tidegate.chaos.apps.retry_loop import Intent
from tidegate.chaos.judge.evidence import VendorEvidence
from tidegate.chaos.judge.tap import Tap, WireWords
from tidegate.chaos.play.cast.intents import intents_of
from tidegate.chaos.play.cast.vendor_files import fixtures_of, played, tight
from tidegate.chaos.play.credentials import QUIET_S, vendor_use
from tidegate.chaos.play.run import SECRET, SECRET_VARIABLE
from tidegate.chaos.search_vendors import PLACES
from tidegate.chaos.timeline import offered_load
from tidegate.chaos.timeline.draw import DrawnScenario
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.openapi.document import Document
from tidegate.plan.planning import plan_vendor
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import Config
from tidegate.scenario.scenario import Scenario
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.vendor import Limit
from tidegate.vendor.vendor_file import LoadedVendor

QUIET: Final = 1.5
"""What an app has hung up on goes on for so many times that, at most."""


class CastSetting:
    """See tidegate.chaos.play.cast.trial_setting.TrialSetting."""

    def __init__(self, drawn: DrawnScenario, cast: Cast) -> None:
        self._drawn = drawn
        self._cast = cast
        self.loaded = {name: _file(vendor.loaded, drawn) for name, vendor in cast.vendors.items()}
        self.environ = {SECRET_VARIABLE: SECRET}
        self._plans = {name: plan_vendor(self.loaded[name], vendor.document) for name, vendor in cast.vendors.items()}
        budgets = [plan.budget_s for plans in self._plans.values() for plan in plans.values()]
        self.budget_s: float = max(budgets, default=0.0)
        refills = (_refill_s(limit) for one in self.loaded.values() for limit in one.vendor.facts.limits)
        self.quiet_s: float = max(QUIET_S, QUIET * self.budget_s, *refills)
        self.stories: Mapping[str, DrawnStory] = cast.stories
        self.addresses: Mapping[str, str] = cast.addresses
        self.documents: Mapping[str, Document] = {name: one.document for name, one in cast.vendors.items()}
        self._intents = intents_of(drawn, cast, self.budget_s)

    def keys(self, vendor: str) -> tuple[str, ...]:
        """One key, the same at each vendor."""
        del vendor
        return (SECRET,)

    def scenario(self, vendor: str, scenario: Scenario) -> Scenario:
        """The part of a scenario that happens to a vendor."""
        return offered_load.part_of(scenario, vendor)

    def configured(self, config: Config) -> Config:
        """The proxy's configuration for these vendors."""
        return config.model_copy(update={"use": {name: vendor_use(name) for name in self._cast.vendors}})

    def intents(self, scenario: Scenario, world: VirtualWorld) -> list[Intent]:
        """Everything that is wanted, with the names of what it is about."""
        del scenario, world
        return self._intents.intents

    def welcome(self, vendors: Mapping[str, SimulatorServer], intents: Sequence[Intent]) -> None:
        """Let be at the vendors what was prepared."""
        del intents
        for name, vendor in vendors.items():
            vendor.restore(self._intents.snapshots[name])

    def begin(
        self, world: VirtualWorld, vendors: Mapping[str, SimulatorServer], taps: Mapping[str, Tap], store: Path
    ) -> None:
        """Nothing changes of these credentials."""

    def watched(self, machine: VirtualWorld, config: Config) -> Mapping[str, str]:
        """What a proxy reads its secrets from."""
        del machine, config
        return self.environ

    def watch(self, machine: VirtualWorld, proxy: Proxy) -> None:
        """Nothing changes of these credentials."""

    async def close(self) -> None:
        """Nothing is watched."""

    def leaked(self, outputs: Iterable[bytes], taps: Mapping[str, Tap]) -> int:
        """There is no other secret than every trial's."""
        del outputs, taps
        return 0

    def fixtures(self, vendor: str) -> Mapping[str, Any]:
        """A vendor's own sample objects, as its file names them."""
        return fixtures_of(self._cast.vendors[vendor].loaded)

    def words(self, vendor: str) -> WireWords:
        """A vendor's words, as its file has them."""
        facts = self.loaded[vendor].vendor.facts
        codes: dict[str, list[bytes]] = {"contention": [], "exhausted": [], "quota": []}
        for refusal in facts.throttled:
            if refusal.code is not None:
                codes[refusal.means].append(f'"{refusal.code}"'.encode())
        hint = facts.errors.retry_hint
        locked, nothing_left = tuple(codes["contention"]), tuple(codes["exhausted"])
        return WireWords(facts.request_id.header, hint.header if hint else "", locked, (), nothing_left)

    def evidence(self, vendor: str) -> VendorEvidence:
        """What the judge is told of a vendor's file."""
        facts = self.loaded[vendor].vendor.facts
        limits = tuple(limit for limit in facts.limits if limit.unit == "requests")
        return VendorEvidence(limits, self._plans[vendor], facts.request_id.header)


def _refill_s(limit: Limit) -> float:
    """After so long, with no request, all of a limit is there again."""
    if limit.algorithm == "token-bucket":
        return limit.burst / limit.rate.per_second
    return limit.rate.per_s


def _file(loaded: LoadedVendor, drawn: DrawnScenario) -> LoadedVendor:
    made = played(loaded)
    if drawn.given is not None:
        return made
    limit: Limit = drawn.limit
    return tight(made, limit, drawn.places if drawn.places != PLACES else None, hints=drawn.hints)
