"""What an omniscient client could have done."""

import random

import pytest

from tidegate.chaos.apps.retry_loop import Intent
from tidegate.chaos.judge.feasible import feasible
from tidegate.vendor.vendor import Limit


def limit(**parts: object) -> Limit:
    return Limit.model_validate({"name": "account", **parts})


ONE_A_SECOND = limit(rate="1/s")


def payments(*asked: float, patience: float = 10.0) -> list[Intent]:
    return [Intent(f"order-{n}", "payment", at, patience) for n, at in enumerate(asked)]


@pytest.mark.parametrize(
    ("intents", "limits", "outages", "count"),
    [
        pytest.param(payments(0, 1, 2), [ONE_A_SECOND], [], 3, id="what fits the rate is all feasible"),
        pytest.param(payments(*[0.0] * 30), [ONE_A_SECOND], [], 11, id="of a burst, one at once and one a second"),
        pytest.param(payments(*[0.0] * 30), [], [], 30, id="without limits everything is"),
        pytest.param(payments(5), [], [(0, 10)], 1, id="who asks in an outage and waits until its end"),
        pytest.param(payments(5), [], [(0, 16)], 0, id="who asks in an outage that is longer than the patience"),
        pytest.param(payments(5), [], [(0, 10), (10, 20)], 0, id="two outages without a gap are one"),
        pytest.param(payments(*[0.0] * 30), [ONE_A_SECOND], [(2, 100)], 2, id="an outage cuts a burst short"),
        pytest.param(
            [*payments(0, 0, patience=100), Intent("hurried", "payment", 0, 0.5)],
            [ONE_A_SECOND],
            [],
            3,
            id="who is in a hurry goes first",
        ),
        pytest.param(
            [Intent("a", "payment", 0, 0), Intent("b", "read", 0, 0)],
            [limit(rate="1/s", scope="operation")],
            [],
            2,
            id="operations with limits of their own do not wait for each other",
        ),
        pytest.param(
            [Intent("a", "payment", 0, 0), Intent("b", "read", 0, 0)],
            [ONE_A_SECOND],
            [],
            1,
            id="a shared one is shared",
        ),
        pytest.param([], [ONE_A_SECOND], [(0, 10)], 0, id="nothing asked, nothing feasible"),
    ],
)
def test_feasible_intents_are_counted(
    intents: list[Intent], limits: list[Limit], outages: list[tuple[float, float]], count: int
) -> None:
    assert feasible(intents, limits, outages) == count


def test_the_order_in_which_intents_are_listed_does_not_matter() -> None:
    rng = random.Random(7)
    intents = payments(*(rng.uniform(0, 30) for _ in range(200)), patience=5)
    limits, outages = [limit(rate="4/s", burst=3)], [(5.0, 9.0), (20.0, 22.0)]
    count = feasible(intents, limits, outages)
    assert 0 < count < 200
    for _ in range(5):
        rng.shuffle(intents)
        assert feasible(intents, limits, outages) == count
