"""Which targets a fault hits."""

import pytest

from tidegate.simulator.trouble.connection.hang import Hang
from tidegate.simulator.trouble.connection.reset_after import ResetAfter
from tidegate.simulator.trouble.fault_scope import FaultTarget


def test_what_is_left_out_has_its_ordinary_meaning() -> None:
    hang = Hang()
    assert (hang.operations, hang.apps, hang.probability, hang.nth, hang.first_n, hang.at) == (
        ("*",),
        ("*",),
        1.0,
        1,
        None,
        "start",
    )
    assert ResetAfter().at == "start"


@pytest.mark.parametrize(
    ("fault", "app", "headers", "aims"),
    [
        (Hang(operations=("Post*",)), "", {}, True),
        (Hang(operations=("Get*",)), "", {}, False),
        (Hang(apps=("*42",)), "***42", {}, True),
        (Hang(apps=("*42",)), "***43", {}, False),
        (Hang(headers={"X-Tenant": "a*"}), "", {"X-Tenant": "acme"}, True),
        (Hang(headers={"X-Tenant": "a*"}), "", {}, False),
    ],
)
def test_operation_app_and_headers_must_all_fit(fault: Hang, app: str, headers: dict[str, str], aims: bool) -> None:
    assert fault.aims_at("PostRefunds", FaultTarget(app, headers)) is aims


def test_the_judge_counts_the_calls_that_it_may_spoil() -> None:
    assert Hang.model_validate({"probability": "25%"}).calls_hit == 0.25
