"""A scenario: what goes wrong at the vendor, when, and how much is asked of it meanwhile.

Data, shared by the simulator (which makes the faults happen) and chaos (which makes the load and judges). It makes
nothing happen itself. docs/scenarios.md explains every field with examples. Times count from the start of the run.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from tidegate.finding import written_path
from tidegate.problems import UsageError
from tidegate.units import Duration, RateValue, Share
from tidegate.yaml_places import Loc, Position, read_places

Effect = Literal["none", "begun", "done"]
"""How far the vendor came before it failed: nothing done and nothing remembered; begun, so that the failure is what its
idempotency key remembers; or done, so that the change is there although the answer is a failure."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, validate_by_name=True, validate_by_alias=True)


class Span(_Part):
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


class _Aimed(Span):
    """A fault that hits requests: it lets `skip` of its targets pass, then hits at most `first_n`, each by chance."""

    operations: Annotated[tuple[str, ...], Field(strict=False)] = ("*",)
    """Operation ids, or patterns like `Post*`."""
    probability: Share = 1.0
    skip: Annotated[int, Field(ge=0)] = 0
    first_n: Annotated[int | None, Field(ge=1)] = None


class Latency(_Aimed):
    """The vendor thinks for `delay` before it acts, and up to `jitter` longer, evenly spread."""

    kind: Literal["latency"] = "latency"
    delay: Duration
    jitter: Duration = 0.0


class Throttle(_Aimed):
    """The vendor refuses the request for its rate: nothing done. `retry_after` goes into that header."""

    kind: Literal["throttle"] = "throttle"
    retry_after: Duration | None = None
    means: Literal["quota", "contention"] = "quota"


class ServerError(_Aimed):
    """The vendor answers with a server error."""

    kind: Literal["error"] = "error"
    status: Annotated[int, Field(ge=500, le=599)] = 500
    effect: Effect = "none"
    retry_after: Duration | None = None


class ResetBefore(_Aimed):
    """The connection is reset when the request has arrived: nothing done."""

    kind: Literal["reset_before"] = "reset_before"


class ResetAfter(_Aimed):
    """The request is carried out, then the connection is reset without an answer."""

    kind: Literal["reset_after"] = "reset_after"


class Truncate(_Aimed):
    """The request is carried out; `share` of the answer's body arrives, then the connection ends."""

    kind: Literal["truncate"] = "truncate"
    share: Share = 0.5


class Drip(_Aimed):
    """The answer comes bit by bit, `every` apart: an event stream by its events, any other body in `pieces` pieces."""

    kind: Literal["drip"] = "drip"
    every: Duration
    pieces: Annotated[int, Field(ge=1, le=1000)] = 8


class Hang(_Aimed):
    """The vendor never answers. With `effect: done` it carries the request out all the same."""

    kind: Literal["hang"] = "hang"
    effect: Literal["none", "done"] = "none"


class Outage(Span):
    """The vendor is away: it does not listen (`refuse`), resets every connection (`reset`), or answers `status`."""

    kind: Literal["outage"] = "outage"
    mode: Literal["refuse", "reset", "status"] = "refuse"
    status: Annotated[int, Field(ge=500, le=599)] = 503


Aimed = Latency | Throttle | ServerError | ResetBefore | ResetAfter | Truncate | Drip | Hang
Fault = Annotated[Aimed | Outage, Field(discriminator="kind")]


class Load(Span):
    """What apps ask for meanwhile.

    `rate` is evenly spread, `burst` comes at once at the beginning. `mix` weighs the stories of the one who makes the
    load, by name.
    """

    rate: RateValue | None = None
    burst: Annotated[int, Field(ge=0)] = 0
    mix: dict[str, Annotated[int, Field(ge=0)]] = {}


class Scenario(_Part):
    """A whole run: its length in seconds, its faults and its load. `seed` is used where none is given on the way."""

    name: str
    seconds: Annotated[float, Field(gt=0, strict=False)] = 60.0
    seed: int | None = None
    faults: Annotated[tuple[Fault, ...], Field(strict=False)] = ()
    load: Annotated[tuple[Load, ...], Field(strict=False)] = ()


_FAULTS: TypeAdapter[list[Any]] = TypeAdapter(list[Fault])


def parse_faults(value: object) -> list[Aimed | Outage]:
    """Faults from plain data: one, or a list of them. Raises ValueError with one sentence for each mistake."""
    try:
        return _FAULTS.validate_python(value if isinstance(value, list) else [value])
    except ValidationError as error:
        raise ValueError("; ".join(f"{written_path(loc)}: {text}" for loc, text in _mistakes(error))) from None


def load_scenario(path: Path) -> Scenario:
    """Read a scenario file (YAML or JSON).

    Raises UsageError with one line for each mistake: file, line, column, place in the file, and what would be right.
    """
    try:
        placed = read_places(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path}: this scenario cannot be read: {reason}") from None
    found = [(flaw.position, flaw.loc, flaw.message) for flaw in placed.flaws]
    if not placed.flaws or placed.data is not None:
        try:
            scenario = Scenario.model_validate(placed.data)
        except ValidationError as error:
            found += [(placed.position(loc), loc, text) for loc, text in _mistakes(error)]
        else:
            if not found:
                return scenario
    raise UsageError("\n".join(_line(path, *mistake) for mistake in sorted(found, key=lambda mistake: mistake[0])))


def _line(path: Path, where: Position, loc: Loc, text: str) -> str:
    place = f"{written_path(loc)}: " if loc else ""
    return f"{path}:{where.line}:{where.column}: {place}{text}"


_KINDS = tuple(get_args(kind.model_fields["kind"].annotation)[0] for kind in (*get_args(Aimed), Outage))

_SENTENCES = {
    "extra_forbidden": "unknown key; docs/scenarios.md lists the keys",
    "missing": "this key is missing",
    "tuple_type": "this must be a list",
    "model_attributes_type": "this must be a group of keys and values",
    "model_type": "this must be a group of keys and values",
    "dict_type": "this must be a group of keys and values",
    "union_tag_invalid": f"unknown kind; known are {', '.join(_KINDS)}",
    "union_tag_not_found": f"`kind` is missing; known are {', '.join(_KINDS)}",
}


def _mistakes(error: ValidationError) -> list[tuple[Loc, str]]:
    """Each mistake's place and sentence. The kind of a fault, which pydantic puts into the place, is taken out."""
    found = []
    for entry in error.errors(include_url=False, include_context=False, include_input=False):
        parts = entry["loc"]
        loc = tuple(
            part
            for place, part in enumerate(parts)
            if not (part in _KINDS and place > 0 and isinstance(parts[place - 1], int))
        )
        found.append((loc, _SENTENCES.get(entry["type"], entry["msg"].removeprefix("Value error, "))))
    return found
