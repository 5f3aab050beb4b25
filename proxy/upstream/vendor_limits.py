"""One vendor's limits at run time: the gauges, who shares which, the room where calls wait.

State and wiring; tidegate.proxy.stages.limiter acts. One for each vendor, as long as its file is in force.
"""

import asyncio
import contextlib
from collections.abc import Sequence

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.permits.lane import Lane, PooledLane, StoredQuota
from tidegate.proxy.permits.limit_gate import LimitGate
from tidegate.proxy.permits.limit_names import BEYOND_MEMBERS, app_of, owned, shared
from tidegate.proxy.permits.pool_gate import MemberGate, PoolGate
from tidegate.proxy.permits.waiting_room import WaitingRoom
from tidegate.proxy.policies.credentials.pool_choice import PoolChoice
from tidegate.proxy.policies.dialects.dialect_reader import RETRY_AFTER_MAX_S, DialectReader
from tidegate.proxy.policies.dialects.vendor_clock import VendorClock
from tidegate.proxy.policies.limits.aimd import AimdLimit
from tidegate.proxy.policies.limits.amounts import Amounts, Counted
from tidegate.proxy.policies.limits.asked_pause import AskedPause
from tidegate.proxy.policies.limits.concurrency_limit import ConcurrencyLimit
from tidegate.proxy.policies.limits.counted_windows import FixedWindow
from tidegate.proxy.policies.limits.gauge import Gauge
from tidegate.proxy.policies.limits.gauge_for import gauge_for, quota_for, refills_s
from tidegate.proxy.policies.limits.learned_limit import Key, LearnedLimit, LearnedLimits
from tidegate.proxy.policies.limits.limit_set import LimitSet
from tidegate.proxy.policies.limits.wait_queue import WaitQueue
from tidegate.proxy.policies.resilience.backoff import Pauses
from tidegate.proxy.store.quotas import Quotas, QuotaUse
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.upstream.report_mode import ReportMode
from tidegate.vendor.dialect_facts import dialect_of
from tidegate.vendor.vendor import Concurrency, Limit, Quota, Vendor
from tidegate.world.world import World

Row = tuple[str, Gauge, Counted]
"""Name, gauge and unit of one thing that limits calls."""

ALONE = ("",)
"""The only credential of a vendor needs no name."""

CHUNK = 0.01
"""The use of a calendar quota is written down ahead, in steps of this share of it."""


