"""What an app was given: each promise about it, and evidence made wrong on purpose that it catches."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.judge import good_run
from tidegate.chaos.apps.http_client import HttpResponse
from tidegate.chaos.apps.retry_loop import Intent, IntentResult, ReportedOutcome
from tidegate.chaos.apps.search_apps import AppCall
from tidegate.chaos.apps.stories import Again
from tidegate.chaos.judge.answer_promises import COME_AGAIN, committed, crossed, mistaken, stale, strange, vague, whole
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.tap import Tap
from tidegate.chaos.search_vendors import PAYMENTS, shipped
from tidegate.chaos.timeline.draw import draw
from tidegate.chaos.timeline.surroundings import SurroundingEvents

INTENT = Intent("order-4", "chat", 1.0)
OTHER = Intent("order-5", "chat", 1.0)
DONE = b"data: [DONE]\n\n"


def event(word: str, made: str = "a") -> bytes:
    return b'data: {"id": "%b", "choices": [{"delta": {"content": "%b"}}]}\n\n' % (made.encode(), word.encode())


GOOD = event("You") + event(" said:") + event(" order-4") + DONE


def evidence(body: bytes, media: str = "text/event-stream; charset=utf-8", *, whole: bool = True) -> Evidence:
    answer = HttpResponse(200, {"Content-Type": media, "Request-Id": "req_1"}, body, 1.2, whole)
    return Evidence(
        drawn=draw(1, 1),
        policy=shipped(PAYMENTS)[0].vendor.policy,
        endings=[IntentResult(one, ReportedOutcome.DONE, 1.3, (200,)) for one in (INTENT, OTHER)],
        calls=[AppCall("order-4/1", INTENT, 1.0, 1.3, 200, "", 1, 20.0, 1.2, answer)],
        entries=[],
        tap=Tap(sends=[(1.1, "order-4/1")], answers={"req_1": "order-4/1"}),
        happened=SurroundingEvents(),
        lines=[],
        leaked=0,
        surprises=(),
    )


def found(check: Callable[[Evidence], Iterator[str]], judged: Evidence) -> list[str]:
    return list(check(judged))


@pytest.mark.parametrize(
    ("body", "ends"),
    [
        pytest.param(GOOD, True, id="all of it"),
        pytest.param(event("You"), False, id="a first part, seen as broken"),
        pytest.param(GOOD[:-20], False, id="cut within an event, seen as broken"),
        pytest.param(b"", False, id="nothing but the head, seen as broken"),
    ],
)
def test_one_answer_or_its_first_part_seen_as_broken_is_right(body: bytes, ends: Any) -> None:
    assert found(whole, evidence(body, whole=ends)) == []


@pytest.mark.parametrize(
    ("body", "ends", "flaw"),
    [
        pytest.param(event("You"), True, "has no end", id="told as whole"),
        pytest.param(event("You") + DONE, True, "has no end", id="words are missing"),
        pytest.param(GOOD + b"data: {", True, "has no end", id="more after the end"),
        pytest.param(event("You") + event("You", "b"), False, "is put together from two", id="two answers"),
        pytest.param(event("You") + event("You"), False, "is another", id="one answer twice"),
        pytest.param(event("You") + b"HTTP/1.1 200 OK\r\n\n\n", False, "holds what is no event", id="another head"),
        pytest.param(event("You") + b'data: {"id\n\n', False, "holds an event that cannot be read", id="half an event"),
    ],
)
def test_a_stream_that_is_not_one_answer_or_told_as_whole_is_caught(body: bytes, ends: Any, flaw: str) -> None:
    (sentence,) = found(whole, evidence(body, whole=ends))
    assert flaw in sentence


def test_any_other_body_that_is_told_as_whole_must_be_json() -> None:
    assert found(whole, evidence(b'{"id": 1}', "application/json")) == []
    assert found(whole, evidence(b'{"id"', "application/json", whole=False)) == []
    (sentence,) = found(whole, evidence(b'{"id"', "application/json"))
    assert sentence == "the answer to call order-4/1, which looked whole, is no JSON"


def test_nothing_is_sent_for_a_call_whose_answer_has_begun() -> None:
    good = evidence(GOOD)
    assert found(committed, good) == []
    resent = replace(good, tap=Tap(sends=[(1.1, "order-4/1"), (1.25, "order-4/1")]))
    (sentence,) = found(committed, resent)
    assert sentence == "call order-4/1 was answered from 1.200 s on, and sent again at 1.250 s"
    assert found(committed, replace(good, tap=Tap(sends=[(1.1, "order-4/1"), (1.15, "order-4/1")]))) == []


def test_an_answer_that_was_made_for_another_app_is_caught() -> None:
    good = evidence(GOOD)
    assert found(crossed, good) == []
    assert found(crossed, replace(good, tap=Tap(answers={"req_1": "order-4/7"}))) == []
    (sentence,) = found(crossed, replace(good, tap=Tap(answers={"req_1": "order-5/1"})))
    assert sentence == "call order-4/1 was given the answer to order-5/1, which is another app's"


def given(story: str, body: bytes, media: str = "application/json") -> Evidence:
    """What was given to an app of this story, whose intent is order-4."""
    made = evidence(body, media)
    return replace(made, calls=[replace(made.calls[0], intent=Intent("order-4", story, 1.0))])


@pytest.mark.parametrize(
    ("story", "right", "wrong"),
    [
        ("payment", b'{"metadata": {"order_id": "order-4"}}', b'{"metadata": {"order_id": "order-5"}}'),
        ("signup", b'{"metadata": {"order_id": "order-4"}}', b'{"metadata": {}}'),
        ("leave", b'{"id": "cus_order-4"}', b'{"id": "cus_order-5"}'),
        ("read", b'{"url": "/v1/payment_intents"}', b'{"url": "/v1/refunds"}'),
        ("browse", b'{"url": "/v1/refunds"}', b"[]"),
    ],
)
def test_an_answer_is_about_what_was_asked(story: str, right: bytes, wrong: bytes) -> None:
    assert found(strange, given(story, right)) == []
    (sentence,) = found(strange, given(story, wrong))
    assert sentence.startswith("call order-4/1 was given application/json: b'")
    (sentence,) = found(strange, given(story, right, ""))
    assert sentence.startswith("call order-4/1 was given what is called nothing: ")


def test_a_stream_is_judged_elsewhere() -> None:
    assert found(strange, evidence(GOOD)) == []


@pytest.mark.parametrize(("age_s", "broken"), [(59.0, False), (61.0, True)])
def test_a_stored_answer_is_given_while_it_is_fresh(age_s: float, broken: bool) -> None:
    first = given("browse", b"{}")
    later = replace(first.calls[0], headed_s=1.2 + age_s)
    assert bool(found(stale, replace(first, calls=[*first.calls, later]))) is broken


@pytest.mark.parametrize("problem", sorted(COME_AGAIN))
@pytest.mark.parametrize(
    ("after", "broken"), [({"Retry-After": "2"}, False), ({"Retry-After": "soon"}, True), ({}, True)]
)
def test_who_is_to_come_again_is_told_when(problem: str, after: dict[str, str], broken: bool) -> None:
    good = evidence(GOOD)
    refused = replace(good.calls[0], problem=problem, answer=HttpResponse(503, after, b"", 1.2))
    assert bool(found(vague, replace(good, calls=[refused]))) is broken


def test_a_stream_that_goes_on_for_longer_than_a_stream_may_is_late() -> None:
    total_s = good_run.POLICY.stream.total
    *others, _ = good_run.GOOD.calls
    endless = replace(good_run.GOOD, calls=[*others, good_run.asked(39, ended_s=39.1 + total_s + 1.0)])
    assert good_run.words(endless) == ["late"]
    assert good_run.words(replace(endless, calls=[*others, good_run.asked(39, ended_s=39.1 + total_s)])) == []


def test_a_call_that_is_never_answered_is_late() -> None:
    hung = good_run.asked(39, status=0, headed_s=None, answer=None, ended_s=99.0)
    assert good_run.words(replace(good_run.GOOD, calls=[*good_run.GOOD.calls[:-1], hung])) == ["late"]


@pytest.mark.parametrize(
    ("again", "status", "flawed"),
    [
        ("other", 422, False), ("other", 503, False), ("other", 0, False), ("other", 200, True), ("other", 400, True),
        ("same", 200, False), ("same", 409, False), ("same", 422, True), ("same", 400, True),
    ],
)  # fmt: skip
def test_what_comes_under_a_used_key_is_answered_or_refused_by_its_content(
    again: Again, status: int, flawed: bool
) -> None:
    problem = "idempotency-mismatch" if status == 422 else ""
    made = good_run.asked(39, tag="order-39/2", again=again, status=status, problem=problem)
    assert bool([*mistaken(replace(good_run.GOOD, calls=[made]))]) is flawed
