"""A decision says which rule it was, from where to where, and of which fields; never a value."""

from tidegate.proxy.call.residency_decision import ResidencyDecision


def test_a_refusal_names_rule_regions_and_fields() -> None:
    decision = ResidencyDecision("data.otherwise", "refuse", "eu", "us", fields=("/email", "/name"))
    assert decision.why("stripe") == (
        "/email, /name of this request may not go from eu to stripe in us (rule data.otherwise)."
    )
    assert not decision.sends


def test_a_region_that_is_not_known_is_said_to_be_so() -> None:
    decision = ResidencyDecision("unreadable", "refuse", "", "", detail="it is no JSON")
    assert decision.why("stripe") == (
        "This request may not go from an unknown region to stripe in an unknown region "
        "(rule unreadable: it is no JSON)."
    )
