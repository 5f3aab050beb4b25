"""A load by Locust through a proxy and simulators, each a process of its own, and what the judge makes of it.

Or to an address where a proxy, or a vendor, runs already. It knows where they listen and what they promise (the vendor
files); it imports neither. Everything of its own is on loopback, on free ports, in a directory that is gone afterwards.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from tidegate.drawing.planned_load import PlannedRequest
from tidegate.loadtests.address import check_address, control_at
from tidegate.loadtests.burst_verdict import BurstVerdict, judge
from tidegate.loadtests.call_account import LoadEvidence
from tidegate.loadtests.fault_counts import concerns, fault_counts
from tidegate.loadtests.house import House, app_headers, start_house
from tidegate.loadtests.journal import Fetch, JournalRequest, last_number, read_journal
from tidegate.loadtests.load_charts import PlayedLoad
from tidegate.loadtests.load_order import LoadOrder, LoadVendor, check_faults
from tidegate.loadtests.offer.call_record import CallRecord
from tidegate.loadtests.offer.locust_run import offer, offer_own
from tidegate.loadtests.offer.offered_call import LoadTarget, OfferedCall
from tidegate.loadtests.offer.provision import offered, patient
from tidegate.loadtests.programs import RunError, post
from tidegate.problems import UsageError
from tidegate.scenario.fault_count import FaultCount, never_happened
from tidegate.scenario.scenario import Scenario

Say = Callable[[str], None]
"""A message to the person at the terminal: what happens now."""


@dataclass(frozen=True, slots=True)
class BurstRun:
    """A finished run: its scenario's name, its verdict, the seconds it took in all, and what pictures are made of."""

    name: str
    verdict: BurstVerdict
    seconds: float
    played: PlayedLoad


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the calls of a run go, and whom to ask what came of them, by vendor."""

    targets: Mapping[str, LoadTarget]
    controls: Mapping[str, Fetch]
    arm: Sequence[Callable[[], None]] = ()
    log: Path | None = None
    """Of a proxy of our own."""

    def arm_all(self) -> None:
        """Arm the scenario's faults: their times count from now."""
        for arm in self.arm:
            arm()


def run_burst(order: LoadOrder, say: Say) -> BurstRun:
    """Run it. Raises UsageError where Locust is not installed, and RunError where a program did not do its part."""
    if find_spec("locust") is None:
        raise UsageError("this command needs locust, which the extra tidegate[harness] installs")
    began = time.monotonic()
    run = f"{time.time_ns():x}"
    rng = random.Random(order.seed)  # noqa: S311 - which call comes when is no secret
    planned = order.planned(rng, run) if order.locustfile is None else ()
    check_faults(order)
    with TemporaryDirectory(prefix="tidegate-load-") as folder:
        home = Path(folder)
        with ExitStack() as stack:
            place = _place(stack, home, order, say)
            since = {name: last_number(control) for name, control in place.controls.items()}
            if order.locustfile is not None:
                records = _own(order, place, home, run, say)
                planned = own_plan(records, order.vendors, place.targets)
            else:
                calls = _calls(order, planned, place.targets, rng, run, say)
                since = {name: last_number(control) for name, control in place.controls.items()}
                say(f"offering {len(planned)} calls in {order.scenario.seconds:g} s")
                budget_s = max(one.terms.budget_s for one in order.vendors)
                records = offer(calls, home, budget_s, order.locust, place.arm_all)
            journals = {name: read_journal(control, since[name]) for name, control in place.controls.items()}
            counts = fault_counts(order, place.controls) if place.arm else ()
        log = place.log.read_bytes() if place.log is not None and place.log.exists() else b""
    evidence = evidence_of(order, planned, records, journals if place.controls else None, counts)
    played = PlayedLoad(order.scenario, evidence, log)
    return BurstRun(order.scenario.name, judge(evidence), time.monotonic() - began, played)


