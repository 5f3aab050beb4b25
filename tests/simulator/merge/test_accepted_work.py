"""Work that was accepted ends well, and the object says so in its own words."""

from typing import Any

import pytest

from tidegate.simulator.merge.accepted_work import ended

WORDS = {
    "status": ["queued", "running", "Succeeded", "failed"],
    "state": ["NEW", "ACTIVE"],
    "job_phase": ["a", "b"],
    "importStatus": ["IN_PROGRESS", "COMPLETED"],
}


@pytest.mark.parametrize(
    ("thing", "told"),
    [
        ({"status": "queued", "id": "1"}, {"status": "Succeeded"}),
        ({"status": "failed"}, {}),
        ({"status": "Succeeded", "progress": 100}, {"progress": 100}),
        ({"state": "NEW", "importStatus": "IN_PROGRESS"}, {"state": "ACTIVE", "importStatus": "COMPLETED"}),
        ({"job_phase": "a"}, {}),
        (
            {"done": False, "isReady": False, "percentComplete": 0.0},
            {"done": True, "isReady": True, "percentComplete": 100},
        ),
        ({"done": True, "progress": "none", "note": "queued"}, {}),
    ],
)
def test_it_has_the_word_for_success(thing: dict[str, Any], told: dict[str, Any]) -> None:
    assert ended(thing, lambda name: WORDS.get(name, []), thing) == told
