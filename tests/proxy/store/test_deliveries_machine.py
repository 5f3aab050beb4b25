"""A state machine over outbox and inbox: any store does what a model in plain Python does, whatever is done to it.

Two workers lease, try and settle, lose their leases and come late; people act; the clock goes on; the proxy dies and is
started again. After each step every delivery is what the model says, so none is lost, none overtakes another of its
order key, and no state follows that may not. `TIDEGATE_MACHINE_STEPS=10000` makes it long.
"""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.proxy.store.delivering import new
from tests.proxy.store.places import PLACES, at
from tests.proxy.store.store_beside_model import LEASE_S, ROOM, StoreBesideModel
from tidegate.proxy.policies.delivery.delivery import Delivery, Settlement
from tidegate.proxy.store.deliveries import CLAIM_MAX, Repeated

STEPS = int(os.environ.get("TIDEGATE_MACHINE_STEPS", "0"))
"""How many steps in all; 0 for the short form."""
STEPS_EACH = 100 if STEPS else 30
EXAMPLES = {"postgresql": 5}
"""In the short form, where it is not 25: a server answers more slowly than a file."""
NAMES = st.integers(0, 1)
SETTLEMENTS = st.builds(
    Settlement,
    state=st.sampled_from(["done", "waiting", "unknown", "parked", "dead", "queued"]),
    dead_reason=st.sampled_from(["rejected", "quota"]),
    counts=st.booleans(),
    outcome=st.sampled_from(["", "unknown", "not applied"]),
    status=st.sampled_from([0, 503]),
)
ORDERED = st.fixed_dictionaries({
    "box": st.sampled_from(["outbox", "inbox"]),
    "app": st.sampled_from(["app0", "app1"]),
    "vendor": st.sampled_from(["vendor0", "vendor1"]),
    "order_key": st.sampled_from(["", "o", "o", "p"]),
    "order": st.sampled_from(["block", "block", "skip", "latest-wins"]),
    "skip_after": st.integers(0, 2),
    "priority": st.integers(0, 1),
    "keep_s": st.sampled_from([10.0, 1000.0]),
    "state": st.sampled_from(["queued", "queued", "queued", "unknown"]),
})  # fmt: skip


