"""Tests of tidegate.proxy.policies.resilience.idempotency_record."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.policies.resilience.idempotency_record import (
    KEEP_AS,
    Begin,
    Decision,
    Expired,
    IdempotencyRecord,
    Mismatch,
    RecordState,
    Replay,
    Resume,
    Running,
    decide,
    fingerprint,
    parse_key,
    resend_safe_s,
)
from tidegate.proxy.policies.resilience.store_time import StoreTime

BEGAN, DAY_S, HOUR_S = 1_700_000_000.0, 86_400.0, 3_600.0
AGE_S = 5_000.0
"""What the store's age is when the record begins."""


def at(after_s: float, *, doubt_s: float = 0.0, wall: float = BEGAN) -> StoreTime:
    return StoreTime(AGE_S + after_s, AGE_S + after_s + doubt_s, wall)


SAME = fingerprint("POST", "/v1/refunds", "application/x-www-form-urlencoded", b"charge=ch_1")
OTHER = fingerprint("POST", "/v1/refunds", "application/x-www-form-urlencoded", b"charge=ch_2")

RECORD = IdempotencyRecord(
    app="shop",
    vendor="stripe",
    operation="PostRefunds",
    key="order-7",
    vendor_key="tg-order-7",
    fingerprint=SAME,
    state="running",
    call_id="c1",
    began_wall=BEGAN,
    ended_wall=0.0,
    lease_until=AGE_S + 60.0,
    status=0,
    headers=b"",
    body=b"",
    keep_until=AGE_S + DAY_S,
    resend_until=AGE_S + DAY_S - HOUR_S,
)
DONE = replace(RECORD, state="done", status=200, body=b"{}")
FAILED = replace(RECORD, state="failed", status=500, body=b"{}")
UNKNOWN = replace(RECORD, state="unknown")


@pytest.mark.parametrize(
    ("record", "asked", "after_s", "decision"),
    [
        pytest.param(None, SAME, 0.0, Begin(), id="a new key begins"),
        pytest.param(DONE, SAME, 5.0, Replay(DONE), id="a repeated key is answered from the record"),
        pytest.param(FAILED, SAME, 5.0, Replay(FAILED), id="so is one that was applied but failed"),
        pytest.param(DONE, OTHER, 5.0, Mismatch(), id="another body under a kept key does not match"),
        pytest.param(RECORD, OTHER, 5.0, Mismatch(), id="nor under a running one"),
        pytest.param(UNKNOWN, OTHER, 5.0, Mismatch(), id="nor under an unknown one"),
        pytest.param(RECORD, SAME, 59.5, Running(0.5), id="a running call is waited for, until its lease ends"),
        pytest.param(RECORD, SAME, 1.0, Running(2.0), id="and asked after soon, because most end early"),
        pytest.param(RECORD, SAME, 60.0, Resume("tg-order-7"), id="one whose lease ended has crashed: same vendor key"),
        pytest.param(UNKNOWN, SAME, 5.0, Resume("tg-order-7"), id="an unknown one is sent again: same vendor key"),
        pytest.param(UNKNOWN, SAME, 22 * HOUR_S, Resume("tg-order-7"), id="while the vendor remembers the key"),
        pytest.param(UNKNOWN, SAME, 23 * HOUR_S, Expired(UNKNOWN), id="but not in the last hour of its memory"),
        pytest.param(RECORD, SAME, 23 * HOUR_S, Expired(RECORD), id="nor is a crashed one"),
        pytest.param(UNKNOWN, SAME, 50 * DAY_S, Expired(UNKNOWN), id="an unknown one never begins anew"),
        pytest.param(DONE, SAME, DAY_S, Begin(), id="a record past its time begins anew"),
        pytest.param(DONE, OTHER, DAY_S, Begin(), id="with any body"),
    ],
)
def test_what_a_key_leads_to(record: IdempotencyRecord | None, asked: str, after_s: float, decision: Decision) -> None:
    assert decide(record, asked, at(after_s)) == decision


