"""A request and its outcome do not share what they collect."""

from tidegate.simulator.objects.operation_request import OperationRequest, OperationResult


def test_two_requests_have_effects_of_their_own() -> None:
    one, other = OperationRequest("one", 1), OperationRequest("other", 1)
    one.effects.append({"kind": "made"})
    assert other.effects == []


def test_two_outcomes_have_headers_of_their_own() -> None:
    one, other = OperationResult({}, 200), OperationResult({}, 200)
    one.headers["Link"] = "<x>"
    assert other.headers == {}
