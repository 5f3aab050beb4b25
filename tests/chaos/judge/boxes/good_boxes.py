"""The evidence of a run that keeps every promise of outbox and inbox, and what breaks one after the other."""

import json
from dataclasses import replace
from typing import Any

from tests.chaos.judge.good_run import GOOD
from tidegate.chaos.apps.event_receiver import TakenPost
from tidegate.chaos.apps.http_client import HttpResponse
from tidegate.chaos.apps.retry_loop import Intent, IntentResult, ReportedOutcome
from tidegate.chaos.apps.search_apps import AppCall
from tidegate.chaos.apps.stories import APPS, OPERATIONS
from tidegate.chaos.judge.boxes.box_evidence import BoxEvidence, VendorPost, WriteRecord
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.tap import Tap
from tidegate.chaos.search_vendors import Deferral

FIRST, SECOND = "order-000100", "order-000130"
"""Both change the same customer of the same app."""
DONE = WriteRecord("done", "", "done", 1)


def accepted(name: str, record: str, at: float, story: str = "amend", **changed: Any) -> AppCall:
    headers = {"Content-Type": "application/json", "Location": f"http://tidegate/_tidegate/calls/{record}"}
    answer = HttpResponse(202, headers, b'{"call": "%s"}' % record.encode(), at + 0.09)
    made = AppCall(f"{name}/1", Intent(name, story, at, 45.0), at, at + 0.1, 202, "", 0, 20.0, answer.headed_s, answer)
    return replace(made, **changed)


def happened(name: str, at: float, kind: str = "customer.updated") -> dict[str, Any]:
    effects = [{"kind": kind, "intent": name}]
    return {"at": at, "operation": OPERATIONS["amend"], "faults": [], "took_s": 0.02, "effects": effects, "status": 200}


def webhook(n: int, at: float, **changed: Any) -> VendorPost:
    return replace(VendorPost(at, f"evt_{n}", "cus_1", b"event %d" % n, True, 200, at + 0.1), **changed)


def taken(app: str, n: int, at: float, **changed: Any) -> TakenPost:
    return replace(TakenPost(at, app, "webhooks", f"whd_{app}_{n}", b"event %d" % n, True, 204), **changed)


def told(record: str, state: str, at: float, app: str = "shop") -> TakenPost:
    body = json.dumps({"data": {"call": record, "state": state}}).encode()
    return TakenPost(at, app, "callback", f"res_{record}", body, True, 204)


BOXES = BoxEvidence(
    deferral=Deferral(),
    inbox_order="block",
    records={"w1": DONE, "w2": DONE},
    posted=[webhook(1, 42.1), webhook(2, 44.1)],
    taken=[
        *(taken(app, n, at) for n, at in ((1, 42.5), (2, 44.5)) for app in APPS),
        told("w1", "done", 43.0),
        told("w2", "done", 45.0),
    ],
    left={},
)
CALLS = [accepted(FIRST, "w1", 41.0), accepted(SECOND, "w2", 42.0)]
GOOD_BOXES = replace(
    GOOD,
    calls=[*GOOD.calls, *CALLS],
    endings=[*GOOD.endings, *(IntentResult(one.intent, ReportedOutcome.DONE, one.ended_s, (202,)) for one in CALLS)],
    entries=[*GOOD.entries, happened(FIRST, 43.0), happened(SECOND, 44.0)],
    boxes=BOXES,
)


def boxes(**changed: Any) -> Evidence:
    return replace(GOOD_BOXES, boxes=replace(BOXES, **changed))


def effects(first: float | None, second: float | None) -> list[Any]:
    made = [happened(name, at) for name, at in ((FIRST, first), (SECOND, second)) if at is not None]
    return [*GOOD.entries, *made]


REFUSED = HttpResponse(429, {"Retry-After": "1"}, b"", 65.0)
WAITED = AppCall(
    "order-50/1", Intent("order-50", "payment", 60.0), 60.0, 65.1, 429, "rate-limited", 0, 20.0, 65.0, REFUSED
)
DRAINED = Tap(sends=[*GOOD.tap.sends, *((61.0 + n, f"{FIRST}/1") for n in range(4)), (64.3, f"{FIRST}/1")])

BROKEN_BOXES: dict[str, Evidence] = {
    "forgotten": boxes(records={"w1": DONE, "w2": WriteRecord("waiting")}),
    "unresolved": boxes(
        records={"w1": DONE, "w2": WriteRecord("parked", "", "unknown")},
        taken=[*BOXES.taken, told("w2", "parked", 46.0)],
    ),
    "misreported": replace(GOOD_BOXES, entries=effects(43.0, None)),
    "out of turn": replace(GOOD_BOXES, entries=effects(46.0, 44.0)),
    "overdue": replace(boxes(deferral=Deferral(deadline_s=20.0)), entries=effects(43.0, 95.0)),
    "untold": boxes(taken=BOXES.taken[:-1]),
    "burned": boxes(burned=1),
    "crowded": replace(GOOD_BOXES, calls=[*GOOD_BOXES.calls, WAITED], tap=DRAINED),
    "undelivered": boxes(taken=[post for post in BOXES.taken if post.id != "whd_office_2"]),
    "forged": boxes(posted=[*BOXES.posted, webhook(3, 50.0, genuine=False)]),
    "renamed": boxes(taken=[*BOXES.taken, taken("shop", 2, 50.0, id="whd_another")]),
    "disordered": boxes(taken=[replace(post, at=44.9) if post.id == "whd_office_1" else post for post in BOXES.taken]),
    "left over": boxes(left={"w9": "outbox waiting"}),
}
