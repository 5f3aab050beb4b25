"""Parts of the live order flow. That it plays is tests/cli/proof/test_demo_orders.py."""

from pathlib import Path

import pytest

from tidegate.chaos.play import order_live
from tidegate.chaos.play.order_live import live_orders
from tidegate.problems import UsageError


def test_a_line_that_was_being_written_when_the_proxy_was_killed_is_left_out() -> None:
    assert [*order_live._whole_lines(b'{"a": 1}\n{"b": 2, "c\n{"d": 4}\n')] == [{"a": 1}, {"d": 4}]


@pytest.mark.parametrize(
    ("faults", "tries", "over"),
    [([], [], False), ([], [0, 503], False), ([], [0, 200], True), (["duplicate"], [202], True), (["forge"], [], True)],
)
def test_a_webhook_has_arrived_once_it_was_taken_and_a_forged_one_never_will(
    faults: list[str], tries: list[int], over: bool
) -> None:
    assert order_live._has_arrived({"faults": faults, "tries": tries}) is over


@pytest.mark.slow
async def test_a_process_that_does_not_start_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_live, "WAREHOUSE", str(Path("/nobody/has/this")))
    with pytest.raises(UsageError, match="tidegate simulate did not start"):
        await live_orders(10.0, 1.0, 1, lambda _look: None)
