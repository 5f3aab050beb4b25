"""What can go wrong at the vendor: one class for each kind of fault, with the words of the scenario language.

Data. Which requests a fault hits is decided by trouble.faults, what it does there by trouble.misbehave. Drift and lies
are in tidegate.scenario.drift, the whole scenario in tidegate.scenario.scenario; docs/scenarios.md shows an example of
each kind.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tidegate.configfile.units import Duration, Share

Effect = Literal["none", "begun", "done"]
"""How far the vendor came before it failed: nothing done and nothing remembered; begun, so that the failure is what its
idempotency key remembers; or done, so that the change is there although the answer is a failure."""

Place = Literal["start", "headers", "body"]
"""Where an answer ends: before its first byte, in the middle of its headers, in the middle of its body."""


class ScenarioBlock(BaseModel):
    """A group of keys and values; an unknown key is a mistake."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, validate_by_name=True, validate_by_alias=True, defer_build=True
    )


class Span(ScenarioBlock):
    """A stretch of time: `from` (0 s) up to `until`, or for the length `for`; without either, to the end."""

    begin: Annotated[Duration, Field(alias="from")] = 0.0
    until: Duration | None = None
    lasts: Annotated[Duration | None, Field(alias="for")] = None

    @model_validator(mode="after")
    def _one_end(self) -> "Span":
        if self.until is not None and self.lasts is not None:
            raise ValueError("says `until` and `for`; keep one of them")
        if self.end_s is not None and self.end_s <= self.begin:
            raise ValueError("ends before it begins; `until` must lie after `from`, and `for` be longer than 0s")
        return self

    @property
    def end_s(self) -> float | None:
        """Seconds at which it is over, None where it never is."""
        return self.begin + self.lasts if self.lasts is not None else self.until


class Counted(Span):
    """A fault that hits some of its targets: `skip` of them pass, then at most `first_n` are hit, each by chance."""

    probability: Share = 1.0
    skip: Annotated[int, Field(ge=0)] = 0
    nth: Annotated[int, Field(ge=1)] = 1
    """Of the targets after `skip` only every so many: `nth: 3` hits the third, the sixth and so on."""
    first_n: Annotated[int | None, Field(ge=1)] = None
    ramp: Duration = 0.0
    """The probability grows evenly from nothing for so long, from the fault's beginning."""


class Aimed(Counted):
    """A fault that hits requests."""

    operations: Annotated[tuple[str, ...], Field(strict=False)] = ("*",)
    """Operation ids, or patterns like `Post*`."""
    apps: Annotated[tuple[str, ...], Field(strict=False)] = ("*",)
    """Apps as the journal names them, or patterns like `*4242`."""
    headers: dict[str, str] = {}
    """Request headers, each with a pattern that its value must fit."""


class Latency(Aimed):
    """The vendor thinks before it acts.

    `uniform`: for `delay`, and up to `jitter` longer, evenly spread. `lognormal`: half of the requests wait longer than
    `delay`, one of a hundred longer than `p99`. `pareto`: nobody waits less than `delay`, and the same `p99`; its tail
    is the heavier one. Nobody waits longer than `most`.
    """

    kind: Literal["latency"] = "latency"
    delay: Duration
    jitter: Duration = 0.0
    distribution: Literal["uniform", "lognormal", "pareto"] = "uniform"
    p99: Duration | None = None
    most: Duration = 3600.0

    @model_validator(mode="after")
    def _one_shape(self) -> "Latency":
        if self.distribution == "uniform":
            if self.p99 is not None:
                raise ValueError("`p99` needs `distribution: lognormal` or `pareto`")
        elif self.p99 is None or not 0 < self.delay < self.p99:
            raise ValueError(f"`distribution: {self.distribution}` needs a `delay` above 0s and a `p99` above it")
        elif self.jitter:
            raise ValueError(f"`jitter` is for `uniform`; `distribution: {self.distribution}` is spread by its `p99`")
        return self


class Throttle(Aimed):
    """The vendor refuses the request for its rate: nothing done. `retry_after` goes into that header, as `written`."""

    kind: Literal["throttle"] = "throttle"
    retry_after: Duration | None = None
    written: Literal["seconds", "date"] = "seconds"
    means: Literal["quota", "contention", "exhausted"] = "quota"


class ErrorAnswer(Aimed):
    """The vendor answers with an error in its own envelope."""

    kind: Literal["error"] = "error"
    status: Annotated[int, Field(ge=400, le=599)] = 500
    effect: Effect = "none"
    retry_after: Duration | None = None


class ExpiredToken(Aimed):
    """The vendor says 401 to a credential that is valid: nothing done."""

    kind: Literal["expired_token"] = "expired_token"


class ResetBefore(Aimed):
    """The connection is reset when the request has arrived: nothing done."""

    kind: Literal["reset_before"] = "reset_before"


