"""A scenario: what goes wrong at the vendor and around it, when, and how much is asked of it meanwhile.

Data, shared by the simulator (which makes the vendor's faults happen) and chaos (which makes those of the proxy's
machine and of the wire happen, makes the load, and judges). It makes nothing happen itself. docs/scenarios.md explains
every field with examples. Times count from the start of the run.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from tidegate.configfile.finding import written_path
from tidegate.configfile.units import Duration, RateValue, Share
from tidegate.configfile.yaml_places import Loc, Position, read_places
from tidegate.problems import UsageError
from tidegate.scenario.drift import Drift, Lie
from tidegate.scenario.fault import (
    BadChunk,
    Drip,
    Empty,
    ErrorAnswer,
    ExpiredToken,
    Garbage,
    Hang,
    HtmlPage,
    Latency,
    Malformed,
    Outage,
    ResetAfter,
    ResetBefore,
    ScenarioBlock,
    Span,
    Throttle,
    Truncate,
    WebhookFault,
    WrongEncoding,
    WrongHeaders,
    WrongLength,
)


class _Event(Span):
    """A fault that hits events, not requests: it lets `skip` of them pass, then hits `first_n`, each by chance."""

    probability: Share = 1.0
    skip: Annotated[int, Field(ge=0)] = 0
    first_n: Annotated[int, Field(ge=1)] = 1


class Crash(_Event):
    """The proxy dies, and is started again after `down`.

    An event is something that reaches it: bytes from either side, or its disk's answer. `steps` turns of its event loop
    later it is gone, in the middle of whatever it does then.
    """

    kind: Literal["crash"] = "crash"
    steps: Annotated[int, Field(ge=0)] = 0
    down: Duration = 1.0


class Cut(_Event):
    """A connection between proxy and vendor dies. An event is a piece of bytes, of either side; it is lost.

    `reset` is seen by both sides. `silent` by none: nothing arrives any more, until somebody loses patience.
    """

    kind: Literal["cut"] = "cut"
    mode: Literal["reset", "silent"] = "silent"


class Wire(Span):
    """The way between proxy and vendor takes `delay` longer in each direction, and up to `jitter` more."""

    kind: Literal["wire"] = "wire"
    delay: Duration = 0.0
    jitter: Duration = 0.0


class Skew(Span):
    """A wall clock is wrong, `ahead` or `behind`: the vendor's, or that of the proxy's machine."""

    kind: Literal["skew"] = "skew"
    of: Literal["vendor", "proxy"] = "vendor"
    ahead: Duration = 0.0
    behind: Duration = 0.0


class SlowDisk(Span):
    """Each commit to the proxy's disk takes `delay` longer."""

    kind: Literal["disk"] = "disk"
    delay: Duration


OfTheVendor = (
    Latency
    | Throttle
    | ErrorAnswer
    | ExpiredToken
    | ResetBefore
    | ResetAfter
    | Empty
    | Truncate
    | WrongLength
    | BadChunk
    | Drip
    | Hang
    | HtmlPage
    | Malformed
    | Garbage
    | WrongEncoding
    | WrongHeaders
    | Drift
    | Lie
    | WebhookFault
    | Outage
)
"""What happens at the vendor: the simulator makes it happen."""
Around = Crash | Cut | Wire | Skew | SlowDisk
"""What happens around the vendor and not at it. The simulator ignores these; chaos makes them happen."""
Fault = Annotated[OfTheVendor | Around, Field(discriminator="kind")]


class Load(Span):
    """What apps ask for meanwhile.

    `rate` is evenly spread, `burst` comes at once at the beginning. `mix` weighs the stories of the one who makes the
    load, by name.
    """

    rate: RateValue | None = None
    burst: Annotated[int, Field(ge=0)] = 0
    mix: Annotated[dict[str, Annotated[int, Field(ge=0)]], Field(default={})]


class Scenario(ScenarioBlock):
    """A whole run: its length in seconds, its faults and its load. `seed` is used where none is given on the way."""

    name: str
    seconds: Annotated[float, Field(gt=0, strict=False)] = 60.0
    seed: int | None = None
    faults: Annotated[tuple[Fault, ...], Field(strict=False)] = ()
    load: Annotated[tuple[Load, ...], Field(strict=False)] = ()


_FAULTS: TypeAdapter[list[Any]] = TypeAdapter(
    list[Annotated[OfTheVendor, Field(discriminator="kind")]], config=ConfigDict(defer_build=True)
)


def parse_faults(value: object) -> list[OfTheVendor]:
    """Faults of the vendor's from plain data: one, or a list. Raises ValueError with one sentence for each mistake."""
    try:
        return _FAULTS.validate_python(value if isinstance(value, list) else [value])
    except ValidationError as error:
        mistakes = _mistakes(error, known=VENDOR_KINDS)
        raise ValueError("; ".join(f"{written_path(loc)}: {text}" for loc, text in mistakes)) from None


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
            flawed = {flaw.loc for flaw in placed.flaws}
            found += [(placed.position(loc), loc, text) for loc, text in _mistakes(error) if loc not in flawed]
        else:
            if not found:
                return scenario
    raise UsageError("\n".join(_line(path, *mistake) for mistake in sorted(found, key=lambda mistake: mistake[0])))


def _line(path: Path, where: Position, loc: Loc, text: str) -> str:
    place = f"{written_path(loc)}: " if loc else ""
    return f"{path}:{where.line}:{where.column}: {place}{text}"


def _kinds(*parts: Any) -> tuple[str, ...]:
    return tuple(get_args(part.model_fields["kind"].annotation)[0] for part in parts)


VENDOR_KINDS = _kinds(*get_args(OfTheVendor))
"""The kinds of faults that the simulator makes happen."""

_KINDS = (*VENDOR_KINDS, *_kinds(*get_args(Around)))

_SENTENCES = {
    "extra_forbidden": "unknown key; docs/scenarios.md lists the keys",
    "missing": "this key is missing",
    "tuple_type": "this must be a list",
    "model_attributes_type": "this must be a group of keys and values",
    "model_type": "this must be a group of keys and values",
    "dict_type": "this must be a group of keys and values",
    "union_tag_invalid": "unknown kind; known are {known}",
    "union_tag_not_found": "`kind` is missing; known are {known}",
}


def _mistakes(error: ValidationError, known: tuple[str, ...] = _KINDS) -> list[tuple[Loc, str]]:
    """Each mistake's place and sentence. The kind of a fault, which pydantic puts into the place, is taken out."""
    found = []
    for entry in error.errors(include_url=False, include_context=False, include_input=False):
        parts = entry["loc"]
        loc = tuple(
            part
            for place, part in enumerate(parts)
            if not (part in _KINDS and place > 0 and isinstance(parts[place - 1], int))
        )
        sentence = _SENTENCES.get(entry["type"], entry["msg"].removeprefix("Value error, "))
        found.append((loc, sentence.replace("{known}", ", ".join(known))))
    return found
