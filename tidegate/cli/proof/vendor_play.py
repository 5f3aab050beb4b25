"""Scenarios about somebody's own vendors, for `tidegate chaos run --vendor`: found, checked and played."""

from collections.abc import Sequence
from pathlib import Path

import typer

import tidegate.chaos
from tidegate.chaos.apps.cast import Cast
from tidegate.chaos.judge.vacuity import unplayable_faults
from tidegate.chaos.play.cast.named_cast import named_cast
from tidegate.chaos.play.cast.preparation import rehearsed
from tidegate.chaos.play.cast.usual_load import with_usual_load
from tidegate.chaos.play.cast.vendor_run import play_vendors
from tidegate.chaos.report.vendor_table import JudgedVendors
from tidegate.drawing.request_drawer import operations_of
from tidegate.plain_line import plain
from tidegate.problems import UsageError
from tidegate.scenario.scenario import Scenario, load_scenario
from tidegate.scenario.timeline import scenario_pieces

SHIPPED = Path(tidegate.chaos.__file__).parent / "scenarios" / "vendors"

USUAL = "rough-day"
"""What is played where no scenario is named."""

DEFAULT_SEED = 1


def find_for_vendors(name: str) -> Scenario:
    """A scenario by its name, of those that fit every vendor, or by its file. Raises UsageError."""
    given = Path(name)
    if given.suffix in (".yaml", ".yml", ".json"):
        return load_scenario(given)
    known = sorted(file.stem for file in SHIPPED.glob("*.yaml"))
    if name not in known:
        raise UsageError(
            f"no scenario for any vendor is called {name!r}; known are {', '.join(known)}, or give a .yaml file"
        )
    return load_scenario(SHIPPED / f"{name}.yaml")


def judged_vendors(scenario: Scenario, vendors: Sequence[str], seed: int | None, *, quiet: bool) -> JudgedVendors:
    """One scenario, played straight to these vendors and through Tidegate. Raises UsageError."""
    number = seed if seed is not None else scenario.seed if scenario.seed is not None else DEFAULT_SEED
    cast = rehearsed(named_cast(vendors, scenario.requests))
    impossible = _impossible(cast, scenario)
    if impossible:
        return JudgedVendors(scenario.name, scenario.seconds, number, vendors, None, impossible)
    if not quiet:
        typer.echo(plain(f"playing {scenario.name}: {', '.join(cast.vendors)}, naive and through Tidegate …"), err=True)
    run = play_vendors(cast, with_usual_load(scenario, cast), number)
    pieces = scenario_pieces(scenario)
    return JudgedVendors(scenario.name, scenario.seconds, number, vendors, run, pieces=pieces)


def _impossible(cast: Cast, scenario: Scenario) -> list[str]:
    """What of a scenario cannot happen with these vendors, a sentence each."""
    operations = operations_of([vendor.document for vendor in cast.vendors.values()])
    return unplayable_faults(scenario, operations, [*cast.vendors])
