"""An attempt is sent where what is sent was judged, and the rules of this moment let it go."""

from dataclasses import replace

import pytest

from tests.proxy.examples import call, plan, reply
from tests.proxy.stages.guards.test_residency import played, proceed, upstream
from tidegate.policy.data import ResidencyRule
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.content import WholeContent
from tidegate.proxy.policies.residency.residency_rules import ResidencyRules, ResidencyWatch
from tidegate.proxy.policies.residency.vendor_residency import NO_RESIDENCY, VendorResidency
from tidegate.proxy.stages.guards import clearance

OTHER = ResidencyRule.model_validate({"id": "eu-us", "home": ("eu",), "to": ("us",), "data": "other"})


def judged(*, personal: bool = False) -> tuple[Call, ResidencyWatch]:
    watch = ResidencyWatch(ResidencyRules([OTHER], {}, "eu"))
    asked = call()
    asked.residency = replace(watch.rules.decide("eu", "other", "us"), personal=personal)
    asked.cleared = asked.content
    return asked, watch


def sent(asked: Call, watch: ResidencyWatch) -> str:
    stage = clearance.stage(plan(), upstream(VendorResidency(watch, "us")), proceed)
    answered = played(stage, asked)
    assert asked.residency is not None
    return "sent" if answered.problem is None else asked.residency.rule


def test_an_operation_without_a_rule_is_given_back_as_it_was() -> None:
    assert clearance.stage(plan(), upstream(NO_RESIDENCY), proceed) is proceed
    assert reply().status == 200


def test_what_was_judged_is_sent() -> None:
    assert sent(*judged()) == "sent"


@pytest.mark.parametrize("change", [{"residency": None}, {"cleared": None}, {"content": WholeContent(b"other")}])
def test_what_was_not_judged_or_is_another_is_not_sent(change: dict[str, object]) -> None:
    asked, watch = judged()
    for name, value in change.items():
        setattr(asked, name, value)
    assert sent(asked, watch) == "not-judged"
    assert watch.counts == {("attempt", "shop", "not-judged", "refuse"): 1}


def test_personal_data_is_judged_as_such_again() -> None:
    assert sent(*judged(personal=True)) == "no-rule"


def test_a_rule_that_was_taken_away_holds_at_once() -> None:
    asked, watch = judged()
    watch.rules = ResidencyRules([], {}, "eu")
    assert sent(asked, watch) == "no-rule"
