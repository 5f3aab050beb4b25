"""Each promise of the search, and evidence made wrong on purpose that it catches."""

import pytest

from tests.chaos.judge.boxes.good_boxes import BROKEN_BOXES
from tests.chaos.judge.boxes.good_deferred import BROKEN_DEFERRED
from tests.chaos.judge.good_run import AWAY, BROKEN, GOOD, words
from tidegate.chaos.judge.promises import PROMISES, violations


def test_a_good_run_breaks_no_promise() -> None:
    assert violations(GOOD) == []
    assert violations(AWAY) == []


@pytest.mark.parametrize("promise", list(PROMISES))
def test_evidence_against_one_promise_breaks_it_and_no_other(promise: str) -> None:
    assert words({**BROKEN, **BROKEN_BOXES, **BROKEN_DEFERRED}[promise]) == [promise]
