"""Lines of calls as bytes, scrubbed: what leaves by the log. What stands in them: tidegate.proxy.telemetry.log_line.

Most calls of an operation differ in six values only: when they ended, their id, and how long each part took. So the
line of the first one is made in full and scrubbed, and then serves the others as a form with gaps.
"""

import orjson

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.telemetry.log_line import line_of, stamp
from tidegate.redaction.redactor import Redactor

FORMS_MAX = 1024
"""Forms that are remembered; there are a few for each operation and app."""

STAMP_CHARS = len("2026-11-30T07:22:35")
GAPS = {0: b'"%b.%03dZ"', 1: b'"%b"'}
"""The gaps that are no milliseconds: the moment, and the call's id."""

_OURS = frozenset(("ts", "call", "span", "key"))
"""Of a call's line: what is made here for each call and holds nothing from outside."""


class CallLines:
    """See the module. For one redactor, which may learn, and one key of fingerprints."""

    def __init__(self, redactor: Redactor, fingerprint_key: bytes) -> None:
        self.redactor = redactor
        self._fingerprint_key = fingerprint_key
        self._version = redactor.version
        self._second, self._stamp = -1, b""
        self._forms: dict[tuple[object, ...], tuple[OperationPlan, bytes]] = {}
        """With the plan, so that no other can have its id."""

    def line(self, finished: FinishedCall) -> bytes:
        """The line of a call. Raises where it cannot be scrubbed."""
        attempts, version = finished.attempts, self.redactor.version
        if version != self._version:  # what has been scrubbed may hold what is known now
            self._version = version
            self._forms.clear()
        if (
            len(attempts) != 1
            or finished.key or finished.trace_id or finished.error or finished.stop or finished.repeats
            or finished.problem is not None or finished.streamed is not None
            or finished.residency is not None or finished.carried is not None
            or attempts[0].request_id or attempts[0].error or attempts[0].then
        ):  # fmt: skip
            return _scrubbed(line_of(finished, self._fingerprint_key), self.redactor)
        attempt, plan = attempts[0], finished.plan
        kind = (
            id(plan), finished.app, finished.status, finished.verdict, finished.outcome, finished.cache,
            finished.replayed, attempt.number, attempt.status, attempt.verdict,
        )  # fmt: skip
        known = self._forms.get(kind)
        form = known[1] if known is not None else self._form(kind, finished)
        milliseconds = int(finished.wall * 1000)
        if milliseconds // 1000 != self._second:  # most calls of a slice have ended in one second
            self._second, self._stamp = milliseconds // 1000, stamp(finished.wall)[:STAMP_CHARS].encode()
        return form % (
            self._stamp,
            milliseconds % 1000,
            finished.call_id.encode(),
            (finished.now - finished.began) * 1000,
            finished.queued_s * 1000,
            (attempt.ended - attempt.began) * 1000,
            finished.left_s * 1000,
        )

    def _form(self, kind: tuple[object, ...], finished: FinishedCall) -> bytes:
        """The line of a call with gaps, in the order of the line."""
        line = line_of(finished, self._fingerprint_key)
        attempts = line["attempts"]
        assert isinstance(attempts, list)
        marks = [f"\x1agap {number}\x1a" for number in range(6)]
        line["ts"], line["call"], line["took_ms"], line["queued_ms"], attempts[0]["took_ms"], line["left_ms"] = marks
        form = _scrubbed(line, self.redactor).replace(b"%", b"%%")
        for number, mark in enumerate(marks):
            form = form.replace(orjson.dumps(mark), GAPS.get(number, b"%.3f"))
        if len(self._forms) >= FORMS_MAX:
            self._forms.clear()
        self._forms[kind] = (finished.plan, form)
        return form


def _scrubbed(line: dict[str, object], redactor: Redactor) -> bytes:
    """A line as bytes. Scrubbed text by text: most texts are the same in every line, and are remembered."""
    for name, value in line.items():
        if type(value) is str and name not in _OURS:
            line[name] = redactor.text(value) if name == "trace" else redactor.often(value)
    attempts = line["attempts"]
    assert isinstance(attempts, list)
    for attempt in attempts:
        if "request_id" in attempt:  # the vendor's own words
            attempt["request_id"] = redactor.text(attempt["request_id"])
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
