"""Tests of tidegate.proxy.call.finished_call."""

import gc
from collections.abc import Iterator
from dataclasses import fields

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tests.proxy.examples import attempt, call, finished, plan, reply
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import CarriedDeliveries
from tidegate.proxy.call.content import WholeContent
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import Streamed
from tidegate.proxy.call.residency_decision import ResidencyDecision

OF_CALL = {
    "began": 1.0, "deadline": 21.0, "call_id": "c7", "app": "desk", "plan": plan(operation="PostCharges"),
    "attempts": [attempt(2)], "queued_s": 0.25, "key": "k", "stop": "attempts", "outcome": Outcome.UNKNOWN,
    "streamed": Streamed(5, 1), "repeats": "c6", "trace_id": "t", "span_id": "s", "parent_span_id": "p",
    "sampled": True, "carried": CarriedDeliveries(("d7",)),
    "residency": ResidencyDecision("default", "send", "eu", "us"),
}  # fmt: skip
OF_REPLY = {
    "status": 504, "verdict": Verdict.FAILED, "problem": PROBLEMS["outcome-unknown"], "error": "e", "replayed": True,
    "cache": "stale", "detail": "Why.",
}  # fmt: skip


def reachable(root: object) -> Iterator[object]:
    """Everything that `root` keeps alive."""
    seen, left = set[int](), [root]
    while left:
        node = left.pop()
        if id(node) not in seen and not isinstance(node, type):
            seen.add(id(node))
            yield node
            left += gc.get_referents(node)


def test_every_field_says_what_the_call_or_its_reply_says() -> None:
    finished = FinishedCall(call(**OF_CALL), reply(**OF_REPLY), 7.0, 8.0)
    values = {field.name: getattr(finished, field.name) for field in fields(FinishedCall)}
    assert values == {**OF_CALL, **OF_REPLY, "now": 7.0, "wall": 8.0}


def test_it_keeps_neither_call_nor_reply_nor_what_the_app_or_the_vendor_sent() -> None:
    headers = CIMultiDictProxy(CIMultiDict({"Cookie": "canary"}))
    made = call(headers=headers, raw_headers=[(b"Cookie", b"canary")], content=WholeContent(b"canary" * 9))
    answer = reply(headers=[(b"Set-Cookie", b"canary")], body=b"canary" * 8)
    dropped = (made, answer, headers, made.raw_headers, made.content, made.content.whole, answer.headers, answer.body)
    alive = list(reachable(FinishedCall(made, answer, 7.0, 8.0)))
    assert any(node is made.plan for node in alive), "the walk finds what is there"
    for value in dropped:
        assert not any(node is value for node in alive)


def test_it_tells_how_long_the_call_took() -> None:
    assert finished(began=100.0, now=100.25).took_s == 0.25


def test_it_tells_what_was_left_of_the_calls_time_and_never_less_than_nothing() -> None:
    assert finished(deadline=120.0, now=100.5).left_s == 19.5
    assert finished(deadline=99.0, now=100.5).left_s == 0.0


@pytest.mark.parametrize(
    ("how", "writes"), [("safe", False), ("natural", True), ("vendor-key", True), ("never-resend", True)]
)
def test_everything_but_a_read_has_an_outcome_that_matters(how: str, writes: bool) -> None:
    assert finished(plan=plan(idempotency=how)).writes is writes
