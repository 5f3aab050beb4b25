"""Retry parameters have attempts, formula and jitter range, and the range is what the proxy draws from."""

import random
from pathlib import Path

from tests.tidegate.blueprint.made import shipped, shop
from tidegate.blueprint.call_times import HINT_JITTER, call_by_call, timeouts_and_retries
from tidegate.proxy.policies.resilience import backoff


def test_the_formula_and_the_ranges_are_written_out() -> None:
    text = timeouts_and_retries(*shipped("stripe"))
    assert "random(0, min(5s, 200ms · 2ⁿ⁻¹))" in text
    assert "| 0 to 200ms; 0 to 400ms |" in text
    assert "10% of the calls in any 10 s" in text
    assert "account 100/s burst 20" in text


def test_a_call_that_is_tried_once_has_no_wait() -> None:
    assert "| 1 | none | none | the vendor's own 429 |" in timeouts_and_retries(*shipped("warehouse"))


def test_the_ranges_are_those_that_the_proxy_draws_from() -> None:
    rng = random.Random(1)
    for number, bound in ((1, 0.2), (2, 0.4)):
        assert backoff.ceiling(0.2, 5.0, number) == bound
        assert all(0 <= backoff.full_jitter(rng, 0.2, 5.0, number) <= bound for _ in range(100))
    assert backoff.HINT_JITTER == HINT_JITTER


def test_every_call_of_a_small_document_has_a_row(tmp_path: Path) -> None:
    text = call_by_call(*shop(tmp_path))
    assert "`GET /orders`" in text
    assert text.count("\n| `") == 6


def test_of_a_large_document_those_that_the_file_names() -> None:
    vendor, plans = shipped("stripe")
    many = {f"{name}{number}": plan for name, plan in plans.items() for number in range(9)} | dict(plans)
    text = call_by_call(vendor, many)
    assert "further operations are in the tables below" in text
