"""Tests of tidegate.proxy.telemetry.telemetry: what is told, when, and above all what is not."""

import asyncio
import base64
import gc
import re
import sys
from collections.abc import Callable
from types import FrameType
from urllib.parse import quote

import orjson
import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tests.proxy.examples import attempt, call, facts, plan, reply
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.content import WholeContent
from tidegate.proxy.call.credential import Credential
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.credentials.secret_reference import load_credential
from tidegate.proxy.telemetry.metrics import Metrics, VendorServer
from tidegate.proxy.telemetry.recent_calls import RecentCalls, lookup
from tidegate.proxy.telemetry.telemetry import FLUSH_S, LINES_MAX, SLICE, WAITING_MAX, Telemetry
from tidegate.redaction.redactor import Redactor
from tidegate.world.world import RealWorld


class Clockwork(RealWorld):
    """A world whose timers fire when the test says so."""

    def __init__(self) -> None:
        super().__init__(seed=1)
        self.timers: list[tuple[float, Callable[..., object]]] = []

    def call_later(self, delay_s: float, callback: Callable[..., object], *args: object) -> asyncio.TimerHandle:
        timer = (delay_s, callback)
        self.timers.append(timer)

        class Handle:
            def cancel(handle) -> None:  # noqa: N805
                if timer in self.timers:
                    self.timers.remove(timer)

        return Handle()  # type: ignore[return-value]  # a fake

    def fire(self) -> None:
        _, callback = self.timers.pop(0)
        callback()


class Told:
    """A telemetry with all that it tells kept in a list."""

    def __init__(self, *secrets: str) -> None:
        self.world = Clockwork()
        self.written: list[bytes] = []
        self.metrics = Metrics({"stripe": VendorServer("api.stripe.com", 443, "https://api.stripe.com")})
        self.recent = RecentCalls()
        self.telemetry = Telemetry(
            self.world,
            sink=self.written.append,
            redactor=Redactor(secrets),
            metrics=self.metrics,
            recent=self.recent,
        )

    @property
    def lines(self) -> list[dict[str, object]]:
        return [orjson.loads(line) for data in self.written for line in data.splitlines()]


def test_a_call_becomes_one_line_after_the_flush_time_and_not_before() -> None:
    told = Told()
    told.telemetry.record(call(), reply(), 100.5, 1_700_000_000.5)
    told.telemetry.record(call(call_id="c2"), reply(), 100.5, 1_700_000_000.5)
    assert not told.written
    assert [delay for delay, _ in told.world.timers] == [FLUSH_S], "one timer for all"
    told.world.fire()
    assert [line["call"] for line in told.lines] == ["c1", "c2"]
    assert not told.world.timers, "nothing runs while nothing is told"


def test_what_a_line_says() -> None:
    told = Told()
    failed = attempt(status=0, verdict=Verdict.FAILED, error="connection_terminated")
    told.telemetry.record(
        call(
            queued_s=0.02, attempts=[failed, attempt(2)], stop="attempts", trace_id="a" * 32, span_id="b" * 16, key="k"
        ),
        reply(problem=PROBLEMS["outcome-unknown"], error="connection_terminated", status=504, replayed=True),
        100.5,
        1_700_000_000.5,
    )
    told.telemetry.flush()
    [line] = told.lines
    assert re.fullmatch("[0-9a-f]{16}", str(line.pop("key")))
    assert line == {
        "ts": "2023-11-14T22:13:20.500Z", "call": "c1", "app": "shop", "vendor": "stripe", "operation": "PostRefunds",
        "method": "POST", "path": "/v1/refunds", "status": 504, "verdict": "success", "outcome": "done",
        "took_ms": 500.0, "queued_ms": 20.0, "left_ms": 19500.0,
        "problem": "outcome-unknown", "error": "connection_terminated",
        "stop": "attempts", "replayed": True, "trace": "a" * 32, "span": "b" * 16,
        "attempts": [
            {"n": 1, "verdict": "failed", "took_ms": 250.0, "error": "connection_terminated", "sent": True},
            {"n": 2, "verdict": "success", "took_ms": 250.0, "status": 200},
        ],
    }  # fmt: skip


