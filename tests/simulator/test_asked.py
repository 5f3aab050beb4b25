"""A request and its outcome do not share what they collect."""

from tidegate.simulator.asked import Asked, Outcome


def test_two_requests_have_effects_of_their_own() -> None:
    one, other = Asked("one", 1), Asked("other", 1)
    one.effects.append({"kind": "made"})
    assert other.effects == []


def test_two_outcomes_have_headers_of_their_own() -> None:
    one, other = Outcome({}, 200), Outcome({}, 200)
    one.headers["Link"] = "<x>"
    assert other.headers == {}