@pytest.mark.parametrize(
    ("retention_s", "resumable_s"),
    [
        pytest.param(DAY_S, DAY_S - HOUR_S, id="a day: an hour before"),
        pytest.param(1_800.0, 1_620.0, id="half an hour: three minutes before"),
        pytest.param(30 * DAY_S, 30 * DAY_S - HOUR_S, id="a month: an hour before"),
        pytest.param(0.0, 0.0, id="a vendor without keys: never"),
    ],
)
def test_a_vendors_memory_is_trusted_up_to_a_margin(retention_s: float, resumable_s: float) -> None:
    assert resend_safe_s(retention_s) == resumable_s
    record = replace(UNKNOWN, resend_until=AGE_S + resumable_s)
    assert isinstance(decide(record, SAME, at(resumable_s)), Expired)


def test_what_the_method_makes_safe_can_always_be_sent_again() -> None:
    record = replace(UNKNOWN, vendor_key="", resend_until=resend_safe_s(float("inf")))
    assert decide(record, SAME, at(400 * DAY_S)) == Resume("")


@pytest.mark.parametrize("wall", [0.0, BEGAN - 400 * DAY_S, BEGAN + 400 * DAY_S, 4e10])
@pytest.mark.parametrize("record", [RECORD, DONE, UNKNOWN])
def test_the_wall_clock_decides_nothing(record: IdempotencyRecord, wall: float) -> None:
    assert decide(record, SAME, at(30.0, wall=wall)) == decide(record, SAME, at(30.0))


def test_what_may_have_passed_ends_a_resend_and_neither_record_nor_lease() -> None:
    """After a restart of the machine nobody knows: a record is kept all the same, and a vendor's memory not trusted."""
    assert decide(DONE, SAME, at(30.0, doubt_s=400 * DAY_S)) == Replay(DONE)
    assert isinstance(decide(RECORD, SAME, at(30.0, doubt_s=400 * DAY_S)), Running)
    assert decide(UNKNOWN, SAME, at(30.0, doubt_s=400 * DAY_S)) == Expired(UNKNOWN)


def test_a_resend_knows_the_first_content_where_that_is_known() -> None:
    assert decide(replace(UNKNOWN, digest="d"), SAME, at(5.0)) == Resume("tg-order-7", "d")


def test_every_outcome_says_what_is_kept() -> None:
    assert set(KEEP_AS) == set(Outcome)
    assert KEEP_AS[Outcome.NOT_APPLIED] is None
    kept = {state for state in KEEP_AS.values() if state is not None}
    assert kept == set(get_args(RecordState)) - {"running"}


@pytest.mark.parametrize(
    ("header", "key"),
    [
        pytest.param("8e03978e-40d5", "8e03978e-40d5", id="bare, as the vendors have it"),
        pytest.param('"8e03978e-40d5"', "8e03978e-40d5", id="quoted, as the draft has it"),
        pytest.param(' "a b" ', "a b", id="quoted with a blank"),
        pytest.param(r'"a\"b\\c"', r"a\b\c".replace("a\\b", 'a"b'), id="quoted with escapes"),
        pytest.param('"', '"', id="one quote is a bare key"),
        pytest.param("", None, id="nothing"),
        pytest.param('""', None, id="quoted nothing"),
        pytest.param("x" * 255, "x" * 255, id="as long as vendors allow"),
        pytest.param("x" * 256, None, id="longer than vendors allow"),
        pytest.param("a\x00b", None, id="with a control character"),
        pytest.param("clé", None, id="outside ASCII"),
    ],
)
def test_a_key_is_read_bare_or_quoted(header: str, key: str | None) -> None:
    assert parse_key(header) == key


BASE = ("POST", "/v1/refunds?a=1", "application/json", b'{"amount":5}')


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(("PUT", *BASE[1:]), id="the method"),
        pytest.param((BASE[0], "/v1/refunds?a=2", *BASE[2:]), id="the query"),
        pytest.param((*BASE[:2], "text/plain", BASE[3]), id="the media type"),
        pytest.param((*BASE[:3], b'{"amount":6}'), id="the body"),
        pytest.param(("POST/", "v1/refunds?a=1", *BASE[2:]), id="where one part ends and the next begins"),
    ],
)
def test_a_fingerprint_tells_requests_apart_by(other: tuple[str, str, str, bytes]) -> None:
    assert fingerprint(*other) != fingerprint(*BASE)