def test_how_late_the_loop_comes_to_a_flush_is_measured() -> None:
    told = Told()
    told.world.now = lambda: 100.0
    told.telemetry.record(call(), reply(), 100.0, 0.0)
    told.world.now = lambda: 100.0 + FLUSH_S + 0.4
    told.world.fire()
    assert told.metrics.lag.sum_s == pytest.approx(0.4)


def test_a_burst_is_written_at_once_but_in_slices() -> None:
    told = Told()
    for number in range(WAITING_MAX + 1):
        told.telemetry.record(call(call_id=f"c{number}"), reply(), 100.5, 1.0)
    told.world.fire()
    assert len(told.telemetry._waiting) == WAITING_MAX + 1 - SLICE
    while told.world.timers and told.world.timers[0][0] == 0.0:
        told.world.fire()
    assert [line["call"] for line in told.lines] == [f"c{number}" for number in range(WAITING_MAX + 1)]
    assert len(told.written) == WAITING_MAX // LINES_MAX + 1


def test_closing_tells_what_is_still_to_be_told() -> None:
    told = Told()
    told.telemetry.record(call(), reply(), 100.5, 1.0)
    told.telemetry.close()
    assert len(told.lines) == 1
    assert not told.world.timers


def test_recording_does_not_hold_the_body_or_the_headers() -> None:
    told = Told()
    told.telemetry.record(call(content=WholeContent(b"canary")), reply(body=b"canary"), 100.5, 1.0)
    assert not re.search("canary|Content", repr(told.telemetry._waiting))


