"""The matrix of regions and classes, against a second reading of its rules."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.policy.data import ResidencyRule
from tidegate.proxy.policies.residency.residency_rules import DataClass, ResidencyRules, ResidencyWatch

REGIONS = ("", "eu", "uk", "us", "apac")
PATTERNS = st.lists(st.sampled_from(["*", *REGIONS[1:]]), min_size=1, max_size=3, unique=True).map(tuple)
RULES = st.lists(st.tuples(PATTERNS, PATTERNS, st.sampled_from(["personal", "other"])), max_size=6)


def rules(*written: tuple[tuple[str, ...], tuple[str, ...], str]) -> ResidencyRules:
    made = [
        ResidencyRule.model_validate({"id": f"r{number}", "home": home, "to": to, "data": data})
        for number, (home, to, data) in enumerate(written)
    ]
    return ResidencyRules(made)


@given(RULES, st.sampled_from(REGIONS), st.sampled_from(REGIONS), st.sampled_from(["personal", "other"]))
def test_the_matrix_is_what_its_rules_say(written: Any, home: str, region: str, data: DataClass) -> None:
    """Default deny, an unknown region never, its own region always, and the first rule that lets it go."""
    decision = rules(*written).decide(home, data, region)
    lets = [
        f"r{number}"
        for number, (homes, to, of) in enumerate(written)
        if {home, "*"} & {*homes} and {region, "*"} & {*to} and (of == "personal" or data == "other")
    ]
    if not home or not region:
        expected = "home-unknown" if not home else "region-unknown"
        assert (decision.fate, decision.rule) == ("refuse", expected)
    elif home == region:
        assert (decision.fate, decision.rule) == ("send", "at-home")
    else:
        assert (decision.fate, decision.rule) == (("send", lets[0]) if lets else ("refuse", "no-rule"))


@given(RULES, st.sampled_from(REGIONS), st.sampled_from(REGIONS))
def test_where_personal_data_may_go_other_data_may_too(written: Any, home: str, region: str) -> None:
    matrix = rules(*written)
    if matrix.decide(home, "personal", region).sends:
        assert matrix.decide(home, "other", region).sends


@pytest.mark.parametrize("region", REGIONS)
def test_without_rules_everything_may_go(region: str) -> None:
    assert ResidencyRules().decide("", "personal", region).rule == "unruled"


def test_an_app_is_where_it_says_or_where_tidegate_is() -> None:
    matrix = ResidencyRules((), {"desk": "us"}, "eu")
    assert (matrix.home_of("desk"), matrix.home_of("shop")) == ("us", "eu")
    assert matrix == ResidencyRules((), {"desk": "us"}, "eu")
    assert matrix != ResidencyRules(None, {"desk": "us"}, "eu")


def test_decisions_are_counted_by_way_receiver_rule_and_fate() -> None:
    watch = ResidencyWatch(ResidencyRules())
    for _ in range(2):
        watch.count("call", "stripe", watch.rules.decide("eu", "other", "us"))
    assert watch.counts == {("call", "stripe", "unruled", "send"): 2}
