"""The load of a scenario: how many calls are made, when, and which. And the requests that it gives word for word.

Data alone. What moments a load comes to is tidegate.scenario.arrivals'; what requests are drawn for it is
tidegate.drawing's. docs/scenarios.md explains every key with examples.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from tidegate.configfile.units import Duration, RateValue
from tidegate.scenario.fault import ScenarioBlock, Span

BURST_MAX = 1_000_000
WEIGHT_MAX = 1_000_000
STEPS_MAX = 1_000
SPEED_MIN, SPEED_MAX = 0.001, 1_000.0
TIMES_MAX = 1_000_000
"""Moments that a load may list, or take from a log."""

STEPS = 4
"""Of a `step` that does not say how many."""

PEAK_SHARE = 0.25
"""The peak of a `spike` that does not say how long: this share of the load, in its middle."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""Of a header (RFC 9110 §5.1)."""
_VALUE = re.compile(r"[\t\x20-\x7e]*")
"""What a header can be sent with everywhere (RFC 9110 §5.5)."""

LoadForm = Literal["constant", "step", "ramp", "spike", "replay"]

_OWN_KEYS: Mapping[str, LoadForm] = {
    "steps": "step", "peak_at": "spike", "peak_for": "spike", "log": "replay", "times": "replay", "speed": "replay",
}  # fmt: skip
"""The keys that one form alone has."""

Weights = dict[str, Annotated[int, Field(ge=0, le=WEIGHT_MAX)]]
Moment = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=False)]


class Load(Span):
    """The load: what apps ask for meanwhile.

    `shape` says how `rate` changes: `constant` stays, `ramp` grows evenly up to `to`, `step` in `steps` equal stairs,
    `spike` jumps to `to` for `peak_for` seconds; `replay` takes its moments from a `log` or from `times`, seconds after
    `from`. `burst` comes at once at the beginning. `mix` weighs what is asked for: requests of the scenario,
    operations, or stories of the one who makes the load. `vendor` is whose they are, empty for the only one.
    """

    shape: LoadForm = "constant"
    rate: RateValue | None = None
    to: RateValue | None = None
    steps: Annotated[int, Field(ge=1, le=STEPS_MAX)] = STEPS
    peak_at: Duration | None = None
    peak_for: Duration | None = None
    log: str = ""
    times: Annotated[tuple[Moment, ...], Field(strict=False, max_length=TIMES_MAX)] = ()
    speed: Annotated[float, Field(ge=SPEED_MIN, le=SPEED_MAX, strict=False)] = 1.0
    spacing: Literal["even", "random"] = "even"
    burst: Annotated[int, Field(ge=0, le=BURST_MAX)] = 0
    vendor: str = ""
    mix: Annotated[Weights, Field(default={})]

    @model_validator(mode="after")
    def _fits_its_shape(self) -> "Load":
        flaws = list(self._misfits())
        if flaws:
            raise ValueError("; ".join(flaws))
        return self

    def _misfits(self) -> Iterator[str]:
        for key, form in _OWN_KEYS.items():
            if key in self.model_fields_set and self.shape != form:
                yield f"`{key}` is a key of `shape: {form}`, and this is `shape: {self.shape}`"
        if self.shape in ("step", "ramp", "spike"):
            if self.rate is None or self.to is None:
                yield f"`shape: {self.shape}` needs `rate` and `to`, like `rate: 5/s, to: 50/s`"
        elif self.to is not None:
            yield "`to` is a key of `shape: step`, `ramp` and `spike`"
        if self.peak_for is not None and not self.peak_for:
            yield "`peak_for` must be longer than 0s"
        if self.shape == "replay":
            if self.rate is not None:
                yield "`shape: replay` has no `rate`; `speed: 2` plays its moments twice as fast"
            if bool(self.log) == bool(self.times):
                yield "`shape: replay` needs either `log`, a file, or `times`, a list of seconds"


class GivenRequest(ScenarioBlock):
    """A request of a scenario, given in whole or in part; what is not given is drawn from the document.

    `path`, `query` and `headers` are values by name. `body` is the content as data and replaces what would be drawn;
    where `draw` is true, its keys are put into what is drawn. `{n}` in any text stands for the call's own tag, other
    names in braces for what `takes` of an earlier request took: JSON Pointers by the name.
    """

    operation: str
    path: dict[str, Any] = Field(default_factory=dict)
    query: dict[str, Any] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    body: Any = None
    draw: bool = False
    takes: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _can_be_sent(self) -> "GivenRequest":
        flaws = [f"no header can be called {name!r}" for name in self.headers if not _NAME.fullmatch(name)]
        flaws += [
            f"the header {name} has a character that no header can carry"
            for name, value in self.headers.items()
            if not _VALUE.fullmatch(value)
        ]
        flaws += [
            f"`takes` {pointer!r} is no JSON Pointer; write it like /id or /data/0/id"
            for pointer in self.takes.values()
            if pointer and not pointer.startswith("/")
        ]
        if flaws:
            raise ValueError("; ".join(flaws))
        return self
