"""Tests of tidegate.proxy.policies.limits.wait_queue."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tidegate.proxy.policies.limits.wait_queue import QueueRefusal, Ticket, WaitQueue


def entered(queue: WaitQueue, now: float = 0.0, deadline: float = 100.0, wait_max_s: float = 50.0) -> Ticket:
    ticket = queue.offer(now, deadline, wait_max_s, 0.0)
    assert isinstance(ticket, Ticket)
    return ticket


@pytest.mark.parametrize(
    ("deadline", "wait_max_s", "estimate", "refused"),
    [
        pytest.param(20.0, 5.0, 4.9, None, id="whoever will be served in time waits"),
        pytest.param(20.0, 5.0, 5.0, "would expire", id="whoever would wait longer than allowed is refused at once"),
        pytest.param(12.0, 5.0, 2.0, "would expire", id="so is whoever would be served at its deadline"),
        pytest.param(9.0, 5.0, 0.0, "would expire", id="and whoever has no time left at all"),
        pytest.param(20.0, 0.0, 0.0, "would expire", id="a queue in which nobody may wait holds nobody"),
        pytest.param(20.0, 5.0, float("inf"), "would expire", id="a permit that never comes is not waited for"),
    ],
)
def test_who_may_start_waiting(deadline: float, wait_max_s: float, estimate: float, refused: str | None) -> None:
    offered = WaitQueue(5).offer(10.0, deadline, wait_max_s, estimate)
    assert (offered.reason if isinstance(offered, QueueRefusal) else None) == refused


def test_a_full_queue_refuses() -> None:
    queue = WaitQueue(2)
    entered(queue)
    entered(queue)
    assert queue.offer(0.0, 100.0, 50.0, 0.0) == QueueRefusal("full")
    assert len(queue) == 2
    assert repr(queue) == "WaitQueue(2 of 2)"


def test_a_queue_without_depth_is_always_full() -> None:
    assert WaitQueue(0).offer(0.0, 100.0, 50.0, 0.0) == QueueRefusal("full")


def test_first_come_first_served() -> None:
    queue = WaitQueue(5)
    tickets = [entered(queue) for _ in range(3)]
    served = []
    while (head := queue.head()) is not None:
        assert queue.leave(head)
        served.append(head)
    assert served == tickets


def test_whoever_leaves_early_makes_room_and_does_not_disturb_the_order() -> None:
    queue = WaitQueue(3)
    first, second, third = (entered(queue) for _ in range(3))
    assert queue.leave(second)
    fourth = entered(queue)
    assert queue.leave(first)
    assert queue.head() is third
    assert queue.leave(third)
    assert queue.head() is fourth


def test_leaving_twice_is_harmless_and_said() -> None:
    queue = WaitQueue(3)
    ticket = entered(queue)
    assert queue.leave(ticket)
    assert not queue.leave(ticket)
    assert len(queue) == 0


def test_a_ticket_expires_at_the_earlier_of_its_deadline_and_its_longest_wait() -> None:
    queue = WaitQueue(3)
    by_deadline = entered(queue, now=0.0, deadline=4.0, wait_max_s=5.0)
    by_wait = entered(queue, now=0.0, deadline=100.0, wait_max_s=5.0)
    assert queue.expire(3.9) == []
    assert queue.expire(4.0) == [by_deadline]
    assert queue.expire(10.0) == [by_wait]
    assert queue.expire(1e9) == []
    assert repr(by_wait) == "Ticket( u=3, 0 to 5)"


def test_it_says_when_somebody_may_have_to_be_told_that_it_is_too_late() -> None:
    queue = WaitQueue(3)
    assert queue.soonest == float("inf")
    entered(queue, now=0.0, wait_max_s=9.0)
    early = entered(queue, now=0.0, wait_max_s=5.0)
    assert queue.soonest == 5.0
    queue.leave(early)
    assert queue.expire(5.0) == []
    assert queue.soonest == 9.0


class QueueMachine(RuleBasedStateMachine):
    """Offers, departures and time in any order, against a plain list."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 50.0
        self.queue = WaitQueue(4)
        self.waiting: list[Ticket] = []
        self.gone: list[Ticket] = []
        self.offered = 0

    @rule(seconds=st.floats(0.0, 4.0))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(left_s=st.floats(-1.0, 9.0), wait_max_s=st.floats(0.0, 9.0), estimate=st.floats(0.0, 9.0))
    def a_call_arrives(self, left_s: float, wait_max_s: float, estimate: float) -> None:
        offered = self.queue.offer(self.now, self.now + left_s, wait_max_s, estimate)
        if isinstance(offered, Ticket):
            self.offered += 1
            assert self.now + estimate < offered.expires_at <= self.now + min(left_s, wait_max_s) + 1e-6
            self.waiting.append(offered)
        else:
            full = len(self.waiting) >= 4
            assert offered.reason == ("full" if full else "would expire")
            assert full or estimate >= min(left_s, wait_max_s) - 1e-6

    @precondition(lambda self: self.waiting)
    @rule(choice=st.integers(0, 3))
    def one_gives_up(self, choice: int) -> None:
        ticket = self.waiting.pop(choice % len(self.waiting))
        assert self.queue.leave(ticket)
        self.gone.append(ticket)

    @precondition(lambda self: self.waiting)
    @rule()
    def the_head_is_served(self) -> None:
        head = self.queue.head()
        assert head is self.waiting.pop(0)
        assert self.queue.leave(head)
        self.gone.append(head)

    @rule()
    def the_late_are_removed(self) -> None:
        late = self.queue.expire(self.now)
        assert late == [ticket for ticket in self.waiting if ticket.expires_at <= self.now]
        self.waiting = [ticket for ticket in self.waiting if ticket not in late]
        self.gone += late

    @invariant()
    def no_ticket_is_lost_and_the_depth_is_kept(self) -> None:
        assert len(self.queue) == len(self.waiting) <= 4
        assert self.queue.head() is (self.waiting[0] if self.waiting else None)
        assert len(self.waiting) + len(self.gone) == self.offered
        assert not any(self.queue.leave(ticket) for ticket in self.gone)


QueueMachine.TestCase.settings = settings(deadline=None, max_examples=60, stateful_step_count=40)
TestQueueMachine = QueueMachine.TestCase
