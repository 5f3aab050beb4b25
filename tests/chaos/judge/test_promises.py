"""Each promise of the search, and evidence made wrong on purpose that it catches."""

from dataclasses import replace
from typing import Any

import pytest

from tidegate.chaos.apps.http_client import HttpResponse
from tidegate.chaos.apps.retry_loop import Intent, IntentResult, ReportedOutcome
from tidegate.chaos.apps.search_apps import AppCall
from tidegate.chaos.judge.evidence import Evidence, Tap
from tidegate.chaos.judge.promises import PROMISES, violations
from tidegate.chaos.search_vendors import PAYMENTS, searched
from tidegate.chaos.timeline.draw import DrawnScenario
from tidegate.chaos.timeline.surroundings import SurroundingEvents
from tidegate.vendor.vendor import Limit

LIMIT = Limit.model_validate({"name": "account", "rate": "5/s", "burst": 5})
POLICY = searched(PAYMENTS, LIMIT).vendor.policy
COUNT = 40
PAID = "payment_intent.succeeded"


def intent(n: int, story: str = "payment") -> Intent:
    return Intent(f"order-{n}", story, float(n), 45.0)


def asked(n: int, **changed: Any) -> AppCall:
    headers = {"Content-Type": "application/json", "Request-Id": f"req_{n}"}
    answer = HttpResponse(200, headers, b'{"metadata": {"order_id": "order-%d"}}' % n, n + 0.09)
    made = AppCall(f"order-{n}/1", intent(n), float(n), n + 0.1, 200, "", 1, 20.0, answer.headed_s, answer)
    return replace(made, **changed)


def entry(n: int, **changed: Any) -> dict[str, Any]:
    effects = [{"kind": PAID, "intent": f"order-{n}"}]
    made = {"at": n + 0.05, "operation": "PostPaymentIntents", "faults": [], "took_s": 0.02, "effects": effects}
    return {**made, **changed}


def line(n: int, **changed: Any) -> dict[str, Any]:
    return {"at": n + 0.1, "took_ms": 90.0, "attempts": [{"n": 1}], **changed}


GOOD = Evidence(
    drawn=DrawnScenario(1, 60.0, LIMIT, ({"rate": "1/s", "mix": {"payment": 1}},)),
    policy=POLICY,
    endings=[IntentResult(intent(n), ReportedOutcome.DONE, n + 0.1, (200,)) for n in range(COUNT)],
    asked=[asked(n) for n in range(COUNT)],
    entries=[entry(n) for n in range(COUNT)],
    tap=Tap(
        sends=[(n + 0.03, f"order-{n}/1") for n in range(COUNT)],
        answers={f"req_{n}": f"order-{n}/1" for n in range(COUNT)},
    ),
    happened=SurroundingEvents(),
    lines=[line(n) for n in range(COUNT)],
    leaked=0,
    surprises=(),
)


def words(evidence: Evidence) -> list[str]:
    return [sentence.partition(":")[0] for sentence in violations(evidence)]


def told(n: int, told: ReportedOutcome) -> list[IntentResult]:
    """All done but one."""
    return [replace(ending, told=told) if ending.intent == intent(n) else ending for ending in GOOD.endings]


def away(begin: float, lasts: float) -> DrawnScenario:
    outage = {"kind": "outage", "from": f"{begin:g}s", "for": f"{lasts:g}s"}
    return replace(GOOD.drawn, seconds=600.0, pieces=(*GOOD.drawn.pieces, outage))


JSON = {"Content-Type": "application/json"}


def read(at: float) -> AppCall:
    """A list that was made at the beginning."""
    answer = HttpResponse(200, {**JSON, "Request-Id": "req_x"}, b'{"url": "/v1/refunds"}', at)
    return asked(50, intent=intent(50, "browse"), sent_s=at - 0.1, told_s=at, headed_s=at, answer=answer)


UNHEARD = [asked(n, headed_s=None) for n in range(COUNT)]
AGAIN = replace(GOOD, asked=UNHEARD, tap=Tap(sends=[*GOOD.tap.sends, (39.07, "order-39/1")]))
ECHOES = [(n + 0.08, f"order-{n}/1") for n in range(0, 39, 3)]
RETRIED = Tap(sends=sorted([*GOOD.tap.sends, *((20.5 + n / 10, f"order-{n}/1") for n in range(7))]))
AWAY = replace(GOOD, drawn=away(100.0, 90.0))
HAMMERED = Tap(sends=GOOD.tap.sends, failed_dials=[130.0 + n / 3 for n in range(90)])
FLICKER = {"kind": "cut", "from": "0s", "for": "60s"}
REFUSAL = HttpResponse(503, {"Retry-After": "1"}, b"", 39.09)
OPENED = {"status": 503, "problem": "vendor-unavailable", "attempts": 0, "answer": REFUSAL}

