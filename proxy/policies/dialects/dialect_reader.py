"""The vendor's answer read for its limits and for when to come back. One parser, for every way a hint arrives.

Read: Retry-After as delay-seconds and HTTP-date (RFC 9110 §10.2.3), fractions of a second (Shopify sends `2.0`), a
delay with its units (`1m0s`), a moment since 1970 or in ISO 8601 where a delay is meant, milliseconds in
`retry-after-ms` (OpenAI, Azure), a vendor's own yes or no to a resend, and the counts that its dialect declares
(tidegate.vendor.dialect_facts). A moment is measured against the vendor's own `Date`, so that a wrong clock on either
side does no harm. What cannot be read is nothing said. It refuses to know what is done with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tidegate.proxy.call.outcome import NO_HINT, Hint
from tidegate.proxy.policies.dialects import ratelimit_drafts
from tidegate.proxy.policies.dialects.header_formats import delay_s, http_date, number, used_of_limit
from tidegate.proxy.policies.dialects.json_pointer import text_at
from tidegate.vendor.dialect_facts import Dialect, DialectField, Unit

RETRY_AFTER_MAX_S = 540.0
"""A longer wait is cut to this, so that with its jitter no pause is longer than ten minutes: whatever a vendor writes,
it is asked again then, and says it again where it means it."""


class Headers(Protocol):
    """Response headers, whatever holds them; names are matched without regard to case."""

    def get(self, key: str, /) -> str | None:
        """The first value of a header."""
        ...

    def getall(self, key: str, default: tuple[str, ...], /) -> Sequence[str]:
        """Every value of a header, in order."""
        ...


@dataclass(slots=True)
class LimitReport:
    """An answer's report of one count. None is nothing said. Times are seconds from now, `restore` units a second."""

    unit: Unit = "requests"
    of: str = ""
    bucket: str = ""
    limit: float | None = None
    remaining: float | None = None
    used: float | None = None
    reset_s: float | None = None
    """Until all of it is there again."""
    next_s: float | None = None
    """Until more of it is there."""
    window_s: float | None = None
    restore: float | None = None
    asked: float | None = None
    spent: float | None = None
    retry_s: float | None = None
    """Seconds to wait, where the answer names them."""

    @property
    def wait_s(self) -> float | None:
        """Seconds that a request like this one has to wait; None where it need not, or nobody knows."""
        if self.retry_s is not None:
            return self.retry_s
        if self.restore and self.remaining is not None and self.asked is not None and self.asked > self.remaining:
            return (self.asked - self.remaining) / self.restore
        if self.remaining is None or self.remaining >= 1.0:
            return None
        return self.reset_s if self.next_s is None else self.next_s


class DialectReader:
    """A dialect, ready to read answers with."""

    def __init__(self, dialect: Dialect) -> None:
        self.pause_s = dialect.pause
        self.wants_body = bool(dialect.body)
        """True where `read` needs the answer's JSON document."""
        self.silent = not (dialect.headers or dialect.body)
        """True where the dialect declares nothing that could be read."""
        self._retry = [(name, field.form) for name, field in dialect.headers.items() if field.means == "retry"]
        self._headers = [(name, field) for name, field in dialect.headers.items() if field.means != "retry"]
        self._body = list(dialect.body.items())

    def read(self, headers: Headers, document: object, wall: float) -> tuple[LimitReport, ...]:
        """Every count that an answer speaks of. `wall` is our own clock, for answers without a `Date`."""
        if was_kept(headers):
            return ()
        reports: dict[tuple[Unit, str], LimitReport] = {}
        bucket = ""
        for name, field in self._headers:
            value = _value(headers, name, field)
            if value is None:
                continue
            if field.means == "bucket":
                bucket = value.strip()
            elif field.form == "ietf-10":
                self._read_named(reports, field, value)
            else:
                _note(_of(reports, field.unit, field.of), field, value, headers, wall)
        for pointer, field in self._body:
            value = text_at(document, pointer, numbers=field.form == "number")
            if value is None:
                continue
            if field.means == "bucket":
                bucket = value
            else:
                _note(_of(reports, field.unit, field.of), field, value, headers, wall)
        usable = [report for report in reports.values() if _finish(report)]
        for report in usable:
            report.bucket = report.bucket or bucket
        return tuple(usable)

    def wait_s(self, headers: Headers, wall: float) -> float | None:
        """Seconds to wait by the dialect's own header for it."""
        for name, form in self._retry:
            value = headers.get(name)
            delay = delay_s(value, form, vendor_clock(headers, wall)) if value is not None else None
            if delay is not None:
                return min(delay, RETRY_AFTER_MAX_S)
        return None

    def _read_named(self, reports: dict[tuple[Unit, str], LimitReport], field: DialectField, value: str) -> None:
        """RateLimit and RateLimit-Policy of draft 10: each count has a name of its own."""
        if field.means == "policy":
            for policy in ratelimit_drafts.quota_policies(value) or ():
                report = _by_name(reports, policy.name)
                report.limit, report.window_s = policy.quota, policy.window_s
                report.unit = report.unit if policy.unit is None else policy.unit
        else:
            for left in ratelimit_drafts.remaining_quotas(value) or ():
                report = _by_name(reports, left.name)
                if report.remaining is None or left.remaining < report.remaining:
                    report.remaining, report.next_s, report.bucket = left.remaining, left.next_s, left.partition


def _value(headers: Headers, name: str, field: DialectField) -> str | None:
    """The value of a header; the lines of a structured field are one list (RFC 9110 §5.3)."""
    if field.form.startswith("ietf"):
        return ", ".join(headers.getall(name, ())) or None
    return headers.get(name)