class Machine(RuleBasedStateMachine):
    """See the module. `place` is the kind of store."""

    place = ""

    def __init__(self) -> None:
        super().__init__()
        self.both = StoreBesideModel(self.place)

    @initialize()
    def begin(self) -> None:
        self.both.begin()

    def teardown(self) -> None:
        self.both.end()

    @rule(given=ORDERED, after_s=st.sampled_from([-1.0, -1.0, 5.0]), within_s=st.sampled_from([8.0, 500.0]))
    def accept(self, given: dict[str, Any], after_s: float, within_s: float) -> None:
        self.both.accept(self.both.one(given, after_s=after_s, within_s=within_s))

    @precondition(lambda self: self.both.model.rows)
    @rule(which=st.integers(0), former=st.booleans())
    def repeat(self, which: int, former: bool) -> None:
        both, row = self.both, self.both.some(which)
        key = row.former_keys[0][4] if former and row.former_keys else row.new.key
        both.count += 1
        again = new(both.count, box=row.new.box, app=row.new.app, vendor=row.new.vendor, key=key)
        answer = both.run(both.store.deliveries.accept(again, at(both.now), ROOM))
        assert isinstance(answer, Repeated)
        assert answer.delivery.new.id == row.new.id

    @rule(
        worker=NAMES, box=st.sampled_from(["outbox", "inbox"]), limit=st.sampled_from([1, 2, CLAIM_MAX]),
        vendors=st.sampled_from([None, None, ["vendor0"]]),
    )  # fmt: skip
    def claim(self, worker: int, box: Any, limit: int, vendors: list[str] | None) -> None:
        self.both.claim(worker, box, limit, vendors)

    @precondition(lambda self: any(self.both.held))
    @rule(worker=NAMES, which=st.integers(0))
    def begin_attempt(self, worker: int, which: int) -> None:
        if one := self._held(worker, which):
            self.both.begin_attempt(one)

    @precondition(lambda self: any(self.both.held))
    @rule(
        worker=NAMES,
        which=st.integers(0),
        settlement=SETTLEMENTS,
        wait_s=st.sampled_from([0.0, 4.0]),
        push=st.booleans(),
    )
    def settle(self, worker: int, which: int, settlement: Settlement, wait_s: float, push: bool) -> None:
        if one := self._held(worker, which):
            self.both.settle(one, settlement, wait_s, push=push)

    @precondition(lambda self: any(self.both.held))
    @rule(worker=NAMES)
    def extend(self, worker: int) -> None:
        self.both.extend(self.both.held[worker])

    @rule(given=ORDERED, worker=NAMES, which=st.integers(0), begun=st.booleans(), settlement=SETTLEMENTS)
    def a_worker_is_overtaken(
        self, given: dict[str, Any], worker: int, which: int, begun: bool, settlement: Settlement
    ) -> None:
        """It is so slow that another leases what it has; then it goes on."""
        both = self.both
        both.accept(both.one(given))
        both.claim(worker, given["box"])
        one = both.ours(worker, which)
        if one is None:
            return
        if begun:
            both.begin_attempt(one)
        both.now += LEASE_S
        both.claim(1 - worker, one.new.box)
        both.begin_attempt(one)
        both.compare()
        both.extend([one])
        both.compare()
        both.settle(one, settlement)

    @rule(given=ORDERED, worker=NAMES, leased=st.booleans())
    def one_comes_back_before_another(self, given: dict[str, Any], worker: int, leased: bool) -> None:
        """One of an order key dies, the next goes on, perhaps under a lease, and a person sends the first again."""
        both = self.both
        first = both.one(given | {"order_key": "o"})
        both.accept(first)
        both.claim(worker, first.box)
        one = next((held for held in both.held[worker] if held.new.id == first.id), None)
        if one is None:  # others hold the key
            return
        both.settle(one, Settlement("dead", dead_reason="rejected"))
        scope = {name: getattr(one.new, name) for name in ("box", "app", "vendor", "order_key")}
        both.accept(both.one(scope))
        if leased:
            both.claim(worker, one.new.box)
        both.act(both.model.rows[one.new.id], "replay")
        for held in both.held[worker] if leased else ():
            both.settle(held, Settlement("waiting"))
        both.claim(worker, one.new.box)

    @rule(worker=NAMES)
    def worker_dies(self, worker: int) -> None:
        self.both.held[worker].clear()

    @precondition(lambda self: self.both.model.rows)
    @rule(which=st.integers(0), action=st.sampled_from(["replay", "redo", "confirm", "cancel"]), taken=st.booleans())
    def act(self, which: int, action: Any, taken: bool) -> None:
        self.both.act(self.both.some(which), action, taken=taken)

    @rule(passed_s=st.sampled_from([1.0, 5.0, LEASE_S, 100.0, 100 * 86_400.0]))
    def time_passes(self, passed_s: float) -> None:
        self.both.now += passed_s

    @rule()
    def sweep(self) -> None:
        both, lived = self.both, set(self.both.model.rows)
        gone = both.run(both.store.deliveries.sweep(at(both.now)))
        assert gone >= both.model.sweep(both.now), "lines about what people did go too"
        assert lived >= set(both.model.rows)

    @rule(outlived=st.booleans())
    def restart(self, outlived: bool) -> None:
        """`outlived`: by workers, as when a proxy that was only paused takes another number; then once more."""
        self.both.restart()
        if outlived and any(self.both.held):
            for held in self.both.held:
                self.both.extend(held)
            self.both.compare()
            self.both.restart()

    def _held(self, worker: int, which: int) -> Delivery | None:
        held = self.both.held[worker]
        return held[which % len(held)] if held else None

    @invariant()
    def every_delivery_is_what_the_model_says(self) -> None:
        self.both.compare()

    @invariant()
    def the_counts_and_the_next_moment_are_the_models(self) -> None:
        depths = self.both.run(self.both.store.deliveries.depths())
        counted = {(one.box, one.app, one.vendor, one.state, one.dead_reason): one.rows for one in depths}
        assert counted == self.both.model.depths()
        for box in ("outbox", "inbox"):
            due = self.both.run(self.both.store.deliveries.next_due(box, at(self.both.now)))
            if self.both.model.eligible(box, self.both.now, None):
                assert due == 0.0
            if due is None:
                rows = [row for row in self.both.model.rows.values() if row.new.box == box]
                assert not [row for row in rows if row.state in ("leased", "sending")]

    @invariant()
    def every_attempt_is_on_record(self) -> None:
        for name, row in self.both.model.rows.items():
            if row.tries:
                attempts = self.both.run(self.both.store.deliveries.attempts(name))
                assert [(bool(one.ended_wall), one.late) for one in attempts] == [
                    (ended, late) for _, ended, late in row.tries
                ]


@pytest.mark.parametrize("place", list(PLACES))
def test_a_store_does_what_the_model_does(place: str) -> None:
    machine = type("MachineAt", (Machine,), {"place": place})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=STEPS // STEPS_EACH or EXAMPLES.get(place, 25),
            stateful_step_count=STEPS_EACH,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
