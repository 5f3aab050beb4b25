"""A scenario: what goes wrong at the vendor and around it, when, and how much is asked of it meanwhile.

Data, shared by the simulator (which makes the vendor's faults happen) and chaos (which makes those of the proxy's
machine and of the wire happen, makes the load, and judges). It makes nothing happen itself. docs/scenarios.md explains
every field with examples. Times count from the start of the run.
"""

from collections.abc import Collection
from functools import cache, reduce
from operator import or_
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import ConfigDict, Field, PlainValidator, TypeAdapter, ValidationError

from tidegate.configfile.finding import written_path
from tidegate.configfile.units import RateValue
from tidegate.configfile.yaml_places import Loc, Position, read_places
from tidegate.problems import UsageError
from tidegate.scenario.fault import Fault, ScenarioBlock, Span
from tidegate.scenario.fault_kinds import known_kinds

F = TypeVar("F", bound=Fault)

SECONDS_MAX = 604_800.0
"""The longest run: a week."""

BURST_MAX = 1_000_000
WEIGHT_MAX = 1_000_000


@cache
def _reader(kinds: tuple[type[F], ...]) -> TypeAdapter[tuple[F, ...]]:
    """Reads faults of these kinds. Made once for each set of kinds: a program may define more of them on its way."""
    any_of_them: Any = reduce(or_, kinds)
    several = Annotated[tuple[Annotated[any_of_them, Field(discriminator="kind")], ...], Field(strict=False)]
    return TypeAdapter(several, config=ConfigDict(defer_build=True))


def _of_any_kind(value: object) -> tuple[Fault, ...]:
    return _reader(tuple(known_kinds(Fault).values())).validate_python(value)


class Load(Span):
    """The load: what apps ask for meanwhile.

    `rate` is evenly spread, `burst` comes at once at the beginning. `mix` weighs the stories of the one who makes the
    load, by name.
    """

    rate: RateValue | None = None
    burst: Annotated[int, Field(ge=0, le=BURST_MAX)] = 0
    mix: Annotated[dict[str, Annotated[int, Field(ge=0, le=WEIGHT_MAX)]], Field(default={})]


class Scenario(ScenarioBlock):
    """A whole run: its length in seconds, its faults and its load. `seed` is used where none is given on the way."""

    name: str
    seconds: Annotated[float, Field(gt=0, le=SECONDS_MAX, allow_inf_nan=False, strict=False)] = 60.0
    seed: int | None = None
    faults: Annotated[tuple[Fault, ...], PlainValidator(_of_any_kind)] = ()
    load: Annotated[tuple[Load, ...], Field(strict=False)] = ()


def parse_faults(value: object, of: type[F]) -> list[F]:
    """Faults from plain data: one, or a list, each of a kind that is an `of`.

    Raises ValueError with one sentence for each mistake.
    """
    kinds = known_kinds(of)
    try:
        return list(_reader(tuple(kinds.values())).validate_python(value if isinstance(value, list) else [value]))
    except ValidationError as error:
        mistakes = _mistakes(error, tuple(kinds))
        raise ValueError("; ".join(f"{written_path(loc)}: {text}" for loc, text in mistakes)) from None


def load_scenario(path: Path) -> Scenario:
    """Read a scenario file (YAML or JSON).

    Raises UsageError with one line for each mistake: file, line, column, place in the file, and what would be right.
    """
    try:
        placed = read_places(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path}: this scenario cannot be read: {reason}") from None
    mistakes = [(flaw.position, flaw.loc, flaw.message) for flaw in placed.flaws]
    if not placed.flaws or placed.data is not None:
        try:
            scenario = Scenario.model_validate(placed.data)
        except ValidationError as error:
            flawed = {flaw.loc for flaw in placed.flaws}
            found = _mistakes(error, known_kinds(Fault))
            mistakes += [(placed.position(loc), loc, text) for loc, text in found if loc not in flawed]
        else:
            if not mistakes:
                return scenario
    raise UsageError("\n".join(_line(path, *mistake) for mistake in sorted(mistakes, key=lambda mistake: mistake[0])))


def _line(path: Path, where: Position, loc: Loc, text: str) -> str:
    place = f"{written_path(loc)}: " if loc else ""
    return f"{path}:{where.line}:{where.column}: {place}{text}"


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


def _mistakes(error: ValidationError, known: Collection[str]) -> list[tuple[Loc, str]]:
    """Each mistake's place and sentence. The kind of a fault, which pydantic puts into the place, is taken out."""
    mistakes = []
    for entry in error.errors(include_url=False, include_context=False, include_input=False):
        parts = entry["loc"]
        loc = tuple(
            part
            for place, part in enumerate(parts)
            if not (part in known and place > 0 and isinstance(parts[place - 1], int))
        )
        sentence = _SENTENCES.get(entry["type"], entry["msg"].removeprefix("Value error, "))
        mistakes.append((loc, sentence.replace("{known}", ", ".join(known))))
    return mistakes
