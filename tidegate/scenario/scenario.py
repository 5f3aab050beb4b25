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

from pydantic import BeforeValidator, ConfigDict, Field, PlainValidator, TypeAdapter, ValidationError

from tidegate.configfile.finding import written_path
from tidegate.configfile.wording import expectation
from tidegate.configfile.yaml_places import Loc, Position, read_places
from tidegate.problems import UsageError
from tidegate.scenario.arrival_log import read_arrival_log
from tidegate.scenario.check import Check
from tidegate.scenario.fault import Fault, ScenarioBlock
from tidegate.scenario.fault_kinds import known_kinds
from tidegate.scenario.load import GivenRequest, Load

F = TypeVar("F", bound=Fault)

SECONDS_MAX = 604_800.0
"""The longest run: a week."""


@cache
def _reader(kinds: tuple[type[F], ...]) -> TypeAdapter[tuple[F, ...]]:
    """Reads faults of these kinds. Made once for each set of kinds: a program may define more of them on its way."""
    any_of_them: Any = reduce(or_, kinds)
    several = Annotated[tuple[Annotated[any_of_them, Field(discriminator="kind")], ...], Field(strict=False)]
    return TypeAdapter(several, config=ConfigDict(defer_build=True))


def _of_any_kind(value: object) -> tuple[Fault, ...]:
    return _reader(tuple(known_kinds(Fault).values())).validate_python(value)


def _as_several(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Scenario(ScenarioBlock):
    """A whole run: its length in seconds, its faults, its load and its checks.

    `seed` is used where none is given on the way. `vendor` names one vendor or several, by name or by file; whoever
    plays the scenario may choose others. `requests` are what a load's `mix` may name beside operations.
    """

    name: str
    vendor: Annotated[tuple[str, ...], BeforeValidator(_as_several), Field(strict=False)] = ()
    seconds: Annotated[float, Field(gt=0, le=SECONDS_MAX, allow_inf_nan=False, strict=False)] = 60.0
    seed: int | None = None
    faults: Annotated[tuple[Fault, ...], PlainValidator(_of_any_kind)] = ()
    load: Annotated[tuple[Load, ...], Field(strict=False)] = ()
    requests: dict[str, GivenRequest] = Field(default_factory=dict)
    checks: Annotated[tuple[Check, ...], Field(strict=False)] = ()


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

    Files that it names (a vendor's, a log of arrivals) are looked for beside it. Raises UsageError with one line for
    each mistake: file, line, column, place in the file, and what would be right.
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
                return _with_files(scenario, path.parent)
    raise UsageError("\n".join(_line(path, *mistake) for mistake in sorted(mistakes, key=lambda mistake: mistake[0])))


def _with_files(scenario: Scenario, folder: Path) -> Scenario:
    """The scenario with what its files hold. Raises UsageError where a log of arrivals cannot be read."""
    vendors = tuple(str(folder / named) if _names_file(folder, named) else named for named in scenario.vendor)
    loads = tuple(
        load.model_copy(update={"times": read_arrival_log(folder / load.log)}) if load.log else load
        for load in scenario.load
    )
    return scenario.model_copy(update={"vendor": vendors, "load": loads})


def _names_file(folder: Path, named: str) -> bool:
    return ("/" in named or named.endswith((".yaml", ".yml"))) and (folder / named).exists()


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
    for entry in error.errors(include_url=False, include_input=False):
        parts = entry["loc"]
        loc = tuple(
            part
            for place, part in enumerate(parts)
            if not (part in known and place > 0 and isinstance(parts[place - 1], int))
        )
        plain = expectation(entry) or entry["msg"].removeprefix("Value error, ")
        sentence = _SENTENCES.get(entry["type"], plain)
        mistakes.append((loc, sentence.replace("{known}", ", ".join(known))))
    return mistakes
