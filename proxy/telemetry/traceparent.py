"""W3C Trace Context: `traceparent` read and written by hand, at a third of the cost of a library.

Level 2 of the recommendation, §3.2. It knows nothing of spans (tidegate.proxy.telemetry.tracing). The app's
tracestate is never passed on or kept, so an invalid traceparent leaves nothing of it behind (§3.3.1).
"""

import random
import re
from dataclasses import dataclass

_FORM = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16
_SAMPLED = 1


@dataclass(frozen=True, slots=True)
class Trace:
    """The place of a call in a trace. `parent_span_id` is empty where the trace begins here."""

    trace_id: str
    span_id: str
    parent_span_id: str
    sampled: bool


def parse(header: str) -> tuple[str, str, bool] | None:
    """Trace id, parent id and sampled flag of a header, or None where it is not valid: then a new trace begins.

    A higher version is read as far as it is known (§3.2.4); version 00 must end after the flags; ff is invalid.
    """
    match = _FORM.fullmatch(header.strip(" \t"))
    if match is None:
        return None
    version, trace_id, parent_id, flags, more = match.groups()
    if version == "ff" or (version == "00" and more) or trace_id == _NO_TRACE or parent_id == _NO_SPAN:
        return None
    return trace_id, parent_id, bool(int(flags, 16) & _SAMPLED)


def enter(header: str | None, rng: random.Random, sample: float) -> Trace:
    """The place of a call: in the app's trace and sampled as that is, or in a new one, sampled with chance `sample`."""
    span_id = f"{rng.getrandbits(64) or 1:016x}"
    received = parse(header) if header is not None else None
    if received is not None:
        trace_id, parent_span_id, sampled = received
        return Trace(trace_id, span_id, parent_span_id, sampled)
    return Trace(f"{rng.getrandbits(128) or 1:032x}", span_id, "", sample > 0 and rng.random() < sample)


def write(trace_id: str, span_id: str, *, sampled: bool) -> str:
    """The header for whoever comes next. Its random flag (§3.2.2.5) stays 0: the app may have made the trace id."""
    return f"00-{trace_id}-{span_id}-{_SAMPLED if sampled else 0:02x}"


def attempt_span_id(span_id: str, number: int) -> str:
    """The id of an attempt's span: told apart from the call's own, and derived, so that nobody has to keep it."""
    return f"{(int(span_id, 16) + number) & 0xFFFF_FFFF_FFFF_FFFF or 1:016x}"
