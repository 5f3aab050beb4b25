"""A fault that is aimed at nothing is noticed, with the name that was probably meant."""

from typing import Any

import pytest

from tidegate.scenario.aim import late, misaimed, misnamed, strangers, unmade, unowned
from tidegate.scenario.check import Check
from tidegate.scenario.fault import Fault
from tidegate.scenario.load import GivenRequest, Load
from tidegate.scenario.scenario import Scenario, parse_faults

KNOWN = dict.fromkeys(("PostPaymentIntents", "GetPaymentIntents", "oauth.token"), frozenset[str]())


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


def test_a_parameter_that_a_path_has_not_is_one_sentence() -> None:
    made = {"note": GivenRequest(operation="note", path={"custmer": "c1", "n": 3}), "read": GivenRequest(operation="x")}
    assert unmade(made, {"note": {"customer", "n"}, "x": ()}) == [
        "request note: the path of note has no custmer; did you mean customer?"
    ]


def test_a_check_about_a_name_that_nothing_has_is_one_sentence() -> None:
    checks = [
        Check(vendor="str*", operations=("Post*", "oauth.*"), calls=2),
        Check(vendor="strype", operations=("GetPaymentIntent", "Post*"), calls=3),
    ]
    assert misnamed(checks, KNOWN, ["stripe"]) == [
        "check 2: no vendor of this run is called strype; did you mean stripe?",
        "check 2: no operation is called GetPaymentIntent; did you mean GetPaymentIntents?",
    ]


def test_a_load_of_a_vendor_that_is_not_there_is_one_sentence() -> None:
    loads = [Load.model_validate({"burst": 1, "vendor": vendor}) for vendor in ("", "stripe", "nobody")]
    assert unowned(loads, ["stripe"]) == ["load 3: no vendor of this run is called nobody; they are stripe"]


def test_a_fault_that_begins_when_the_run_is_over_is_one_sentence() -> None:
    faults = [{"kind": "error", "from": "9s"}, {"kind": "outage", "from": "10s"}]
    run = Scenario.model_validate({"name": "t", "seconds": 10, "faults": faults})
    assert late(run) == ["fault 2 (outage) never happens: it begins at 10s, and the run ends at 10s"]
