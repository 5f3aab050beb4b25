"""The demo's last words: what was saved, and what it cost."""

from dataclasses import replace

import pytest

from tests.chaos.report.played_runs import NAIVE, TIDEGATE
from tidegate.chaos.report.saved import last_words, saving_figures


def test_savings_and_costs_are_said_with_both_numbers() -> None:
    words = last_words(NAIVE, TIDEGATE)
    assert words[1] == "Saved: 1 double charges (1 → 0)."
    assert words[2].startswith("Saved: 1 orders of which nobody knew")
    assert "Saved: 3 errors that did not say what became of a call (3 → 0)." in words
    assert "Saved: 2 requests beyond the vendor's limit (2 → 0)." in words
    assert "The same: 1 orders that were not done (1 → 1)." in words
    assert "Cost: 1 more answers that said: come back later (1 → 2)." in words
    assert "held half of the calls that went well for at most 20 ms, 99 % for at most 0.4 s" in words[-2]
    assert words[-1] == "Quota: 5 → 2 requests at the vendor, 2.50 → 1.00 for each order done."
    assert "half of what was done took at most 0.1 s → 0.2 s" in words[-3]


def test_what_got_worse_is_a_cost_and_told_as_plainly() -> None:
    words = last_words(TIDEGATE, replace(NAIVE, outputs=()))
    assert words[1] == "Cost: 1 more double charges (0 → 1)."


def test_times_are_those_of_what_was_done() -> None:
    figures = saving_figures(TIDEGATE)
    assert (figures.p50_s, figures.p99_s) == pytest.approx((0.2, 1.0))
    assert figures.attempts_each == 1.0
