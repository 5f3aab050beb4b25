"""What the vendor file says of objects and pages is read strictly, and everything has a default."""

import pytest
from pydantic import ValidationError

from tidegate.vendor.resource_facts import ResourceFacts


def test_nothing_must_be_said() -> None:
    facts = ResourceFacts()
    assert (facts.pages.by, facts.pages.default, facts.pages.order, facts.objects) == (None, 10, "newest", {})


def test_a_transition_after_a_time_is_read_in_seconds() -> None:
    written = (
        '{"objects": {"messages": {"transitions": [{"after": "2s", "since": ["queued"], "set": {"status": "sent"}}]}}}'
    )
    assert ResourceFacts.model_validate_json(written).objects["messages"].transitions[0].after == 2.0


@pytest.mark.parametrize(
    "written",
    ['{"pages": {"by": "guess"}}', '{"pages": {"default": 0}}', '{"objects": {"x": {"ids": "y"}}}', '{"fixture": "x"}'],
)
def test_what_is_misspelt_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        ResourceFacts.model_validate_json(written)
