"""When a transition that the vendor file declares is made."""

import pytest

from tidegate.simulator.objects.declared_transitions import fits
from tidegate.vendor.resource_facts import Transition


@pytest.mark.parametrize(
    ("when", "made"),
    [
        ({}, True),
        ({"state": "closed"}, True),
        ({"state": "open"}, False),
        ({"/method/holder": "DECLINED"}, True),
        ({"/method/a~1b": 1}, True),
        ({"/method/holder/deeper": "DECLINED"}, False),
        ({"/nothing/there": "DECLINED"}, False),
        ({"state": "closed", "/method/holder": "Ada"}, False),
    ],
)
def test_a_transition_is_made_for_the_values_that_it_names(when: dict[str, object], made: bool) -> None:
    values = {"state": "closed", "method": {"holder": "DECLINED", "a/b": 1}}
    assert fits(Transition(when=when), values) is made
