"""A fault that is aimed at nothing is noticed, with the name that was probably meant."""

from typing import Any

import pytest

from tidegate.scenario.aim import misaimed, strangers, unmade
from tidegate.scenario.fault import Fault
from tidegate.scenario.load import GivenRequest
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


def test_a_fault_of_a_vendor_that_is_not_there_is_one_sentence() -> None:
    faults = parse_faults([{"kind": "outage", "vendor": "stripe"}, {"kind": "error", "vendor": "strip"}], Fault)
    assert strangers(faults, ["stripe"]) == [
        "fault 2 (error): no vendor of this run is called strip; did you mean stripe?"
    ]
    assert strangers(faults[:1], ["slack", "github"]) == [
        "fault 1 (outage): no vendor of this run is called stripe; they are slack, github"
    ]


def test_a_request_of_an_operation_that_is_not_there_is_one_sentence() -> None:
    made = {"order": GivenRequest(operation="PostPaymentIntentz"), "read": GivenRequest(operation="GetPaymentIntents")}
    assert unmade(made, KNOWN) == [
        "request order: no operation is called PostPaymentIntentz; did you mean PostPaymentIntents?"
    ]
