"""What a load run is asked to play: a scenario, its vendors, and where they are; and whether that can be played at all.

Data, and what vendor files promise. It starts nothing.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tidegate.drawing.planned_load import GivenRequests, PlannedRequest, planned_load
from tidegate.drawing.request_drawer import RequestDrawer, operations_of
from tidegate.drawing.supplies import Supplies
from tidegate.loadtests.call_account import BurstTerms
from tidegate.loadtests.journal import JOURNAL_MAX
from tidegate.loadtests.offer.locust_run import LocustOptions
from tidegate.loadtests.offer.offered_call import LoadTarget
from tidegate.loadtests.offer.provision import VendorLoad
from tidegate.loadtests.offer.usual_load import usual_requests
from tidegate.loadtests.schedule import CALLS_MAX
from tidegate.openapi.document import Document
from tidegate.plan.planning import plan_vendor
from tidegate.policy.plan_values import SAFE
from tidegate.problems import UsageError
from tidegate.scenario.aim import aimless, late, misnamed, unmade
from tidegate.scenario.scenario import Scenario
from tidegate.vendor.vendor_file import LoadedVendor

_ONCE = frozenset({"vendor-key", "lookup", "never-resend"})
"""The ways of a write that must not happen twice; what is `natural` may."""


@dataclass(frozen=True, slots=True)
class LoadVendor:
    """A vendor of a run: its file, its document, and requests of its ordinary traffic."""

    loaded: LoadedVendor
    document: Document
    usual: GivenRequests

    @classmethod
    def of(cls, loaded: LoadedVendor) -> Self:
        """With its document. Raises DocumentError."""
        document = Document.load(loaded.document_path)
        return cls(loaded, document, usual_requests(loaded.vendor.vendor, document))

    @property
    def name(self) -> str:
        """The vendor's name."""
        return self.loaded.vendor.vendor

    @property
    def terms(self) -> BurstTerms:
        """What this vendor file promises."""
        facts, policy = self.loaded.vendor.facts, self.loaded.vendor.policy
        plans = plan_vendor(self.loaded, self.document)
        counted = [limit.unit == "requests" and limit.amount is None for limit in facts.limits]
        return BurstTerms(
            limits=tuple(limit for limit in facts.limits if limit.unit == "requests" and limit.amount is None),
            wait_s=policy.queue.wait,
            depth=policy.queue.depth,
            budget_s=max((plan.budget_s for plan in plans.values()), default=policy.budget),
            countable=bool(counted) and all(counted),
            changes=frozenset(name for name, plan in plans.items() if plan.method not in SAFE),
            once=frozenset(name for name, plan in plans.items() if plan.idempotency in _ONCE),
        )


@dataclass(frozen=True, slots=True)
class LoadOrder:
    """What is to be played: a scenario with some vendors.

    `targets` are the addresses of those that run already, by vendor; without any, a proxy and simulators are started.
    `journals` are the control addresses of the simulators behind them, where there are any. With a `locustfile` of the
    user's own its users make the calls, for as long as the scenario says.
    """

    scenario: Scenario
    vendors: Sequence[LoadVendor]
    seed: int = 1
    targets: Mapping[str, LoadTarget] = field(default_factory=dict)
    journals: Mapping[str, str] = field(default_factory=dict)
    locustfile: Path | None = None
    locust: LocustOptions = field(default_factory=LocustOptions)

    def planned(self, rng: random.Random, run: str) -> tuple[PlannedRequest, ...]:
        """Every call of the scenario. `run` begins each tag. Raises UsageError for what is not there."""
        documents = {one.name: one.document for one in self.vendors}
        usual = {one.name: one.usual for one in self.vendors}
        planned = planned_load(self.scenario, documents, rng, run, usual)
        if len(planned) > CALLS_MAX:
            raise UsageError(f"scenario {self.scenario.name}: {len(planned):,} calls are more than {CALLS_MAX:,}")
        most = max(Counter(call.vendor for call in planned).values())
        if not self.targets and most > JOURNAL_MAX:
            raise UsageError(
                f"scenario {self.scenario.name}: {most:,} calls to one vendor are more than its simulator remembers, "
                f"{JOURNAL_MAX:,}; make the load smaller"
            )
        return planned

    def load_of(self, vendor: LoadVendor) -> VendorLoad:
        """One vendor's part of the load."""
        given = {**vendor.usual, **self.scenario.requests}
        own = {name: request for name, request in given.items() if request.operation in vendor.document.operations}
        drawer = RequestDrawer(vendor.document, self.seed)
        return VendorLoad(vendor.loaded, drawer, Supplies(vendor.document, drawer, own), own)


def check_requests(order: LoadOrder) -> None:
    """Raise UsageError for a name in the scenario's requests that nothing has."""
    _refuse(order, unmade(order.scenario.requests, operations_of([one.document for one in order.vendors])))


def check_faults(order: LoadOrder) -> None:
    """Raise UsageError for a fault that nobody here can make happen, and for names that nothing has."""
    faults = order.scenario.faults
    operations, vendors = operations_of([one.document for one in order.vendors]), [one.name for one in order.vendors]
    flaws = [*late(order.scenario), *aimless(faults, operations, vendors)]
    flaws += unmade(order.scenario.requests, operations)
    flaws += misnamed(order.scenario.checks, operations, vendors)
    if faults and order.targets:
        flaws.append("a run at an address that is given has no faults: arm them where the vendor runs")
    around = [fault.kind for fault in faults if fault.around]
    if around:
        flaws.append(f"{around[0]} is a fault around the vendor, which `tidegate chaos run` plays, not a load")
    _refuse(order, flaws)


def _refuse(order: LoadOrder, flaws: Sequence[str]) -> None:
    if flaws:
        raise UsageError(f"scenario {order.scenario.name}: " + "; ".join(flaws))
