"""The judges' reading of documented limits."""

import pytest

from tidegate.scenario.limit_meter import Arrival, over_quota
from tidegate.vendor.vendor import Limit


def limit(**parts: object) -> Limit:
    return Limit.model_validate({"name": "account", **parts})


BUCKET = limit(rate="10/s", burst=5)


def at(*moments: float, operation: str = "PostPaymentIntents") -> list[Arrival]:
    return [Arrival(moment, operation, wall_s=1000 + moment) for moment in moments]


@pytest.mark.parametrize(
    ("arrivals", "limits", "over"),
    [
        pytest.param(at(*[0.0] * 5), [BUCKET], 0, id="a whole burst at once is within the limit"),
        pytest.param(at(*[0.0] * 6), [BUCKET], 1, id="one more is beyond it"),
        pytest.param(at(*[0.0] * 5, 0.1), [BUCKET], 0, id="a token comes back after a tenth of a second"),
        pytest.param(at(*[0.0] * 5, 0.099), [BUCKET], 1, id="and not before"),
        pytest.param(at(*[0.0] * 5, *[9.0] * 6), [BUCKET], 1, id="a long rest fills the bucket and no further"),
        pytest.param(at(*(n / 10 for n in range(500))), [BUCKET], 0, id="the rate itself is never beyond it"),
        pytest.param(
            at(*(n / 20 for n in range(100))), [BUCKET], 46, id="twice the rate is beyond it every other time"
        ),
        pytest.param(at(*[0.0] * 8, 0.1), [BUCKET], 3, id="what is beyond the limit uses nothing up"),
        pytest.param(
            at(0.0, operation="A") + at(0.0, operation="B"),
            [limit(rate="1/s", scope="operation")],
            0,
            id="a limit for each operation counts each alone",
        ),
        pytest.param(
            at(0.0, 0.0, operation="A"), [limit(rate="1/s", scope="operation")], 1, id="and each may go beyond it"
        ),
        pytest.param(
            at(0.0, 0.0, operation="GetCharges"),
            [limit(rate="1/s", scope="operations", of=("*Search",))],
            0,
            id="a limit of other operations does not count",
        ),
        pytest.param(
            at(0.0, operation="ASearch") + at(0.0, operation="BSearch"),
            [limit(rate="1/s", scope="operations", of=("*Search",))],
            1,
            id="operations that share a limit share it",
        ),
        pytest.param(
            at(0.0, 0.9, 0.99, 1.01), [limit(rate="2/s", algorithm="sliding")], 1, id="a sliding window looks back"
        ),
        pytest.param(
            at(0.9, 0.9, 1.0, 1.0, 1.5), [limit(rate="2/s", algorithm="fixed")], 1, id="a fixed one begins anew"
        ),
        pytest.param(at(3.0, 1.0, 2.0), [limit(rate="1/s")], 0, id="the order of the journal does not matter"),
        pytest.param(at(*[0.0] * 100), [], 0, id="without limits nothing is beyond them"),
    ],
)
def test_requests_beyond_the_limit_are_counted(arrivals: list[Arrival], limits: list[Limit], over: int) -> None:
    assert sum(over_quota(limits, arrivals).values()) == over


def test_every_limit_is_named_and_counts_for_itself() -> None:
    limits = [limit(rate="1/s"), limit(rate="10/s", burst=9, name="endpoint", scope="operation")]
    assert over_quota(limits, at(0.0, 0.0, 0.0)) == {"account": 2, "endpoint": 0}


@pytest.mark.parametrize(("arrived", "over"), [((0.0, 0.1, 0.2, 0.2), 0), ((0.0, 0.1, 0.2, 0.2, 0.2), 1)])
def test_slack_forgives_what_the_network_pushed_together(arrived: tuple[float, ...], over: int) -> None:
    assert over_quota([limit(rate="10/s")], at(*arrived), slack_s=0.1) == {"account": over}


def test_a_fixed_window_counts_by_the_vendors_wall_clock() -> None:
    fixed = limit(rate="2/s", algorithm="fixed")
    early = [Arrival(moment, "Get", wall_s=moment + 0.5) for moment in (0.3, 0.4, 0.45, 0.6)]
    assert over_quota([fixed], early) == {"account": 1}