BROKEN: dict[str, Evidence] = {
    "doubled": replace(GOOD, entries=[*GOOD.entries, entry(3, at=50.0)]),
    "lost": replace(GOOD, entries=[*GOOD.entries[:-1], entry(39, effects=[])]),
    "contradicted": replace(GOOD, endings=told(39, ReportedOutcome.NOT_APPLIED)),
    "whole": replace(GOOD, asked=[*GOOD.asked[:-1], asked(39, answer=HttpResponse(200, JSON, b'{"id"', 39.09))]),
    "committed": replace(GOOD, tap=replace(GOOD.tap, sends=[*GOOD.tap.sends, (39.095, "order-39/1")])),
    "crossed": replace(GOOD, tap=replace(GOOD.tap, answers={"req_3": "order-4/1"})),
    "strange": replace(GOOD, asked=[*GOOD.asked[:-1], asked(39, answer=HttpResponse(200, JSON, b"{}", 39.09))]),
    "stale": replace(GOOD, asked=[*GOOD.asked, read(1.0), read(70.0)]),
    "vague": replace(GOOD, asked=[*GOOD.asked[:-1], asked(39, status=429, problem="rate-limited")]),
    "unwanted": replace(AGAIN, tap=replace(AGAIN.tap, refusals=[(39.06, "order-39/1")])),
    "eager": replace(
        AGAIN, tap=Tap(sends=[*AGAIN.tap.sends, *ECHOES], failures=[(at - 0.0005, tag) for at, tag in ECHOES])
    ),
    "given up": replace(GOOD, asked=[*GOOD.asked[:-1], asked(39, status=504, problem="deadline-exceeded")]),
    "useful": replace(
        GOOD,
        endings=[replace(one, told=ReportedOutcome.NOT_APPLIED) for one in GOOD.endings],
        entries=[entry(n, effects=[]) for n in range(COUNT)],
    ),
    "over quota": replace(GOOD, entries=[*GOOD.entries, *(entry(90, at=50.0, effects=[]) for _ in range(6))]),
    "retries": replace(GOOD, tap=RETRIED, asked=[asked(n, headed_s=None if n < 7 else n + 0.09) for n in range(COUNT)]),
    "starved": replace(GOOD, lines=[*GOOD.lines[:-1], line(39, stop="retry budget")]),
    "late": replace(GOOD, asked=[*GOOD.asked[:-1], asked(39, headed_s=40.3, told_s=40.3, allowed_s=1.0)]),
    "hurried": replace(GOOD, tap=replace(GOOD.tap, pauses=[(20.1, 24.1)])),
    "held back": replace(GOOD, asked=[*GOOD.asked, asked(39, **OPENED)]),
    "hammered": replace(AWAY, tap=HAMMERED),
    "secret": replace(GOOD, leaked=1),
    "surprise": replace(GOOD, surprises=["Task exception was never retrieved"]),
}


def test_a_good_run_breaks_no_promise() -> None:
    assert violations(GOOD) == []
    assert violations(AWAY) == []


@pytest.mark.parametrize("promise", list(PROMISES))
def test_evidence_against_one_promise_breaks_it_and_no_other(promise: str) -> None:
    assert words(BROKEN[promise]) == [promise]


def test_an_apps_token_that_the_vendor_sees_is_a_secret_told() -> None:
    assert words(replace(GOOD, tap=replace(GOOD.tap, tokens=1))) == ["secret"]


def test_a_stream_that_goes_on_for_longer_than_a_stream_may_is_late() -> None:
    total_s = POLICY.stream.total
    endless = replace(GOOD, asked=[*GOOD.asked[:-1], asked(39, told_s=39.1 + total_s + 1.0)])
    assert words(endless) == ["late"]
    assert words(replace(endless, asked=[*GOOD.asked[:-1], asked(39, told_s=39.1 + total_s)])) == []


def test_a_bug_in_the_log_is_a_surprise() -> None:
    bug = {"at": 1.0, "bug": "KeyError", "where": ["app.py:1 run", "gate.py:2 enter"]}
    assert violations(replace(GOOD, lines=[*GOOD.lines, bug])) == [
        "surprise: the proxy failed with KeyError at app.py:1 run, gate.py:2 enter"
    ]


@pytest.mark.parametrize("problem", ["bad-request", "idempotency-mismatch", "internal-error"])
def test_a_good_request_that_is_told_to_be_bad_is_a_surprise(problem: str) -> None:
    told_so = asked(39, status=500, problem=problem)
    assert "surprise" in words(replace(GOOD, asked=[*GOOD.asked[:-1], told_so]))


