"""Who is served next, and who makes room: shares between apps, urgency within one, age. See also test_queue.py."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tidegate.proxy.policies.limits.wait_queue import URGENCY, QueueRefusal, Ticket, WaitQueue, urgency_of


def enter(
    queue: WaitQueue, app: str, now: float = 0.0, urgency: int = URGENCY, lane: object = None
) -> Ticket | QueueRefusal:
    return queue.offer(now, 1e9, 1e9, 0.0, app=app, urgency=urgency, lane=lane)


def serve(queue: WaitQueue, now: float = 0.0) -> str:
    ticket = queue.head(now)
    assert ticket is not None
    assert queue.served(ticket)
    return ticket.app


@pytest.mark.parametrize(("shares", "ratio"), [({}, 1.0), ({"a": 3}, 3.0), ({"a": 1, "b": 4}, 0.25)])
def test_apps_are_served_by_their_weights_whatever_they_ask_for(shares: dict[str, int], ratio: float) -> None:
    queue, served = WaitQueue(200, shares), Counter[str]()
    for _ in range(1000):
        for app in "abbbbbbbbb":
            enter(queue, app)
        served[serve(queue)] += 1
    assert served["a"] / served["b"] == pytest.approx(ratio, rel=0.05)


def test_an_app_that_was_away_has_nothing_saved_up() -> None:
    queue = WaitQueue(200)
    for _ in range(50):
        enter(queue, "a")
        serve(queue)
    for _ in range(20):
        enter(queue, "a")
        enter(queue, "b")
    assert Counter(serve(queue) for _ in range(20)) == {"a": 10, "b": 10}


def test_the_more_urgent_call_of_an_app_goes_first() -> None:
    queue = WaitQueue(9)
    lazy, urgent, middling = (enter(queue, "a", urgency=urgency) for urgency in (7, 0, 3))
    assert list(queue.order(0.0)) == [urgent, middling, lazy]


def test_calling_everything_urgent_gets_no_app_ahead_of_another() -> None:
    queue = WaitQueue(200)
    for _ in range(50):
        enter(queue, "loud", urgency=0)
        enter(queue, "quiet", urgency=7)
    assert Counter(serve(queue) for _ in range(40)) == {"loud": 20, "quiet": 20}


def test_a_call_that_waits_becomes_more_urgent() -> None:
    queue = WaitQueue(9, age_s=2.0)
    old = enter(queue, "a", 0.0, urgency=5)
    young = enter(queue, "a", 1.0, urgency=1)
    assert queue.head(1.0) is young
    assert isinstance(young, Ticket)
    assert queue.served(young)
    enter(queue, "a", 9.0, urgency=1)
    assert queue.head(9.0) is old


def test_a_full_queue_makes_room_for_an_app_that_has_less_than_its_share() -> None:
    queue = WaitQueue(10)
    greedy = [enter(queue, "greedy", float(number)) for number in range(10)]
    newcomer = enter(queue, "modest", 11.0)
    assert isinstance(newcomer, Ticket)
    assert newcomer.instead_of is greedy[-1]
    assert len(queue) == 10
    assert enter(queue, "greedy", 12.0) == QueueRefusal("full")


def test_and_an_app_makes_room_for_its_own_more_urgent_call() -> None:
    queue = WaitQueue(2)
    enter(queue, "a", urgency=2)
    lazy = enter(queue, "a", urgency=6)
    urgent = enter(queue, "a", urgency=3)
    assert isinstance(urgent, Ticket)
    assert urgent.instead_of is lazy
    assert enter(queue, "a", urgency=3) == QueueRefusal("full")


def test_equal_apps_do_not_push_each_other_out_in_turn() -> None:
    queue, rng = WaitQueue(100), random.Random(1)
    pushed = 0
    for _ in range(2000):
        offered = enter(queue, rng.choice("ab"))
        pushed += isinstance(offered, Ticket) and offered.instead_of is not None
        if rng.random() < 0.3:
            serve(queue)
    assert pushed <= 20


def test_those_ahead_are_those_who_want_the_same_and_will_be_served_before() -> None:
    queue = WaitQueue(99, {"b": 2})
    for app, lane in (
        ("a", 1),
        ("a", 1),
        ("b", 1),
        ("b", 1),
        ("b", 1),
        ("b", 1),
        ("b", 1),
        ("b", 1),
        ("b", 1),
        ("a", 2),
    ):
        enter(queue, app, lane=lane)
    assert queue.ahead("a", 1) == 2 + 6
    assert queue.ahead("b", 1) == 7 + 2
    assert queue.ahead("c", 1) == 1 + 2
    assert queue.ahead("a", 2) == 1
    assert queue.ahead("a", 3) == 0
    assert queue.wanting(1) == 9


@pytest.mark.parametrize(
    ("priority", "urgency"),
    [(None, 3), ("u=0", 0), ("u=7, i", 7), ("i, u=5", 5), ("u=9", 3), ("u=-1", 3), ("u=", 3), ("high", 3), ("u=55", 3)],
)
def test_a_priority_header_is_read_or_left_aside(priority: str | None, urgency: int) -> None:
    assert urgency_of(priority) == urgency


@given(st.text(max_size=30))
def test_whatever_a_priority_header_holds_it_is_an_urgency(priority: str) -> None:
    assert urgency_of(priority) in range(8)


class FairMachine(RuleBasedStateMachine):
    """Several apps, urgencies and lanes in any order: no ticket is lost, none served twice, the depth is kept."""

    @initialize(depth=st.integers(0, 6), weights=st.dictionaries(st.sampled_from("ab"), st.integers(1, 3)))
    def begin(self, depth: int, weights: dict[str, int]) -> None:
        self.now, self.depth = 0.0, depth
        self.queue = WaitQueue(depth, weights, 1.0)
        self.waiting: list[Ticket] = []

    @rule(seconds=st.floats(0.0, 2.0))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(app=st.sampled_from("abc"), urgency=st.integers(0, 7), lane=st.integers(0, 1), wait_s=st.floats(0.1, 5.0))
    def a_call_arrives(self, app: str, urgency: int, lane: int, wait_s: float) -> None:
        offered = self.queue.offer(self.now, 1e9, wait_s, 0.0, app=app, urgency=urgency, lane=lane)
        if isinstance(offered, Ticket):
            self.waiting.append(offered)
            if offered.instead_of is not None:
                assert offered.instead_of is not offered
                self.waiting.remove(offered.instead_of)
        else:
            assert len(self.waiting) == self.depth

    @precondition(lambda self: self.waiting)
    @rule(choice=st.integers(0, 5), served=st.booleans())
    def one_goes(self, choice: int, served: bool) -> None:
        order = list(self.queue.order(self.now))
        ticket = order[choice % len(order)]
        assert self.queue.served(ticket) if served else self.queue.leave(ticket)
        assert not self.queue.leave(ticket)
        self.waiting.remove(ticket)

    @rule()
    def the_late_leave(self) -> None:
        late = self.queue.expire(self.now)
        assert all(ticket.expires_at <= self.now for ticket in late)
        self.waiting = [ticket for ticket in self.waiting if ticket not in late]
        assert all(ticket.expires_at > self.now for ticket in self.waiting)

    @invariant()
    def the_books_agree(self) -> None:
        if not hasattr(self, "queue"):
            return
        assert len(self.queue) == len(self.waiting) <= self.depth
        assert set(self.queue.order(self.now)) <= set(self.waiting)
        assert (self.queue.head(self.now) is None) == (not self.waiting)
        assert all(self.queue.wanting(lane) == sum(one.lane == lane for one in self.waiting) for lane in (0, 1))


FairMachine.TestCase.settings = settings(deadline=None, max_examples=100, stateful_step_count=40)
TestFairMachine = FairMachine.TestCase
