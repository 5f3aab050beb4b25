"""Work that was accepted ends well, and the object says so in its own words."""

from typing import Any

import pytest

from tidegate.simulator.merge.accepted_work import ended, goes_on

WORDS = {
    "status": ["queued", "running", "Succeeded", "failed"],
    "state": ["NEW", "ACTIVE"],
    "job_phase": ["a", "b"],
    "importStatus": ["IN_PROGRESS", "COMPLETED"],
    "runStatus": ["in_progress", "cancelling", "cancelled", "completed"],
}


@pytest.mark.parametrize(
    ("thing", "told"),
    [
        ({"status": "queued", "id": "1"}, {"status": "Succeeded"}),
        ({"status": "failed"}, {}),
        ({"status": "Succeeded", "progress": 100}, {"progress": 100}),
        ({"state": "NEW", "importStatus": "IN_PROGRESS"}, {"state": "ACTIVE", "importStatus": "COMPLETED"}),
        ({"job_phase": "a"}, {}),
        ({"runStatus": "cancelling"}, {"runStatus": "cancelled"}),
        ({"runStatus": "in_progress"}, {"runStatus": "completed"}),
        (
            {"done": False, "isReady": False, "percentComplete": 0.0},
            {"done": True, "isReady": True, "percentComplete": 100},
        ),
        ({"done": True, "progress": "none", "note": "queued"}, {}),
    ],
)
def test_it_has_the_word_for_success(thing: dict[str, Any], told: dict[str, Any]) -> None:
    assert ended(thing, lambda name: WORDS.get(name, []), thing) == told


@pytest.mark.parametrize(
    ("thing", "going"),
    [
        ({"status": "in_progress"}, True),
        ({"id": "1", "importStatus": "IN_PROGRESS"}, True),
        ({"state": "cancelling"}, True),
        ({"status": "pending"}, False),  # it may wait for a person
        ({"status": "done", "note": "queued"}, False),
        ({"status": None}, False),
        ({}, False),
    ],
)
def test_a_vendor_that_is_at_work_says_so_by_a_status(thing: dict[str, Any], going: bool) -> None:
    assert goes_on(thing) is going
