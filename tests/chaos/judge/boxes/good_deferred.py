"""The evidence of a write that was accepted for later by somebody's own vendor's file, and what it is broken by."""

from dataclasses import replace

from tests.chaos.judge.good_run import GOOD
from tests.chaos.kiosk import scenario
from tidegate.chaos.apps.http_client import HttpResponse
from tidegate.chaos.apps.retry_loop import Intent, IntentResult, ReportedOutcome
from tidegate.chaos.apps.search_apps import AppCall
from tidegate.chaos.judge.boxes.box_evidence import WriteRecord
from tidegate.chaos.judge.evidence import Evidence, VendorEvidence
from tidegate.chaos.judge.tap import Tap
from tidegate.chaos.play.cast.named_cast import named_cast
from tidegate.chaos.timeline.cast_draw import written

TAG = "order-000001/1"
INTENT = Intent("order-000001", "PutOrder keyed", 0.0)
CALL = AppCall(
    TAG, INTENT, 0.0, 0.1, 202, "", 0, 15.0, 0.1,
    HttpResponse(202, {"Location": "http://127.0.0.1/_tidegate/calls/w1"}, b"{}", 0.1),
)  # fmt: skip
ENTRY = {
    "at": 1.0, "wall": 1.0, "operation": "PutOrder", "path": "/orders/1", "app": "", "status": 200, "faults": [],
    "took_s": 0.1, "tag": TAG, "carried_out": True, "effects": [],
}  # fmt: skip


def deferred() -> Evidence:
    """One order was accepted, and put later."""
    return replace(
        GOOD,
        vendor="warehouse",
        drawn=written(named_cast(["warehouse"], {}), scenario(), 1),
        endings=[IntentResult(INTENT, ReportedOutcome.DONE, 0.1, (202,))],
        calls=[CALL],
        entries=[ENTRY],
        tap=Tap(sends=[(0.9, TAG)]),
        lines=(),
        writes={"w1": WriteRecord("done", "", "done", 1)},
        file=VendorEvidence((), {}, "X-Request-Id"),
    )


def recorded(state: str, reason: str = "", outcome: str = "") -> Evidence:
    """With another record of it."""
    return replace(deferred(), writes={"w1": WriteRecord(state, reason, outcome, 1)})


BROKEN_DEFERRED = {"abandoned": recorded("waiting"), "misinformed": recorded("dead", "refused", "not applied")}