def test_recording_is_two_calls_and_all_else_waits_for_the_flush() -> None:
    told, entered, made, answer = Told(), list[str](), call(), reply()
    told.telemetry.record(made, answer, 100.5, 1.0)  # the first one starts the timer too

    def profile(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            entered.append(frame.f_code.co_qualname)

    gc.disable()  # others may be told of each collection
    sys.setprofile(profile)
    try:
        told.telemetry.record(made, answer, 100.5, 1.0)
    finally:
        sys.setprofile(None)
        gc.enable()
    assert entered == ["Telemetry.record", "FinishedCall.__init__"]


def test_the_same_key_has_the_same_fingerprint_and_another_has_another() -> None:
    told = Told()
    for key in ("order-1", "order-1", "order-2"):
        told.telemetry.record(call(key=key), reply(), 100.5, 1.0)
    told.telemetry.flush()
    first, second, third = (line["key"] for line in told.lines)
    assert first == second != third


def test_a_request_that_never_became_a_call_is_told_and_counted() -> None:
    told = Told()
    told.telemetry.refused("c1", PROBLEMS["app-unauthorized"], wall=1.0, method="POST", vendor="stripe")
    assert told.lines[0]["problem"] == "app-unauthorized"
    assert b'tidegate_refusals_total{problem="app-unauthorized",vendor="stripe"} 1.0' in told.metrics.render()


def test_a_bug_is_told_by_its_place_and_not_by_its_text() -> None:
    told = Told()
    with pytest.raises(ValueError, match="canary") as bug:
        float("canary")
    told.telemetry.crashed("c1", bug.value, 1.0)
    [line] = told.lines
    assert line["bug"] == "ValueError"
    assert "test_telemetry.py" in str(line["where"])
    assert "canary" not in str(line)


def test_what_cannot_be_scrubbed_is_dropped_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told()

    def broken(_: str) -> str:
        raise RuntimeError

    monkeypatch.setattr(told.telemetry.redactor, "text", broken)
    monkeypatch.setattr(told.telemetry.redactor, "often", broken)
    told.telemetry.record(call(), reply(), 100.5, 1.0)
    told.telemetry.note("a breaker opened", 1.0)
    told.telemetry.flush()
    assert not told.written
    assert b"tidegate_log_lines_dropped_total 2.0" in told.metrics.render()


@pytest.mark.parametrize("place", ["app", "operation", "template", "stop", "error", "trace_id"])
def test_a_secret_in_any_text_of_a_calls_line_is_scrubbed(place: str) -> None:
    told = Told("5ec2e7" * 5)
    where = f"said {'5ec2e7' * 5} here"
    made, answer = call(trace_id="1", attempts=[attempt()]), reply()
    if place == "error":
        answer.error = where
    elif place in ("operation", "template"):
        made.plan = plan(**{place: where})
    else:
        setattr(made, place, where)
    told.telemetry.record(made, answer, 100.5, 1.0)
    told.telemetry.flush()
    assert told.written[0].count(b"said [redacted] here") == 1
    assert b"5ec2e7" not in told.written[0]


def test_what_the_sink_had_to_drop_is_counted() -> None:
    told = Told()
    told.telemetry._sink = lambda _: False
    told.telemetry.record(call(), reply(), 100.5, 1.0)
    told.telemetry.flush()
    assert b"tidegate_log_lines_dropped_total 1.0" in told.metrics.render()


def encodings(secret: str) -> list[str]:
    return [
        secret,
        quote(secret, safe=""),
        base64.b64encode(secret.encode()).decode(),
        base64.b64encode(f"{secret}:".encode()).decode(),
        orjson.dumps(secret).decode()[1:-1],
    ]


SLOTS = ("header", "query", "path", "body", "cookie", "token", "key", "answer", "answer_header", "secret", "detail")
CANARIES = {slot: f'canary-{slot}/"4f+9=' for slot in SLOTS}


def seeded(credential: Credential) -> tuple[Call, Reply]:
    """A call and a reply with a canary in every slot."""
    headers = CIMultiDict({
        "Authorization": f"Bearer {CANARIES['token']}", "X-Custom": CANARIES["header"], "Cookie": CANARIES["cookie"],
    })  # fmt: skip
    made = call(
        plan=plan(operation="unlisted", template=""),
        path=f"/v1/{CANARIES['path']}?q={CANARIES['query']}",
        headers=CIMultiDictProxy(headers),
        raw_headers=[(name.encode(), value.encode()) for name, value in headers.items()],
        content=WholeContent(CANARIES["body"].encode()),
        key=CANARIES["key"],
        attempts=[attempt()],
        stop=f"the vendor's credential was {CANARIES['secret']}",
        outcome=Outcome.UNKNOWN,
    )
    answer = reply(
        body=CANARIES["answer"].encode(),
        headers=[(b"X", CANARIES["answer_header"].encode())],
        detail=CANARIES["detail"],
        error=f"sent {credential.header_value.reveal()}",
    )
    return made, answer


class NoRecords:
    """A store that knows nothing."""

    async def find_call(self, _: str) -> None:
        return None


async def test_no_canary_in_any_slot_gets_into_any_output() -> None:
    credential = load_credential(facts().auth, {"VENDOR_KEY": CANARIES["secret"]})
    told = Told(CANARIES["secret"], credential.header_value.reveal(), CANARIES["token"])
    told.telemetry.record(*seeded(credential), 100.5, 1.0)
    told.telemetry.refused("c2", PROBLEMS["bad-request"], wall=1.0, method="GET")
    told.telemetry.crashed("c3", ValueError(CANARIES["body"]), 1.0)
    told.telemetry.note(f"a library said Bearer {CANARIES['token']}", 1.0, where=quote(CANARIES["secret"], safe=""))
    told.telemetry.flush()
    document = await lookup("c1", "shop", told.recent, NoRecords())  # type: ignore[arg-type]  # a fake
    assert document is not None
    outputs = {
        "log": b"".join(told.written).decode(),
        "metrics": told.metrics.render().decode(),
        "record": orjson.dumps(document).decode(),
        "reprs": repr(credential) + repr(credential.secret) + str(credential),
    }
    assert len(outputs["log"].splitlines()) == 4
    for where, text in outputs.items():
        for slot, canary in CANARIES.items():
            for form in encodings(canary):
                assert form not in text, f"the {slot} is in the {where}"
        assert "canary" not in text, where
