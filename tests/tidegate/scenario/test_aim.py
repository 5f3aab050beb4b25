"""A fault that is aimed at nothing is noticed, with the name that was probably meant."""

from typing import Any

import pytest

from tidegate.scenario.aim import misaimed
from tidegate.scenario.fault import Fault
from tidegate.scenario.scenario import parse_faults

KNOWN = ("PostPaymentIntents", "GetPaymentIntents", "oauth.token")


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ({"kind": "error"}, 0),
        ({"kind": "error", "operations": ["*"]}, 0),
        ({"kind": "error", "operations": ["Post*", "oauth.*"]}, 0),
        ({"kind": "error", "operations": ["post*"]}, 1),
        ({"kind": "error", "operations": ["Post*", "Put*", "Patch*"]}, 2),
        ({"kind": "latency", "delay": "1s", "operations": ["PostPaymentIntentz"]}, 1),
        ({"kind": "lie", "about": "enum", "operations": ["GetPaymentIntent"]}, 1),
        ({"kind": "drift", "change": "added", "operations": ["payment_intent.*"]}, 1),
        ({"kind": "drift", "change": "added", "of": "webhooks", "operations": ["payment_intent.*"]}, 0),
        ({"kind": "webhook", "mode": "drop", "events": ["payment_intent.*"]}, 0),
        ({"kind": "outage"}, 0),
        ({"kind": "crash"}, 0),
    ],
)
def test_each_pattern_that_fits_no_operation_is_one_sentence(written: dict[str, Any], count: int) -> None:
    assert len(misaimed(parse_faults(written, Fault), KNOWN)) == count


def test_the_sentence_names_the_fault_and_the_nearest_name() -> None:
    faults = parse_faults([{"kind": "outage"}, {"kind": "error", "operations": ["PostPaymentIntentz"]}], Fault)
    assert misaimed(faults, KNOWN) == [
        "fault 2 (error): no operation is called PostPaymentIntentz; did you mean PostPaymentIntents?"
    ]
