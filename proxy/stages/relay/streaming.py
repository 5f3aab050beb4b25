"""Passes an answer on to the app as it comes: the commit point, the timers of a stream, and what its end amounts to.

Only an answer whose head says that all is well is streamed; any other may still be tried again, so it is gathered. With
the first byte to the app the call is committed: nothing after that is tried again, and a stream that breaks at the
vendor is broken at the app.
"""

from collections.abc import Callable

from tidegate.content_coding import coding_of
from tidegate.plan.plan import OperationPlan
from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.call import Call, ReplyStream
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import RawHeaders, Reply, Streamed
from tidegate.proxy.policies.dialects.http_date import written_date
from tidegate.proxy.secrecy.echoed_secrets import masked_stream
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.wire.exchange_errors import NoAnswer, Unbounded
from tidegate.proxy.wire.sse_events import EventCounter
from tidegate.proxy.wire.transport import ANSWER_BYTES_MAX, EVENTS, Rest, VendorAnswer
from tidegate.redaction.echo_mask import MaskedStream
from tidegate.world.world import World

ERROR_BYTES_MAX = 1024 * 1024
"""An answer that has to be read before it can be judged is read so far: an error, or one that may hold an error."""


class Relay:
    """Streams the answers of one operation."""

    def __init__(self, plan: OperationPlan, upstream: Upstream) -> None:
        self._plan = plan
        self._world = upstream.world
        self._classify = upstream.classify
        self._judges_json = upstream.facts.errors.in_200 is not None
        self._rewrites_json = upstream.rewrites_json
        self._upstream, self._mark = upstream, upstream.replay_mark

    async def __call__(self, call: Call, attempt: Attempt, answer: VendorAnswer) -> Reply:
        """The reply to `answer`, whose body is still coming. Raises NoAnswer where it broke before the commit point."""
        rest = answer.rest
        assert rest is not None
        try:
            first = b""
            bytes_wanted = self._gather(call, answer)
            if bytes_wanted:
                ends = min(call.deadline, attempt.began + self._plan.attempt_s)
                first, whole = await rest.gather(self._plan.idle_s, ends, bytes_wanted)
                if whole:
                    return self._reply(answer, first)
                if bytes_wanted == ANSWER_BYTES_MAX or answer.status >= 400:
                    raise Unbounded("http_response_body_size", f"a body of more than {bytes_wanted} bytes")
            reply = self._reply(answer, b"")
            stream = (
                call.reply_channel.open_stream(self._world, call, reply) if call.reply_channel is not None else None
            )
            if stream is None:
                reply.verdict = Verdict.CANCELLED
                return reply
            attempt.head_at = self._world.now()
            attempt.status, attempt.verdict = answer.status, Verdict.CANCELLED
            call.streamed = Streamed()
            for notify in call.at_commit:
                notify(call, reply)
            passage = _Passage(self._plan, call, reply, rest, stream, self._world.now)
            passage.masked = masked_stream(self._upstream.echo_mask, answer)
            return await passage.run(first)
        finally:
            rest.close()

    def _gather(self, call: Call, answer: VendorAnswer) -> int:
        """The bytes that must have come before anything is passed on."""
        if call.reply_channel is None or call.reply_channel.request is None:
            return ANSWER_BYTES_MAX
        media = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if answer.status >= 400:
            return ERROR_BYTES_MAX
        if media == EVENTS:
            return 0
        if self._rewrites_json and media.endswith("json"):
            return ANSWER_BYTES_MAX
        judged = self._judges_json and media.endswith("json") and not media.endswith("ndjson")  # that is many documents
        return max(call.gather, ERROR_BYTES_MAX if judged else 0)

    def _reply(self, answer: VendorAnswer, body: bytes) -> Reply:
        return Reply(
            status=answer.status,
            reason=answer.reason,
            headers=dated(answer, self._world),
            body=body,
            verdict=self._classify(answer.status, answer.headers, body),
            vendor_headers=answer.headers,
            stored=self._mark is not None and self._mark in answer.headers,
        )


