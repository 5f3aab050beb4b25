"""The evidence of a run that keeps every promise, and what one promise after the other is broken by."""

from dataclasses import replace
from typing import Any

from tidegate.chaos.apps.http_client import HttpResponse
from tidegate.chaos.apps.retry_loop import Intent, IntentResult, ReportedOutcome
from tidegate.chaos.apps.search_apps import AppCall
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.promises import violations
from tidegate.chaos.judge.tap import SeenGrant, Tap
from tidegate.chaos.search_vendors import PAYMENTS, searched
from tidegate.chaos.timeline.credential_change import CredentialChange, DrawnExchange, DrawnTokens
from tidegate.chaos.timeline.draw import DrawnScenario
from tidegate.chaos.timeline.pool import DrawnPool
from tidegate.chaos.timeline.surroundings import SurroundingEvents
from tidegate.policy.bulkhead import Bulkhead
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
    made |= {"app": "", "status": 200}
    return {**made, **changed}


def line(n: int, **changed: Any) -> dict[str, Any]:
    return {"at": n + 0.1, "took_ms": 90.0, "attempts": [{"n": 1}], **changed}


GOOD = Evidence(
    drawn=DrawnScenario(1, 60.0, LIMIT, ({"rate": "1/s", "mix": {"payment": 1}},)),
    policy=POLICY,
    endings=[IntentResult(intent(n), ReportedOutcome.DONE, n + 0.1, (200,)) for n in range(COUNT)],
    calls=[asked(n) for n in range(COUNT)],
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
    return [replace(ending, outcome=told) if ending.intent == intent(n) else ending for ending in GOOD.endings]


def away(begin: float, lasts: float) -> DrawnScenario:
    outage = {"kind": "outage", "from": f"{begin:g}s", "for": f"{lasts:g}s"}
    return replace(GOOD.drawn, seconds=600.0, pieces=(*GOOD.drawn.pieces, outage))


JSON = {"Content-Type": "application/json"}


def read(at: float) -> AppCall:
    """A list that was made at the beginning."""
    answer = HttpResponse(200, {**JSON, "Request-Id": "req_x"}, b'{"url": "/v1/refunds"}', at)
    return asked(50, intent=intent(50, "browse"), sent_s=at - 0.1, ended_s=at, headed_s=at, answer=answer)


def pooled(evidence: Evidence) -> Evidence:
    """With several credentials."""
    return replace(evidence, drawn=replace(evidence.drawn, pool=DrawnPool(("one", "two"), LIMIT)))


def changing(evidence: Evidence, change: CredentialChange) -> Evidence:
    """With a credential that changes."""
    return replace(evidence, drawn=replace(evidence.drawn, change=change))


def sent_under(key: str, **more: Any) -> Tap:
    """What was sent, all of it under one credential."""
    return replace(GOOD.tap, senders=[key] * COUNT, **more)


TOKENED = changing(GOOD, DrawnTokens("refresh_token", 60.0, ()))
EXCHANGED = changing(GOOD, DrawnExchange(10.0, 0.0, 15.0))
POOLED = pooled(GOOD)
UNKNOWN = {"status": 401, "app": "***0002"}
OTHERS = HttpResponse(200, {**JSON, "Request-Id": "req_3"}, b'{"url": "/v1/refunds"}', 51.09)
UNHEARD = [asked(n, headed_s=None) for n in range(COUNT)]
AGAIN = replace(GOOD, calls=UNHEARD, tap=Tap(sends=[*GOOD.tap.sends, (39.07, "order-39/1")]))
ECHOES = [(n + 0.08, f"order-{n}/1") for n in range(0, 39, 3)]
RETRIED = Tap(sends=sorted([*GOOD.tap.sends, *((20.5 + n / 10, f"order-{n}/1") for n in range(7))]))
AWAY = replace(GOOD, drawn=away(100.0, 90.0))
HAMMERED = Tap(sends=GOOD.tap.sends, failed_dials=[130.0 + n / 3 for n in range(90)])
FLICKER = {"kind": "cut", "from": "0s", "for": "60s"}
REFUSAL = HttpResponse(503, {"Retry-After": "1"}, b"", 39.09)
OPENED = {"status": 503, "problem": "vendor-unavailable", "attempts": 0, "answer": REFUSAL}

BROKEN: dict[str, Evidence] = {
    "crammed": replace(
        GOOD,
        drawn=replace(GOOD.drawn, places=Bulkhead(concurrent=3)),
        tap=replace(GOOD.tap, waits=[(f"order-{n}/1", 1.0, 1.5) for n in range(8)]),
    ),
    "doubled": replace(GOOD, entries=[*GOOD.entries, entry(3, at=50.0)]),
    "lost": replace(GOOD, entries=[*GOOD.entries[:-1], entry(39, effects=[])]),
    "contradicted": replace(GOOD, endings=told(39, ReportedOutcome.NOT_APPLIED)),
    "whole": replace(GOOD, calls=[*GOOD.calls[:-1], asked(39, answer=HttpResponse(200, JSON, b'{"id"', 39.09))]),
    "committed": replace(GOOD, tap=replace(GOOD.tap, sends=[*GOOD.tap.sends, (39.095, "order-39/1")])),
    "crossed": replace(GOOD, tap=replace(GOOD.tap, answers={"req_3": "order-4/1"})),
    "strange": replace(GOOD, calls=[*GOOD.calls[:-1], asked(39, answer=HttpResponse(200, JSON, b"{}", 39.09))]),
    "mistaken": replace(
        GOOD, calls=[*GOOD.calls, asked(39, tag="order-39/2", sent_s=50.0, headed_s=50.09, ended_s=50.1, again="other")]
    ),
    "stale": replace(GOOD, calls=[*GOOD.calls, read(1.0), read(70.0)]),
    "vague": replace(GOOD, calls=[*GOOD.calls[:-1], asked(39, status=429, problem="rate-limited")]),
    "unwanted": replace(AGAIN, tap=replace(AGAIN.tap, refusals=[(39.06, "order-39/1")])),
    "eager": replace(
        AGAIN, tap=Tap(sends=[*AGAIN.tap.sends, *ECHOES], failures=[(at - 0.0005, tag) for at, tag in ECHOES])
    ),
    "given up": replace(GOOD, calls=[*GOOD.calls[:-1], asked(39, status=504, problem="deadline-exceeded")]),
    "useful": replace(
        GOOD,
        endings=[replace(one, outcome=ReportedOutcome.NOT_APPLIED) for one in GOOD.endings],
        entries=[entry(n, effects=[]) for n in range(COUNT)],
    ),
    "over quota": replace(GOOD, entries=[*GOOD.entries, *(entry(90, at=50.0, effects=[]) for _ in range(6))]),
    "retries": replace(GOOD, tap=RETRIED, calls=[asked(n, headed_s=None if n < 7 else n + 0.09) for n in range(COUNT)]),
    "starved": replace(GOOD, lines=[*GOOD.lines[:-1], line(39, stop="retry budget")]),
    "late": replace(GOOD, calls=[*GOOD.calls[:-1], asked(39, headed_s=40.3, ended_s=40.3, allowed_s=1.0)]),
    "hurried": replace(GOOD, tap=replace(GOOD.tap, pauses=[(20.1, 24.1, "")])),
    "held back": replace(GOOD, calls=[*GOOD.calls, asked(39, **OPENED)]),
    "hammered": replace(AWAY, tap=HAMMERED),
    "turned away": replace(POOLED, calls=[*GOOD.calls[:-1], asked(39, status=502, problem="credential-rejected")]),
    "knocking": replace(POOLED, entries=[*GOOD.entries, *(entry(30 + n, effects=[], **UNKNOWN) for n in range(16))]),
    "locked out": replace(EXCHANGED, calls=[*GOOD.calls[:-1], asked(39, status=502, problem="credential-rejected")]),
    "outlived": replace(TOKENED, tap=sent_under("oken", grants=[SeenGrant(1.0, "a token", 20.0)])),
    "unsaved": replace(TOKENED, tap=replace(GOOD.tap, unsaved=[(3.0, "order-3/1")])),
    "asked twice": replace(TOKENED, tap=replace(GOOD.tap, asked=[(1.0, 2.0), (1.5, 2.5)])),
    "disowned": replace(TOKENED, lines=[*GOOD.lines, {"at": 9.0, "note": "reauth_required", "because": "it is gone"}]),
    "outworn": replace(EXCHANGED, tap=sent_under("0010")),
    "smuggled": replace(GOOD, entries=[*GOOD.entries, entry(90, operation="GetEvents", effects=[])]),
    "mixed up": replace(GOOD, calls=[*GOOD.calls, asked(51, intent=intent(51, "audit"), answer=OTHERS)]),
    "worn": replace(GOOD, tap=replace(GOOD.tap, reused=[(39.5, "order-39/1")])),
    "wasted": replace(
        GOOD,
        calls=[*GOOD.calls[:-1], asked(39, status=504, problem="outcome-unknown")],
        tap=replace(GOOD.tap, successes={"order-39/1": 39.06}),
    ),
    "at rest": replace(GOOD, rest={"connections to stripe": 37}),
    "secret": replace(GOOD, leaked=1),
    "surprise": replace(GOOD, surprises=["Task exception was never retrieved"]),
}
