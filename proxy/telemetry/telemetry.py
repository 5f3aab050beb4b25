"""Telemetry of each call: one redacted JSON line, metrics, and spans where they are wanted.

On the way of a call this costs one small object, appended to a list. All else happens in a flush, at most `FLUSH_S`
later and `SLICE` calls in one turn of the loop, so that writing down what is over holds up no call that comes.
It knows what may be shown: never a header, a query, a body or a key.
"""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol

import orjson

from tidegate.problems import Problem
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.observation.deprecated_calls import DeprecatedCalls
from tidegate.proxy.policies.resilience.sdk_retries import SdkRetries
from tidegate.proxy.telemetry.call_lines import CallLines
from tidegate.proxy.telemetry.ended_post import EndedPost
from tidegate.proxy.telemetry.log_line import stamp
from tidegate.proxy.telemetry.metrics import Metrics
from tidegate.proxy.telemetry.overview.overview import Overview
from tidegate.proxy.telemetry.recent_calls import RecentCalls, TurnedAway
from tidegate.redaction.redactor import Redactor
from tidegate.world.world import World

Sink = Callable[[bytes], object]
"""Takes whole lines, several at once. Must not block; returns False where it had to drop them."""


class SpanSink(Protocol):
    """Takes what spans are made from. See tidegate.proxy.telemetry.tracing.spans."""

    def add(self, finished: FinishedCall) -> None:
        """A sampled call has ended."""
        ...

    def add_post(self, post: EndedPost) -> None:
        """A sampled post to an app has ended."""
        ...

    def close(self) -> None:
        """No more will come. May block."""
        ...


class Pushing(Protocol):
    """Sends metrics somewhere again and again. See tidegate.proxy.telemetry.otlp.metric_push."""

    before: Callable[[], Awaitable[object]]
    """Has figures looked up that nobody keeps at hand."""

    def start(self) -> None:
        """Send from now on."""
        ...

    async def close(self) -> None:
        """Send once more, and stop."""
        ...


class Noted(Protocol):
    """Writes a line that is no call's into the log: Telemetry.note."""

    def __call__(self, text: str, wall: float, **facts: str | float) -> None:
        """Write it. `wall` is in seconds since 1970."""
        ...


FLUSH_S = 0.25
WAITING_MAX = 512
"""So many calls waiting to be written down start a flush at once."""
SLICE = 8
"""Calls that are written down in one turn of the loop: a fraction of a millisecond, which a call that comes waits."""
LINES_MAX = 64
"""Lines that are handed to the sink at once. Each hand-over wakes the thread that writes them."""


class Telemetry:
    """The telemetry of one proxy."""

    def __init__(
        self,
        world: World,
        *,
        sink: Sink,
        redactor: Redactor,
        metrics: Metrics,
        recent: RecentCalls,
        spans: SpanSink | None = None,
        push: Pushing | None = None,
    ) -> None:
        self.metrics = metrics
        self.spans, self.push = spans, push
        self.overview = Overview(world, lambda: metrics.state(), metrics.tallies)  # noqa: PLW0108 - a reload may put another one there
        self.repeats, self.deprecated = SdkRetries(), DeprecatedCalls()
        self._world = world
        self._sink = sink
        self.redactor = redactor
        self._recent = recent
        recent.before_find = self.overview.before_document = self.flush
        self._fingerprint_key = world.random("fingerprints").randbytes(16)
        self._call_lines = CallLines(redactor, self._fingerprint_key)
        self._waiting: list[FinishedCall] = []
        self._lines: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._soon = False

    def record(self, call: Call, reply: Reply, now: float, wall: float) -> None:
        """Note a call that has just been answered."""
        waiting = self._waiting
        if reply.verdict is not Verdict.SUCCESS:
            self.repeats.note(call, reply.verdict, now)
        waiting.append(FinishedCall(call, reply, now, wall))
        if self._timer is None:
            self._timer, self._due = self._world.call_later(FLUSH_S, self._flush_some), self._world.now() + FLUSH_S
        elif len(waiting) >= WAITING_MAX and not self._soon:
            self._flush_soon()

    def refused(
        self, call_id: str, problem: Problem, *, wall: float, method: str, app: str = "", vendor: str = "",
        detail: str = "",
    ) -> None:  # fmt: skip
        """Note a request that never became a call. `vendor` is empty where it is none that is served.

        `detail` is what it was told; it may quote the request, and is not logged.
        """
        self.metrics.refused(vendor, problem.name)
        self._recent.add_turned_away(TurnedAway(call_id, wall, app, vendor, method, problem, detail))
        line = {"ts": stamp(wall), "call": call_id, "app": app, "vendor": vendor, "method": method,
                "status": problem.status, "verdict": "refused", "problem": problem.name}  # fmt: skip
        self._write(line)

    def crashed(self, call_id: str, error: BaseException, wall: float) -> None:
        """Note a bug of ours: where it is, and not what the data were (an exception's text may hold them)."""
        frames = traceback.extract_tb(error.__traceback__)
        where = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-8:]]
        line = {"ts": stamp(wall), "call": call_id, "bug": type(error).__name__, "where": where}
        self._write(line)

    def note(self, text: str, wall: float, **facts: str | float) -> None:
        """Note something that is no call: a breaker that opened, a drain that began."""
        self._write({"ts": stamp(wall), "note": text, **facts})

    def line(self, finished: FinishedCall) -> bytes:
        """The log line of a call, scrubbed. Raises where it cannot be."""
        return self._call_lines.line(finished)

    def flush(self) -> None:
        """Write down everything that was recorded so far."""
        while self._waiting:
            self._export_some()

    def close(self) -> None:
        """Flush, and take no more time for it later."""
        self.overview.close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.flush()

    def _flush_soon(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._soon = True
        self._timer = self._world.call_later(0.0, self._flush_some)

    def _flush_some(self) -> None:
        if not self._soon:
            self.metrics.lag.observe(max(self._world.now() - self._due, 0.0))
        self._timer, self._soon = None, False
        self._export_some()
        if self._waiting:
            self._flush_soon()

    def _export_some(self) -> None:
        """Write down a slice, and pass the lines on where they are enough or the last."""
        some = self._waiting[:SLICE]
        del self._waiting[:SLICE]
        for finished in some:
            self._recent.add(finished)
            self.metrics.count(finished)
            self.deprecated.note(finished)
            if finished.sampled:
                self.metrics.exemplify(finished, spanned=self.spans is not None)
                if self.spans is not None:
                    self.spans.add(finished)
        try:
            self._lines += [self._call_lines.line(finished) for finished in some]
        except Exception:  # noqa: BLE001 - as in _write
            self.metrics.lines_dropped += len(some)
        if self._lines and (len(self._lines) >= LINES_MAX or not self._waiting):
            lines, self._lines = self._lines, []
            self._pass_on(b"".join(lines), len(lines))

    def _write(self, line: Mapping[str, object]) -> None:
        """Scrub a line and pass it on. One that cannot be scrubbed is dropped and counted, never written as it is."""
        try:
            scrubbed = self.redactor.text(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE).decode()).encode()
        except Exception:  # noqa: BLE001 - whatever went wrong, an unscrubbed line must not get out
            self.metrics.lines_dropped += 1
            return
        self._pass_on(scrubbed, 1)

    def _pass_on(self, scrubbed: bytes, lines: int) -> None:
        if self._sink(scrubbed) is False:
            self.metrics.lines_dropped += lines