def test_a_fingerprint_does_not_mind_how_the_media_type_is_written() -> None:
    assert fingerprint(BASE[0], BASE[1], "Application/JSON; charset=utf-8", BASE[3]) == fingerprint(*BASE)


@given(st.text(), st.text(), st.binary())
def test_every_request_has_a_fingerprint(path: str, content_type: str, body: bytes) -> None:
    found = fingerprint("POST", path.encode("utf-8", "replace").decode(), content_type, body)
    assert len(found) == 64


class KeyMachine(RuleBasedStateMachine):
    """One app key through losses, crashes, lapses of time and a vendor that forgets: at most one effect a beginning."""

    def __init__(self) -> None:
        super().__init__()
        self.now = AGE_S
        self.record: IdempotencyRecord | None = None
        self.sending = False
        self.begun = 0
        self.remembered_until: dict[str, float] = {}
        self.effects: dict[int, int] = {}

    @rule(seconds=st.sampled_from([1.0, 30.0, 61.0, HOUR_S, 10 * HOUR_S, DAY_S]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        if self.sending and self.record is not None and self.now >= self.record.lease_until:
            self.sending = False  # crashed: nobody is left to settle the record

    @precondition(lambda self: not self.sending)
    @rule()
    def the_app_calls(self) -> None:
        decision = decide(self.record, SAME, StoreTime(self.now, self.now, BEGAN))
        match decision:
            case Begin():
                assert self.record is None or self.record.state in ("done", "failed")
                assert self.record is None or self.now >= self.record.keep_until
                self.begun += 1
                self.record = replace(
                    RECORD,
                    vendor_key=f"k{self.begun}",
                    began_wall=self.now,
                    lease_until=self.now + 60.0,
                    keep_until=self.now + DAY_S,
                    resend_until=self.now + resend_safe_s(DAY_S),
                )
                self.sending = True
            case Resume(key):
                assert self.record is not None
                assert key == self.record.vendor_key == f"k{self.begun}"
                self.record = replace(self.record, state="running", lease_until=self.now + 60.0)
                self.sending = True
            case Replay(record):
                assert record is self.record
                assert record.state in ("done", "failed")
            case Running():
                assert 0.0 < decision.retry_after_s <= 2.0
            case Expired():
                assert self.record is not None
                assert self.record.state in ("running", "unknown")
            case Mismatch():
                raise AssertionError("the same request matches")

    @precondition(lambda self: self.sending)
    @rule(arrives=st.booleans(), outcome=st.sampled_from([Outcome.DONE, Outcome.UNKNOWN, None]))
    def the_attempt_ends(self, arrives: bool, outcome: Outcome | None) -> None:
        """Not arrived: nothing applied. Arrived: applied once for each key that the vendor remembers."""
        assert self.record is not None
        key = self.record.vendor_key
        if arrives and self.now >= self.remembered_until.get(key, 0.0):
            self.effects[self.begun] = self.effects.get(self.begun, 0) + 1
            self.remembered_until[key] = self.now + DAY_S
        self.sending = False
        assert self.effects.get(self.begun, 0) <= 1
        if outcome is None:
            self.record = replace(self.record, lease_until=self.now)  # killed before it was settled
        elif not arrives and not self.effects.get(self.begun):
            self.record = None  # the truth, as a refused connection tells it
        elif not arrives:
            self.record = replace(self.record, state="unknown")
        else:
            kept = KEEP_AS[outcome]
            assert kept is not None
            self.record = replace(self.record, state=kept, ended_wall=self.now)


KeyMachine.TestCase.settings = settings(deadline=None, max_examples=100, stateful_step_count=40)
TestKeyMachine = KeyMachine.TestCase
