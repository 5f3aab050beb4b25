"""Planted bugs: mutations of the proxy's core, put in from outside, each of which `tidegate chaos search` must find.

The list was frozen before the weights of the search were chosen: it measures the search, and must not be fitted to it.
The last two are bugs that the proxy has had: reviews found them, and the search was taught to.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from tests.chaos.box_mutants import BOX_MUTANTS
from tests.chaos.credential_mutants import CREDENTIAL_MUTANTS
from tests.chaos.order_mutants import ORDER_MUTANTS
from tests.chaos.place_mutants import PLACE_MUTANTS
from tests.chaos.pool_mutants import POOL_MUTANTS
from tests.chaos.rest_mutants import REST_MUTANTS
from tests.chaos.space_mutants import SPACE_MUTANTS
from tests.chaos.wire_mutants import WIRE_MUTANTS
from tidegate.proxy.call import outcome as outcomes
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.onramp.app_stream import AppStream
from tidegate.proxy.onramp.reply_writer import AppExchange, ReplyWriter
from tidegate.proxy.permits import limit_gate as gates
from tidegate.proxy.policies.dialects import dialect_reader
from tidegate.proxy.policies.limits import token_bucket, wait_queue
from tidegate.proxy.policies.resilience import idempotency_record, retry_decision
from tidegate.proxy.policies.resilience.circuit_breaker import CircuitBreaker
from tidegate.proxy.policies.resilience.idempotency_record import Begin, Decision, Resume, Running
from tidegate.proxy.policies.resilience.retry_budget import RetryBudget
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.stages import cache as caches
from tidegate.proxy.stages import retry as retry_stage
from tidegate.proxy.stages.relay.streaming import Relay
from tidegate.proxy.store.records import KeyedCall
from tidegate.proxy.store.sqlite import sqlite_records

ZONE_S = 7200.0
"""Two hours east: what "local time" means in the mutant that forgets that HTTP dates are in GMT."""

Plant = Callable[[], Any]


def a_sent_post_is_resent_without_a_plan() -> Any:
    return patch.object(retry_decision, "may_resend", lambda plan, *, sent, keyed: True)


def the_budget_is_not_released() -> Any:
    return patch.object(RetryBudget, "release", lambda self, sends_at: None)


def the_budget_always_grants() -> Any:
    return patch.object(RetryBudget, "reserve", lambda self, now, after_s=0.0: True)


def a_probes_permit_leaks() -> Any:
    original = CircuitBreaker.release

    def release(self: CircuitBreaker, permit: Any, verdict: Any, took_s: float, now: float) -> Any:
        return () if permit.probe else original(self, permit, verdict, took_s, now)

    return patch.object(CircuitBreaker, "release", release)


def the_limiter_lends_one_more() -> Any:
    original = token_bucket.TokenBucket.__init__

    def made(self: token_bucket.TokenBucket, rate_per_s: float, burst: int, *arguments: Any, **more: Any) -> None:
        original(self, rate_per_s, burst + 1, *arguments, **more)

    return patch.object(token_bucket.TokenBucket, "__init__", made)


def the_limiter_is_a_tenth_too_fast() -> Any:
    original = token_bucket.TokenBucket.__init__

    def made(self: token_bucket.TokenBucket, rate_per_s: float, *arguments: Any, **more: Any) -> None:
        original(self, rate_per_s * 1.1, *arguments, **more)

    return patch.object(token_bucket.TokenBucket, "__init__", made)


def the_queue_ignores_the_deadline() -> Any:
    original = wait_queue.WaitQueue.offer

    def offer(self: wait_queue.WaitQueue, now: float, deadline: float, *arguments: Any, **more: Any) -> Any:
        return original(self, now, float("inf"), *arguments, **more)

    return patch.object(wait_queue.WaitQueue, "offer", offer)


def a_date_is_read_as_local_time() -> Any:
    original = dialect_reader.retry_after_s

    def retry_after_s(value: str, vendor_date: str | None, wall: float) -> float | None:
        if value[:1].isdigit():
            return original(value, vendor_date, wall)
        return original(value, None, wall + ZONE_S)

    return patch.object(dialect_reader, "retry_after_s", retry_after_s)


def the_record_is_not_durable_before_the_first_byte() -> Any:
    original = sqlite_records.SqliteRecords.begin

    async def begin(self: sqlite_records.SqliteRecords, call: KeyedCall, now: StoreTime) -> Decision:
        connection: sqlite3.Connection = self._writer._connection  # type: ignore[attr-defined]  # a peek behind it
        known = connection.execute("SELECT 1 FROM records WHERE key = ?", (call.key,)).fetchone()
        writing = asyncio.get_running_loop().create_task(original(self, call, now))
        return await writing if known else Begin()

    return patch.object(sqlite_records.SqliteRecords, "begin", begin)


def an_unknown_call_is_resumed_under_a_new_key() -> Any:
    def decide(record: Any, fingerprint: str, now: StoreTime) -> Decision:
        decision = idempotency_record.decide(record, fingerprint, now)
        return Resume(f"{decision.key}-again") if isinstance(decision, Resume) else decision

    return patch.object(sqlite_records, "decide", decide)


def unknown_is_taken_for_not_applied() -> Any:

    def outcome_of(verdict: Any, *, sent: bool, stored: bool) -> Outcome:
        found = outcomes.outcome_of(verdict, sent=sent, stored=stored)
        return Outcome.NOT_APPLIED if found is Outcome.UNKNOWN else found

    return patch.object(retry_stage, "outcome_of", outcome_of)


def the_breaker_never_opens() -> Any:
    return patch.object(CircuitBreaker, "_too_many_bad", lambda self: False)


def the_vendors_429_is_not_respected() -> Any:
    return patch.object(gates.LimitGate, "pause_until", lambda self, moment: None)


def a_permit_is_given_back_twice() -> Any:
    original = token_bucket.TokenBucket.give_back

    def give_back(self: token_bucket.TokenBucket, *arguments: Any, **more: Any) -> None:
        original(self, *arguments, **more)
        original(self, *arguments, **more)

    return patch.object(token_bucket.TokenBucket, "give_back", give_back)


def a_running_call_is_begun_again() -> Any:
    def decide(record: Any, fingerprint: str, now: StoreTime) -> Decision:
        decision = idempotency_record.decide(record, fingerprint, now)
        return Begin() if isinstance(decision, Running) else decision

    return patch.object(sqlite_records, "decide", decide)


def an_answer_shows_the_credential() -> Any:
    original = ReplyWriter.reply

    def reply(self: ReplyWriter, visit: Any, call: Any, reply: Any) -> bytes:
        line = visit.upstream.provider.current.line if reply.status >= 500 else b""
        head, mark, body = original(self, visit, call, reply).partition(b"\r\n\r\n")
        return head + (b"\r\nX-Debug-" + line.rstrip() if line else b"") + mark + body

    return patch.object(ReplyWriter, "reply", reply)


def the_commit_point_is_ignored() -> Any:
    original = Relay.__call__

    async def relay(self: Relay, call: Any, made: Any, answer: Any) -> Reply:
        reply = await original(self, call, made, answer)
        if reply.streamed and reply.verdict is Verdict.FAILED:
            call.streamed, reply.status = None, 0
        return reply

    return patch.object(Relay, "__call__", relay)


@contextmanager
def a_broken_stream_goes_on_with_another_answer() -> Iterator[None]:
    opened = AppExchange.open_stream

    def open_stream(self: AppExchange, world: Any, call: Any, reply: Any) -> AppStream | None:
        if self.stream is None:
            return opened(self, world, call, reply)
        self.stream.head = b""
        return self.stream

    ignored = the_commit_point_is_ignored()
    with (
        ignored,
        patch.object(AppExchange, "open_stream", open_stream),
        patch.object(AppStream, "break_off", lambda _: None),
    ):
        yield


def a_broken_stream_ends_as_if_it_were_whole() -> Any:
    original = AppStream.break_off

    def break_off(self: AppStream) -> None:
        transport = self._protocol.transport
        if self._chunked and transport is not None and not self.broken:
            transport.write(b"0\r\n\r\n")
        original(self)

    return patch.object(AppStream, "break_off", break_off)


def the_cache_is_shared_between_credentials() -> Any:
    original = caches._CachedRead.key_of
    return patch.object(caches._CachedRead, "key_of", lambda self, call: original(self, call)._replace(app=""))


def a_refused_resend_hides_an_unknown_write() -> Any:
    final = retry_stage._final

    def told(call: Any, reply: Any, *, writes: bool, unanswered: bool) -> Any:
        return final(call, reply, writes=writes and (unanswered or reply.status == 0), unanswered=unanswered)

    return patch.object(retry_stage, "_final", told)


def a_removal_that_finds_nothing_settles_the_first_one() -> Any:
    return patch.object(retry_stage, "_SETTLES_WITHOUT_KEY", retry_stage._SETTLES)


MUTANTS: tuple[Plant, ...] = (
    a_sent_post_is_resent_without_a_plan,
    the_budget_is_not_released,
    the_budget_always_grants,
    a_probes_permit_leaks,
    the_limiter_lends_one_more,
    the_limiter_is_a_tenth_too_fast,
    the_queue_ignores_the_deadline,
    a_date_is_read_as_local_time,
    the_record_is_not_durable_before_the_first_byte,
    an_unknown_call_is_resumed_under_a_new_key,
    unknown_is_taken_for_not_applied,
    the_breaker_never_opens,
    the_vendors_429_is_not_respected,
    a_permit_is_given_back_twice,
    a_running_call_is_begun_again,
    an_answer_shows_the_credential,
    the_commit_point_is_ignored,
    a_broken_stream_goes_on_with_another_answer,
    a_broken_stream_ends_as_if_it_were_whole,
    the_cache_is_shared_between_credentials,
    a_refused_resend_hides_an_unknown_write,
    a_removal_that_finds_nothing_settles_the_first_one,
    *WIRE_MUTANTS,
    *REST_MUTANTS,
    *PLACE_MUTANTS,
    *BOX_MUTANTS,
    *POOL_MUTANTS,
    *ORDER_MUTANTS,
    *SPACE_MUTANTS,
    *CREDENTIAL_MUTANTS,
)


@contextmanager
def planted(mutant: Plant) -> Iterator[None]:
    """The proxy with one bug."""
    with mutant():
        yield
