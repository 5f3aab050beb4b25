"""A refusal is a reply that says which problem it is."""

from tidegate.problems import PROBLEMS
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import refused


def test_a_refusal_carries_its_problem_and_no_vendors_answer() -> None:
    reply = refused(PROBLEMS["rate-limited"], "Later.", retry_after_s=1.5)
    assert (reply.status, reply.verdict, reply.body) == (429, Verdict.REFUSED, b"")
    assert (reply.detail, reply.retry_after_s, reply.error) == ("Later.", 1.5, "http_request_denied")


def test_a_refusal_may_name_a_more_exact_error() -> None:
    assert refused(PROBLEMS["outcome-unknown"], "", error="connection_timeout").error == "connection_timeout"