def dated(answer: VendorAnswer, world: World) -> RawHeaders:
    """The header lines of an answer. One without a date gets that of its arrival (RFC 9110 §6.6.1)."""
    lines = answer.raw_headers
    return lines if "Date" in answer.headers else (*lines, (b"Date", written_date(world.wall())))


class _Passage:
    """One stream from its head to its end."""

    masked: MaskedStream | None = None
    """Masks what the vendor echoes of our secrets."""

    def __init__(
        self, plan: OperationPlan, call: Call, reply: Reply, rest: Rest, stream: ReplyStream, now: Callable[[], float]
    ) -> None:
        self._plan = plan
        self._call = call
        self._reply = reply
        self._rest = rest
        self._stream = stream
        self._now = now
        self._began = now()
        assert reply.vendor_headers is not None
        self._events = (
            EventCounter(coding_of(reply.vendor_headers))
            if reply.vendor_headers.get("Content-Type", "").lower().startswith(EVENTS)
            else None
        )
        self._copy: list[bytes] | None = [] if call.copy else None

    async def run(self, first: bytes) -> Reply:
        reply, stream = self._reply, self._stream
        reply.streamed, reply.whole = True, False
        try:
            first = first or self._rest.ready()
            self._note(first)
            await self._to_app(first, head=True)
            while piece := await self._next():
                self._note(piece)
                await self._to_app(piece)
            if self.masked is not None and (held := self.masked.end()):
                await self._send(held)
        except NoAnswer as broken:
            reply.verdict, reply.error, reply.detail = Verdict.FAILED, broken.error, str(broken)
            stream.break_off()
            return reply
        except _NobodyReads:
            reply.verdict, reply.error = Verdict.CANCELLED, "connection_terminated"
            return reply
        except BaseException:
            stream.break_off()
            raise
        if self._copy is not None:
            reply.body, reply.whole = b"".join(self._copy), True
        return reply

    async def _to_app(self, piece: bytes, *, head: bool = False) -> None:
        await self._send(piece if self.masked is None else self.masked.feed(piece), head=head)

    async def _send(self, piece: bytes, *, head: bool = False) -> None:
        """Pass it on. Where the app has gone, what is left is read only if a copy of it is wanted for the record.

        Events that nobody reads are stopped at the vendor, who may charge for each, unless a key's record wants them.
        """
        try:
            if self._stream.broken:
                return
            await (self._stream.begin(piece) if head else self._stream.write(piece))
        except ConnectionError:
            self._stream.break_off()
            unread = self._events is not None and not self._call.key
            if self._copy is None or unread or self._now() >= self._call.deadline:
                raise _NobodyReads from None

    async def _next(self) -> bytes:
        now, plan = self._now(), self._plan
        left_s = self._began + plan.stream_total_s - now
        if self._stream.broken:
            left_s = min(left_s, self._call.deadline - now)
        wait_s, error, why = plan.idle_s, "connection_read_timeout", "the answer stopped coming"
        if self._events is not None:
            wait_s = plan.stream_idle_s
            if not self._events.begun:
                first_s = self._began + plan.stream_first_s - now
                if first_s < wait_s:
                    wait_s, error, why = first_s, "http_response_timeout", "no first event came in time"
        if left_s < wait_s:
            wait_s, error, why = left_s, "http_response_timeout", "the stream took too long"
        return await self._rest.next(max(wait_s, 0.0), error, why)

    def _note(self, piece: bytes) -> None:
        streamed = self._call.streamed
        assert streamed is not None
        streamed.bytes += len(piece)
        if self._events is not None:
            streamed.events = self._events.feed(piece)
        if self._copy is not None:
            self._copy.append(piece)
            if streamed.bytes > self._call.copy:
                self._copy = None


class _NobodyReads(Exception):
    """The app has gone, and nothing else needs the rest."""
