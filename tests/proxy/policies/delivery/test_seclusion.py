"""Suspects are tried alone, the rest side by side, and nobody waits for ever."""

import pytest

from tests.proxy.policies.delivery.deliveries import NEW, delivery
from tidegate.proxy.policies.delivery.delivery import Delivery
from tidegate.proxy.policies.delivery.seclusion import Seclusion, goes_alone


class Bench:
    """Deliveries by their lease tokens, and which of them have entered."""

    def __init__(self) -> None:
        self.seclusion, self.entered = Seclusion(), list[int]()

    def arrive(self, lease: int, leases_lost: int = 0) -> Delivery:
        one = delivery(NEW, lease_token=lease, leases_lost=leases_lost)
        self.seclusion.arrive(one, lambda: self.entered.append(lease))
        return one


@pytest.mark.parametrize(("leases_lost", "alone"), [(0, False), (1, False), (2, True), (3, True)])
def test_one_that_two_workers_died_with_goes_alone(leases_lost: int, *, alone: bool) -> None:
    assert goes_alone(delivery(NEW, leases_lost=leases_lost)) is alone


def test_the_rest_go_side_by_side() -> None:
    bench = Bench()
    for lease in range(3):
        bench.arrive(lease, leases_lost=lease % 2)
    assert bench.entered == [0, 1, 2]
    assert not bench.seclusion.wanted


def test_a_suspect_waits_for_those_before_it_and_those_after_it_wait_for_it() -> None:
    bench = Bench()
    first, second = bench.arrive(1), bench.arrive(2)
    suspect = bench.arrive(3, leases_lost=2)
    other = bench.arrive(4, leases_lost=2)
    bench.arrive(5)
    assert (bench.entered, bench.seclusion.wanted) == ([1, 2], True)
    bench.seclusion.leave(second)
    assert bench.entered == [1, 2]
    bench.seclusion.leave(first)
    assert bench.entered == [1, 2, 3]
    bench.seclusion.leave(suspect)
    assert bench.entered == [1, 2, 3, 4]
    bench.seclusion.leave(other)
    assert (bench.entered, bench.seclusion.wanted) == ([1, 2, 3, 4, 5], False)


def test_one_that_gives_up_while_it_waits_holds_nobody() -> None:
    bench = Bench()
    first, suspect = bench.arrive(1), bench.arrive(2, leases_lost=2)
    bench.arrive(3)
    bench.seclusion.leave(suspect)
    assert bench.entered == [1, 3]
    bench.seclusion.leave(suspect)
    bench.seclusion.leave(first)
    assert not bench.seclusion.wanted