class ResetAfter(Aimed):
    """The request is carried out, then the connection is reset: without an answer, or in the middle of it."""

    kind: Literal["reset_after"] = "reset_after"
    at: Place = "start"


class Empty(Aimed):
    """The connection is closed in good order, without a byte of an answer."""

    kind: Literal["empty"] = "empty"
    effect: Literal["none", "done"] = "done"


class Truncate(Aimed):
    """The request is carried out; `share` of the answer's body arrives, then the connection ends."""

    kind: Literal["truncate"] = "truncate"
    share: Share = 0.5


class WrongLength(Aimed):
    """The request is carried out; Content-Length is wrong by so many bytes, and the connection stays open.

    Too long a length leaves the client waiting for bytes that never come. Too short a one (a negative number) leaves
    bytes in the connection, and the next answer comes after them.
    """

    kind: Literal["wrong_length"] = "wrong_length"
    by: int = 10

    @model_validator(mode="after")
    def _is_wrong(self) -> "WrongLength":
        if not self.by:
            raise ValueError("`by: 0` would be right; say how many bytes too many, or too few as a negative number")
        return self


class BadChunk(Aimed):
    """The request is carried out; the answer comes in chunks, and after `share` of it a chunk's size is no number."""

    kind: Literal["bad_chunk"] = "bad_chunk"
    share: Share = 0.5


class Drip(Aimed):
    """The answer comes bit by bit, `every` apart: an event stream by its events, anything else in `pieces` pieces."""

    kind: Literal["drip"] = "drip"
    every: Duration
    pieces: Annotated[int, Field(ge=1, le=1000)] = 8
    part: Literal["headers", "body"] = "body"


class Hang(Aimed):
    """The vendor never answers, or stops in the middle. With `effect: done` it carries the request out all the same."""

    kind: Literal["hang"] = "hang"
    effect: Literal["none", "done"] = "none"
    at: Place = "start"

    @model_validator(mode="after")
    def _can_begin(self) -> "Hang":
        if self.at != "start" and self.effect == "none":
            raise ValueError(
                f"an answer that stops in its {self.at} is that of a request that was carried out: add `effect: done`"
            )
        return self


class HtmlPage(Aimed):
    """A page of HTML comes instead of the answer, as from a gateway or a portal in between."""

    kind: Literal["html"] = "html"
    status: Annotated[int, Field(ge=200, le=599)] = 502
    effect: Literal["none", "done"] = "none"


class Malformed(Aimed):
    """The request is carried out; the answer's JSON lacks its last bracket, under a right Content-Length."""

    kind: Literal["malformed"] = "malformed"


class Garbage(Aimed):
    """The request is carried out; bytes without a meaning come instead of the body, or of the whole answer."""

    kind: Literal["garbage"] = "garbage"
    instead_of: Literal["body", "answer"] = "body"
    size: Annotated[int, Field(ge=1, le=1 << 20)] = 256


class WrongEncoding(Aimed):
    """The request is carried out; Content-Encoding says gzip, and the body is not."""

    kind: Literal["wrong_encoding"] = "wrong_encoding"


class WrongHeaders(Aimed):
    """The answer's headers are tampered with: some are missing, some come twice, some say something else."""

    kind: Literal["headers"] = "headers"
    drop: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Names, or patterns like `X-RateLimit-*`."""
    double: Annotated[tuple[str, ...], Field(strict=False)] = ()
    put: dict[str, str] = {}

    @model_validator(mode="after")
    def _on_one_line(self) -> "WrongHeaders":
        for name, value in self.put.items():
            if any(char < " " and char != "\t" for char in name + value) or ":" in name:
                raise ValueError(f"`put: {name!r}` would not be one header: it breaks its line")
        return self


class Outage(Span):
    """The vendor is away.

    It does not listen (`refuse`), resets every connection (`reset`), takes requests and says nothing (`silent`), or
    answers `status`.
    """

    kind: Literal["outage"] = "outage"
    mode: Literal["refuse", "reset", "silent", "status"] = "refuse"
    status: Annotated[int, Field(ge=500, le=599)] = 503

    @property
    def resets(self) -> bool:
        """Whether connections, those that stand and new ones, are reset."""
        return self.mode in ("refuse", "reset")


class WebhookFault(Counted):
    """What happens to a webhook on its way, see docs/scenarios.md."""

    kind: Literal["webhook"] = "webhook"
    mode: Literal["duplicate", "late", "reorder", "forge", "drop", "early", "stale", "two_signatures"]
    events: Annotated[tuple[str, ...], Field(strict=False)] = ("*",)
    """Event types, or patterns like `payment_intent.*`."""
    delay: Duration = 5.0
    copies: Annotated[int, Field(ge=1, le=100)] = 1