def evidence_of(
    order: LoadOrder,
    planned: Sequence[PlannedRequest],
    records: Sequence[CallRecord],
    journals: Mapping[str, Sequence[JournalRequest]] | None,
    counts: Sequence[FaultCount | None] = (),
) -> LoadEvidence:
    """What the judge looks at. `counts` are those of the scenario's faults, where they were armed."""
    wanted = [(record.planned_s, record.ended_s) for record in records]
    return LoadEvidence(
        planned=planned,
        records=records,
        journals=journals,
        terms={one.name: one.terms for one in order.vendors},
        checks=order.scenario.checks,
        faulty=bool(order.scenario.faults),
        untried=never_happened(order.scenario.faults, counts, wanted) if counts else (),
    )


def _place(stack: ExitStack, home: Path, order: LoadOrder, say: Say) -> _Place:
    """Where the calls go: the addresses that are given, or programs that are started."""
    if order.targets:
        for target in order.targets.values():
            check_address(target.base_url, "--url")
        return _Place(order.targets, {name: partial(control_at, url) for name, url in order.journals.items()})
    say(f"starting {'the simulator' if len(order.vendors) == 1 else 'the simulators'} and the proxy")
    house = start_house(stack, home, [one.loaded for one in order.vendors], seed=order.seed)
    targets = {one.name: LoadTarget(house.base_url(one.name), app_headers(one.loaded.vendor)) for one in order.vendors}
    controls: dict[str, Fetch] = {one.name: partial(house.control, one.name) for one in order.vendors}
    arm = [partial(_arm, house, order.scenario, one) for one in order.vendors if order.scenario.faults]
    return _Place(targets, controls, arm, house.log)


def _arm(house: House, scenario: Scenario, vendor: LoadVendor) -> None:
    """Arm the faults that concern a vendor. Their times count from now."""
    faults = [
        fault.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"kind": fault.kind}
        for fault in scenario.faults
        if concerns(fault, vendor)
    ]
    status, said = post(house.controls[vendor.name], "/faults", faults)
    if status != 200:
        raise RunError(
            f"the simulator of {vendor.name} did not take the faults: {said.decode('utf-8', 'replace')[:300]}"
        )


def _own(order: LoadOrder, place: _Place, home: Path, run: str, say: Say) -> list[CallRecord]:
    """The calls of the users in a locustfile of one's own."""
    assert order.locustfile is not None
    targets = [*place.targets.values()]
    root = targets[0].base_url if len(targets) == 1 else targets[0].base_url.rpartition("/")[0]
    headers = {name: value for target in reversed(targets) for name, value in target.headers.items()}
    say(f"running {order.locustfile.name} against {root} for {order.scenario.seconds:g} s")
    place.arm_all()
    return offer_own(order.locustfile, LoadTarget(root, headers), home, order.scenario.seconds, run, order.locust)


def own_plan(
    records: Sequence[CallRecord], vendors: Sequence[LoadVendor], targets: Mapping[str, LoadTarget]
) -> tuple[PlannedRequest, ...]:
    """What was asked for by users of one's own, as far as it was asked of these vendors."""
    planned = []
    for record in records:
        for vendor in vendors:
            base = targets[vendor.name].base_url.rstrip("/")
            if not record.url.startswith(f"{base}/"):
                continue
            match = vendor.document.match(record.method, record.url.removeprefix(base))
            operation = match.operation.id if match is not None else ""
            planned.append(
                PlannedRequest(record.number, record.started_s, vendor.name, record.name, operation, record.tag)
            )
            break
    return tuple(planned)


def _calls(
    order: LoadOrder,
    planned: Sequence[PlannedRequest],
    targets: Mapping[str, LoadTarget],
    rng: random.Random,
    run: str,
    say: Say,
) -> list[OfferedCall]:
    """The calls in bytes, after what they need has been made."""
    loads = {one.name: order.load_of(one) for one in order.vendors}
    stocks = {}
    for name, load in loads.items():
        stocks[name] = load.stock([call.source for call in planned if call.vendor == name], rng, run)
        say(f"{name}: making what the calls need")
        load.provision(stocks[name], targets[name], patient)
    return offered(planned, loads, stocks, targets)