class VendorLimits:
    """See the module."""

    def __init__(self, world: World, vendor: Vendor, reports: ReportMode, choice: PoolChoice | None = None) -> None:
        queue = vendor.policy.queue
        self.choice = choice or PoolChoice(ALONE)
        self.members = tuple(self.choice.members)
        """The names of the credentials, each of which the vendor counts for itself."""
        self.member_since: dict[str, float] = {}
        """Members that are newer than the rest: what was used of their limits before, nobody knows."""
        self.clock = VendorClock(world.now(), world.wall())
        self.reader = DialectReader(dialect_of(vendor.facts.dialect))
        self.pauses = {member: Pauses(RETRY_AFTER_MAX_S) for member in self.members}
        self.gauges: dict[str, Gauge] = {}
        """By name; those of one operation or app carry its name too."""
        self.room = WaitingRoom(world, WaitQueue(queue.depth, queue.shares, queue.age))
        self.bulkheads: dict[str, LimitGate] = {}
        self.quotas: dict[str, StoredQuota] = {}
        self.store: Quotas | None = None
        self._world, self.vendor, self.reports = world, vendor, reports
        self.began = world.now()
        """Buckets fill from here on: one that an app needs later must not begin empty."""
        self.since: dict[str, float] = {}
        """The same for single limits, which a reload has changed or added."""
        self.owners: dict[str, str] = {}
        """Gauge → the limit that it keeps."""
        self.written: dict[str, tuple[QuotaUse, ...]] = {}
        """Each quota as it was read from the store, by its periods."""
        self.wearers: dict[str, str] = {}
        """Gauge → the member that it is of, where members do not share it."""
        self.shelves: dict[str, dict[Key, LearnedLimit]] = {member: {} for member in self.members}
        """By member, the counts that the vendor told of."""
        self.gates: dict[tuple[str, ...], LimitGate] = {}
        self._lanes: dict[tuple[str, str, str], Lane] = {}
        self._pooled: dict[tuple[str, str], PooledLane] = {}

    @property
    def depth(self) -> int:
        """The number of calls that wait, for limits and for places of bulkheads."""
        return self.room.depth + sum(gate.waiting for gate in self.bulkheads.values())

    def lane(self, plan: OperationPlan, app: str = "", member: str = "") -> Lane | None:
        """The lane of calls of this plan that wear this member; None where nothing limits them.

        `app` matters for limits by app only.
        """
        key = (plan.operation, app if by_app(plan) else "", member)
        if key not in self._lanes:
            rows, asked = self._rows(plan, app, member), f"asked {plan.operation}"
            of_apps = all(app_of(name, self.owners.get(name, "")) for name, _, _ in rows)  # the vendor knows no apps
            if of_apps and (rows or member or asked in self.gauges):  # or an earlier version of the file was asked
                rows.append(self._own(asked, member, AskedPause()))
            if not rows:
                return None
            self._lanes[key] = self._lane(plan, rows, member)
        return self._lanes[key]

    def pausing_lane(self, plan: OperationPlan) -> Lane:
        """A lane for an operation that nothing limits, once the vendor has asked for a pause of it."""
        row = self._own(f"asked {plan.operation}", "", AskedPause())
        return self._lanes.setdefault((plan.operation, "", ""), self._lane(plan, [row], ""))

    def pooled_lane(self, plan: OperationPlan, app: str = "") -> PooledLane:
        """The lanes of calls of this plan, where the vendor has several credentials."""
        key = (plan.operation, app if by_app(plan) else "")
        if key not in self._pooled:
            lanes = {member: lane for member in self.members if (lane := self.lane(plan, app, member)) is not None}
            gate = PoolGate(self.choice, {member: lane.gate for member, lane in lanes.items()}, self.room)
            self._pooled[key] = PooledLane(gate, lanes)
        return self._pooled[key]

    def show(self, plan: OperationPlan) -> None:
        """Have every limit of the plan shown from now on, those aside that each app has for itself."""
        if not by_app(plan):
            for member in self.members:
                self.lane(plan, member=member)

    def bulkhead(self, group: str) -> LimitGate | None:
        """The places of an operation group; None where there are none."""
        facts = self.vendor.policy.bulkhead
        if facts is None:
            return None
        if group not in self.bulkheads:
            places = ConcurrencyLimit(facts.concurrent)
            self.gauges[f"bulkhead {group}"] = places
            self.bulkheads[group] = LimitGate(LimitSet([places]), WaitingRoom(self._world, WaitQueue(facts.queue)))
        return self.bulkheads[group]

    def shares(self, now: float) -> dict[str, float]:
        """Name → the share of it that is in use, 0…1: every limit of ours, and every count that the vendor told of."""
        own = {name: gauge.used(now) for name, gauge in self.gauges.items() if not isinstance(gauge, LearnedLimits)}
        learned = {
            owned(" ".join(filter(None, ("told", *key))), member): gauge.used(now)
            for member, shelf in self.shelves.items()
            for key, gauge in shelf.items()
        }
        return own | learned

    def of_apps(self) -> dict[str, str]:
        """Name → the app, of those limits that each app has for itself."""
        return {name: app for name, limit in self.owners.items() if (app := app_of(name, limit))}

    def look_again(self) -> None:
        """Something has changed that somebody may wait for."""
        if self.room.waiting:
            self.room.serve()

    def lift(self) -> None:
        """Forget every pause that the vendor asked for, and every count of which it said that nothing is left."""
        now = self._world.now()
        shelves = [gauge for shelf in self.shelves.values() for gauge in shelf.values()]
        for gauge in (*self.gauges.values(), *shelves):
            gauge.lift(now)
        for pauses in self.pauses.values():
            pauses.answered()
        self.room.pauses = {}
        self.room.serve()

    async def open(self, store: Quotas) -> None:
        """Go on with the calendar quotas where the last process stopped."""
        self.store = store
        self.written = dict(await store.load(self.vendor.vendor))
        for quota in self.quotas.values():
            self._restore(quota)

    async def close(self) -> None:
        """Write down exactly what is used."""
        for name, quota in self.quotas.items():
            if quota.writing is not None:
                await quota.writing
            if self.store is not None:
                with contextlib.suppress(StoreError):  # more than is used was written ahead
                    await self.store.save(self.vendor.vendor, name, *quota.window.taken(self._world.now()))

    def used(self, quota: StoredQuota, now: float) -> None:
        """A unit of a quota was taken: write ahead, and tell when a share is reached."""
        number, taken = quota.window.taken(now)
        if number != quota.period:
            quota.period, quota.written, quota.reached = number, 0.0, 0
        count = quota.window.count
        while quota.reached < len(quota.alerts) and taken >= quota.alerts[quota.reached] * count:
            self.reports.reached(quota.name, quota.alerts[quota.reached])
            quota.reached += 1
        if taken > quota.written and self.store is not None and quota.writing is None:
            quota.written = taken + max(count * CHUNK, 1.0)
            quota.writing = asyncio.get_running_loop().create_task(self._write(quota))

    def _restore(self, quota: StoredQuota) -> None:
        """Go on from what was written down. A wall clock that was wrong, then or now, must not begin a quota anew."""
        uses = self.written.get(quota.name, ())
        if not uses:
            return
        for period, used in uses:
            quota.window.restore(period, used)
        number, _ = quota.window.taken(self._world.now())
        ahead = [used for period, used in uses if period > number]  # one of the two clocks was wrong: it may be now
        if ahead:
            quota.window.restore(number, max(ahead))
        quota.period, quota.written = quota.window.taken(self._world.now())

    async def _write(self, quota: StoredQuota) -> None:
        assert self.store is not None
        try:
            await self.store.save(self.vendor.vendor, quota.name, quota.period, quota.written)
        except StoreError:
            quota.written = 0.0  # the next use writes again
        finally:
            quota.writing = None

    def _lane(self, plan: OperationPlan, rows: Sequence[Row], member: str) -> Lane:
        names, gauges = tuple(name for name, _, _ in rows), [gauge for _, gauge, _ in rows]
        if names not in self.gates:
            limits, own = LimitSet(gauges), [name in self.wearers for name in names]
            self.gates[names] = MemberGate(limits, self.room, own) if member else LimitGate(limits, self.room)
        vendor_windows = [
            (limit, gauge) for limit, gauge in zip(plan.limits, gauges, strict=False) if isinstance(gauge, LearnedLimit)
        ]
        return Lane(
            gate=self.gates[names],
            names=names,
            amounts=Amounts([counted for _, _, counted in rows]),
            vendor_windows=tuple((gauge, limit.unit, limit.name) for limit, gauge in vendor_windows),
            learned=tuple(gauge for gauge in gauges if isinstance(gauge, LearnedLimits)),
            adaptive=tuple(gauge for gauge in gauges if isinstance(gauge, AimdLimit)),
            quotas=tuple(self.quotas[name] for name in names if name in self.quotas),
            windows=tuple(
                gauge
                for name, gauge in zip(names, gauges, strict=True)
                if isinstance(gauge, FixedWindow) and name not in self.quotas
            ),
            pauses=self.pauses[member],
        )

    def _rows(self, plan: OperationPlan, app: str, member: str) -> list[Row]:
        """Name, gauge and unit of everything that limits calls of a plan."""
        rows: list[Row] = []
        since = self.member_since.get(member, self.began)
        for limit in plan.limits:
            name = self._named(limit, plan, app, member)
            if name not in self.gauges:
                spread_s = self.vendor.policy.limiter.spread
                began = max(self.since.get(limit.name, self.began), since)
                self.gauges[name] = gauge_for(limit, self.clock, began, spread_s)
            rows.append((name, self.gauges[name], (limit.unit, limit.amount)))
        for quota in plan.quotas:
            name = self._named(quota, plan, app, member)
            if name not in self.quotas:
                window = quota_for(quota, self.clock, self.began)
                alerts = tuple(sorted(self.vendor.policy.quota_alert))
                self.gauges[name], self.quotas[name] = window, StoredQuota(name, window, alerts)
                self._restore(self.quotas[name])
            rows.append((name, self.gauges[name], (quota.unit, quota.amount)))
        for at_once in plan.concurrency:
            name = self._named(at_once, plan, app, member)
            rows.append((name, self.gauges.setdefault(name, ConcurrencyLimit(at_once.at_once)), ("requests", None)))
        if plan.adaptive and not rows:
            rows.append(self._own("adaptive", member, AimdLimit(since)))
        return [*rows, *self._learned(plan, member)]

    def _named(self, bound: Limit | Quota | Concurrency, plan: OperationPlan, app: str, member: str) -> str:
        """The name of the one count that calls share under a limit."""
        name = shared(bound.name, bound.scope, plan, app, member)
        self.owners[name] = bound.name
        if bound.scope not in BEYOND_MEMBERS:
            self.wearers[name] = member
        return name

    def _own(self, name: str, member: str, gauge: Gauge) -> Row:
        """A gauge that counts requests, and that each member has for itself."""
        name = owned(name, member)
        self.wearers[name] = member
        return name, self.gauges.setdefault(name, gauge), ("requests", None)

    def _learned(self, plan: OperationPlan, member: str) -> list[Row]:
        """A place for what the vendor tells, for each unit in which its dialect may tell it."""
        dialect = dialect_of(self.vendor.facts.dialect)
        means = ("limit", "remaining", "used", "fill", "state", "policy")
        fields = [*dialect.headers.values(), *dialect.body.values()]
        told = (item.unit for item in fields if item.means in means)
        rows: list[Row] = []
        for unit in dict.fromkeys(unit for unit in told if unit != "concurrency"):
            name = owned(f"told {unit} {plan.operation}", member)
            if name not in self.gauges:
                learned = LearnedLimits(unit, self.shelves[member], refills_s(plan.limits, unit))
                self.gauges[name], self.wearers[name] = learned, member
            documented: list[Limit | Quota] = [*plan.limits, *plan.quotas]
            amount = next((item.amount for item in documented if item.unit == unit), None)
            rows.append((name, self.gauges[name], (unit, amount)))
        return rows


def by_app(plan: OperationPlan) -> bool:
    """True where a limit of the plan is counted for each app."""
    return any(bound.scope == "app" for bounds in (plan.limits, plan.quotas, plan.concurrency) for bound in bounds)
