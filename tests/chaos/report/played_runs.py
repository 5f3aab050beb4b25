"""Two runs of one small story, made by hand: one order is charged twice without Tidegate; with it the breaker opens."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from tests.chaos.report.test_report import BAD, GOOD
from tidegate.chaos.apps.retry_loop import Intent, IntentResult, ReportedOutcome
from tidegate.chaos.judge.invariants import EFFECT, RunFigures
from tidegate.chaos.play.run import PlayedRun
from tidegate.chaos.world.virtual_world import WALL_BASE
from tidegate.proxy.telemetry.log_line import stamp
from tidegate.scenario.scenario import Scenario
from tidegate.vendor.vendor import Limit

SECONDS = 60.0
STORY = Scenario.model_validate({
    "name": "small",
    "seconds": SECONDS,
    "load": [{"rate": "2/s"}, {"from": "5s", "burst": 10}],
    "faults": [
        {"kind": "throttle", "probability": "2%", "operations": ["Post*"]},
        {"kind": "outage", "from": "20s", "for": "10s", "mode": "refuse"},
    ],
})  # fmt: skip
LIMITS = (Limit.model_validate({"name": "all", "rate": "1/s", "algorithm": "sliding"}),)


def ending(number: int, start_s: float, took_s: float, outcome: ReportedOutcome, *statuses: int) -> IntentResult:
    return IntentResult(Intent(f"order-{number}", "payment", start_s), outcome, start_s + took_s, statuses)


def entry(at_s: float, intent: str = "") -> Mapping[str, Any]:
    effects = [{"kind": EFFECT, "intent": intent}] if intent else []
    return {"at": at_s, "wall": at_s, "operation": "PostPaymentIntents", "status": 200, "effects": effects}


def call_line(at_s: float, took_ms: float, *attempts_ms: float, status: int = 200) -> dict[str, Any]:
    tries = [{"n": number, "verdict": "success", "took_ms": spent} for number, spent in enumerate(attempts_ms, 1)]
    ended = stamp(WALL_BASE + at_s + took_ms / 1000)
    return {"ts": ended, "call": "c", "status": status, "took_ms": took_ms, "queued_ms": 1.0, "attempts": tries}


def breaker_line(at_s: float, state: str) -> dict[str, Any]:
    return {"ts": stamp(WALL_BASE + at_s), "note": "breaker", "vendor": "acme", "group": "default", "to": state}


def log(*lines: Mapping[str, Any]) -> bytes:
    return b"".join(orjson.dumps(line) + b"\n" for line in lines)


DONE, REFUSED, UNKNOWN = ReportedOutcome.DONE, ReportedOutcome.NOT_APPLIED, ReportedOutcome.UNKNOWN


def run(figures: RunFigures, endings: Sequence[IntentResult], entries: Sequence[Mapping[str, Any]]) -> PlayedRun:
    return PlayedRun(figures, endings, entries, limits=LIMITS)


NAIVE = run(
    replace(BAD, asked=3, done=2, attempts=5, doubled=1, unknown=1, over_quota=2),
    [ending(1, 1.0, 0.5, DONE, 0, 200), ending(2, 2.0, 0.1, DONE, 200), ending(3, 25.0, 30.0, UNKNOWN, 0, 500, 503)],
    [entry(1.0, "order-1"), entry(1.2, "order-1"), entry(1.3), entry(2.5, "order-2"), entry(55.0)],
)
TIDEGATE = replace(
    run(
        replace(GOOD, asked=3, done=2, attempts=2, doubled=0, unknown=0, over_quota=0),
        [ending(1, 1.0, 1.0, DONE, 200), ending(2, 2.0, 0.2, DONE, 200), ending(3, 25.0, 9.0, REFUSED, 503, 503)],
        [entry(1.0, "order-1"), entry(2.1, "order-2")],
    ),
    outputs=(
        log(call_line(1.0, 110.0, 90.0), breaker_line(21.0, "open"), breaker_line(31.0, "half-open")),
        log(breaker_line(32.0, "closed"), call_line(2.0, 500.0, 40.0, 60.0)) + b'{"ts": "cut',
        b"SQLite format 3\x00 and what is on the disk",
    ),
)