def _by_name(reports: dict[tuple[Unit, str], LimitReport], name: str) -> LimitReport:
    # The unit stands in the policy, which may come later: one entry a name, whatever it counts.
    return reports.setdefault(("requests", name), LimitReport(of=name))


def _of(reports: dict[tuple[Unit, str], LimitReport], unit: Unit, of: str) -> LimitReport:
    return reports.setdefault((unit, of), LimitReport(unit, of))


def _note(report: LimitReport, field: DialectField, value: str, headers: Headers, wall: float) -> None:
    """Note what one header says, if it can be read."""
    if field.form == "ietf-07":
        _note_summary(report, field, value)
    elif field.form == "ietf-03":
        _note_windows(report, ratelimit_drafts.windows(value))
    elif field.means in ("reset", "next", "retry"):
        setattr(report, f"{field.means}_s", delay_s(value, field.form, vendor_clock(headers, wall)))
    elif field.means == "fill":
        pair = used_of_limit(value)
        if pair is not None:
            report.used, report.limit = pair
    else:
        setattr(report, field.means, number(value))


def _note_summary(report: LimitReport, field: DialectField, value: str) -> None:
    if field.means == "policy":
        listed = ratelimit_drafts.windows(value) or ()
        report.window_s = next((window for quota, window in listed if report.limit in (None, quota)), None)
        if report.limit is None and listed:
            report.limit = listed[0][0]
        return
    summary = ratelimit_drafts.summary(value)
    if summary is not None:
        report.limit, report.remaining, report.reset_s = summary.limit, summary.remaining, summary.reset_s


def _note_windows(report: LimitReport, listed: list[tuple[float, float | None]] | None) -> None:
    if listed:
        report.limit = listed[0][0]
        report.window_s = next((window for quota, window in listed if quota == report.limit and window), None)


def _finish(report: LimitReport) -> bool:
    """Add what follows from the rest of the entry; False where it says nothing."""
    if report.remaining is None and report.used is not None and report.limit is not None:
        report.remaining = max(report.limit - report.used, 0.0)
    counts = (report.limit, report.remaining, report.used, report.restore, report.asked, report.spent)
    return any(value is not None for value in (*counts, report.reset_s, report.next_s, report.retry_s))


def was_kept(headers: Headers) -> bool:
    """True where a cache on the way had kept the answer: its counts and its `Date` tell of another time."""
    age = headers.get("Age")
    return age is not None and bool(number(age))


def vendor_clock(headers: Headers, wall: float) -> float:
    """The vendor's clock as its `Date` says, in seconds since 1970; ours where it says nothing usable."""
    date = headers.get("Date")
    date_s = http_date(date) if date else None
    return wall if date_s is None else date_s


def retry_after_s(value: str, vendor_date: str | None, wall: float) -> float | None:
    """Seconds to wait by a `Retry-After`; 0.0 for a moment that has passed; None where it cannot be read.

    `vendor_date` is the answer's `Date`; without a usable one, moments are measured against `wall`, seconds since 1970.
    """
    vendor_now = http_date(vendor_date) if vendor_date else None
    wait_s = delay_s(value, "guess", wall if vendor_now is None else vendor_now)
    return None if wait_s is None else min(wait_s, RETRY_AFTER_MAX_S)


def retry_after_ms(value: str) -> float | None:
    """Seconds to wait by a `retry-after-ms`, which counts milliseconds; None where it cannot be read."""
    count_ms = number(value)
    return None if count_ms is None else min(count_ms / 1000.0, RETRY_AFTER_MAX_S)


def should_retry(value: str) -> bool | None:
    """A vendor's own word on a resend, `true` or `false`; None for anything else."""
    word = value.strip().lower()
    return True if word == "true" else False if word == "false" else None


def hint_of(
    headers: Headers | None,
    retry_hint: str | None,
    wall: float,
    reader: DialectReader | None = None,
    reports: Sequence[LimitReport] = (),
    *,
    throttled: bool = False,
) -> Hint:
    """All that an answer says about a resend. `retry_hint` names the vendor's yes-or-no header, where it has one.

    `reports` is what `reader` read from the same answer; a count without anything left says when to come back, unless a
    Retry-After does. `throttled`: it is a refusal for the rate, after which some vendors want a pause in any case.
    """
    if headers is None:
        return NO_HINT
    wait_s = None
    if (in_ms := headers.get("retry-after-ms")) is not None:
        wait_s = retry_after_ms(in_ms)
    if wait_s is None and (value := headers.get("Retry-After")) is not None:
        wait_s = retry_after_s(value, headers.get("Date"), wall)
    if wait_s is None and reader is not None:
        wait_s = _by_dialect(headers, wall, reader, reports if throttled else ())
    unsaid = wait_s is None and throttled and reader is not None
    if unsaid and reader is not None:
        wait_s = reader.pause_s
    word = headers.get(retry_hint) if retry_hint else None
    if wait_s is None and word is None:
        return NO_HINT
    return Hint(wait_s, None if word is None else should_retry(word), unsaid and wait_s is not None)


def _by_dialect(headers: Headers, wall: float, reader: DialectReader, reports: Sequence[LimitReport]) -> float | None:
    wait_s = reader.wait_s(headers, wall)
    if wait_s is not None:
        return wait_s
    longest_s = max((report.wait_s for report in reports if report.wait_s is not None), default=None)
    return None if longest_s is None else min(longest_s, RETRY_AFTER_MAX_S)