@pytest.mark.parametrize(
    ("evidence", "promise"),
    [
        pytest.param(
            replace(BROKEN["hurried"], happened=SurroundingEvents(crashes=[(20.2, 21.2)])),
            "hurried",
            id="a crash forgets",
        ),
        pytest.param(
            replace(BROKEN["held back"], happened=SurroundingEvents(cuts=[30.0])),
            "held back",
            id="a connection was cut",
        ),
        pytest.param(
            replace(BROKEN["held back"], entries=[entry(n, took_s=4.5 if n == 30 else 0.02) for n in range(COUNT)]),
            "held back",
            id="the vendor was slow",
        ),
        pytest.param(
            replace(
                BROKEN["held back"],
                happened=SurroundingEvents(cuts=[1.0]),
                asked=[asked(1), asked(36), asked(39, **OPENED)],
            ),
            "held back",
            id="too few calls since to find out that all is well",
        ),
        pytest.param(
            replace(BROKEN["late"], drawn=replace(GOOD.drawn, pieces=({"kind": "disk", "delay": "200ms"},))),
            "late",
            id="the disk was slow",
        ),
        pytest.param(
            replace(
                BROKEN["starved"],
                drawn=replace(GOOD.drawn, pieces=({"kind": "disk", "delay": "600ms"},)),
                lines=[*GOOD.lines[:-4], *(line(39, took_ms=1000.0) for _ in range(3)), line(39, stop="retry budget")],
            ),
            "starved",
            id="what was reserved when it was refused is given back when its line is written",
        ),
        pytest.param(
            replace(BROKEN["hammered"], happened=SurroundingEvents(crashes=[(140.0, 141.0)])),
            "hammered",
            id="a new breaker",
        ),
        pytest.param(
            replace(BROKEN["useful"], drawn=replace(GOOD.drawn, pieces=({**FLICKER, "probability": "50%"},))),
            "useful",
            id="a wire that flickers",
        ),
    ],
)
def test_what_explains_it_excuses_it(evidence: Evidence, promise: str) -> None:
    assert promise not in words(evidence)


def test_a_call_that_is_never_answered_is_late() -> None:
    hung = asked(39, status=0, headed_s=None, answer=None, told_s=99.0)
    assert words(replace(GOOD, asked=[*GOOD.asked[:-1], hung])) == ["late"]


def test_a_wire_that_cuts_little_excuses_nothing() -> None:
    drawn = replace(GOOD.drawn, pieces=({**FLICKER, "probability": "10%"},))
    assert words(replace(BROKEN["useful"], drawn=drawn)) == ["useful"]


def test_a_breaker_that_had_its_probes_and_still_refuses_holds_back() -> None:
    calls = [asked(1), asked(12), asked(13), asked(39, **OPENED)]
    assert "held back" in words(replace(GOOD, happened=SurroundingEvents(cuts=[1.0]), asked=calls))


def test_what_is_asked_just_before_an_outage_need_not_be_done() -> None:
    def undone_from(first: int) -> Evidence:
        endings = [
            *GOOD.endings[:first],
            *(replace(one, told=ReportedOutcome.NOT_APPLIED) for one in GOOD.endings[first:]),
        ]
        entries = [entry(n, **({} if n < first else {"effects": []})) for n in range(COUNT)]
        return replace(GOOD, drawn=away(20.5, 90.0), endings=endings, entries=entries)

    assert "useful" not in words(undone_from(19))
    assert "useful" in words(undone_from(17))


@pytest.mark.parametrize(
    ("tries", "told_s", "broken"),
    [(4, 30.0, []), (4, 300.0, ["useful"]), (3, 30.0, ["useful"])],
    ids=["in the outage", "long after it", "with a try left"],
)
def test_an_app_that_asks_a_few_times_need_not_be_served_where_all_of_them_are_lost(
    tries: int, told_s: float, broken: list[str]
) -> None:
    endings = [
        IntentResult(intent(n, "member"), ReportedOutcome.NOT_APPLIED, told_s, (503,) * tries) for n in range(COUNT)
    ]
    entries = [entry(n, effects=[]) for n in range(COUNT)]
    assert words(replace(GOOD, drawn=away(20.5, 10.0), endings=endings, entries=entries)) == broken


def test_an_unknown_outcome_that_a_fault_explains_is_no_lack_of_use() -> None:
    unknown = [replace(one, told=ReportedOutcome.UNKNOWN) for one in GOOD.endings]
    faults = [entry(n, effects=[], faults=["reset_after"]) for n in range(COUNT)]
    assert words(replace(GOOD, endings=unknown, entries=faults)) == []
    assert words(replace(GOOD, endings=unknown)) == ["useful"]
