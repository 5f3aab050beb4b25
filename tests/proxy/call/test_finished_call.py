"""Tests of tidegate.proxy.call.finished_call."""

import pytest

from tests.proxy.examples import ended, plan


def test_it_tells_how_long_the_call_took() -> None:
    assert ended(began=100.0, now=100.25).took_s == 0.25


@pytest.mark.parametrize(
    ("how", "writes"), [("safe", False), ("natural", True), ("vendor-key", True), ("never-resend", True)]
)
def test_everything_but_a_read_has_an_outcome_that_matters(how: str, writes: bool) -> None:
    assert ended(plan=plan(idempotency=how)).writes is writes
