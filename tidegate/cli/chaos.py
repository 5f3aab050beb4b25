"""`tidegate chaos run`: play scenarios in the virtual world, for a naive client and for Tidegate, and judge both."""

from pathlib import Path
from typing import Annotated

import typer

from tidegate.chaos import report
from tidegate.chaos.run import play, straight, through_tidegate
from tidegate.problems import UsageError
from tidegate.scenario import Scenario, load_scenario

SHIPPED = Path(report.__file__).parent / "scenarios"

DEFAULT_SEED = 1


def run(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names of shipped scenarios, or files. Without any, all that are shipped.", metavar="[SCENARIO]..."
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same run. By default the scenario's own.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Run scenarios in the virtual world and judge their invariants. Exits with 1 where a promise broke."""
    chosen = [find(name) for name in scenarios or shipped()]
    results = [judged(scenario, seed, quiet=json) for scenario in chosen]
    held = not any(result.broken for result in results)
    if json:
        print(report.document({"held": held, "scenarios": [result.described() for result in results]}))
    else:
        console = report.console()
        for result in results:
            console.print(
                f"\n[bold]{result.name}[/] · {report.duration(result.seconds)} of virtual time · seed {result.seed}"
            )
            console.print(report.verdict({"naive": result.naive, "Tidegate": result.tidegate}))
            console.print(report.contrast(result.naive, result.tidegate))
            console.print(report.conclusion(result.broken))
            if result.broken:
                console.print(f"repeat it with: tidegate chaos run {result.name} --seed {result.seed}")
    if not held:
        raise typer.Exit(1)


def shipped() -> list[str]:
    """The names of the scenarios that come with Tidegate."""
    return sorted(file.stem for file in SHIPPED.glob("*.yaml"))


def find(name: str) -> Scenario:
    """A scenario by its name or file. Raises UsageError."""
    given = Path(name)
    if given.suffix in (".yaml", ".yml", ".json"):
        return load_scenario(given)
    if name not in shipped():
        raise UsageError(f"no scenario is called {name!r}; known are {', '.join(shipped())}, or give a .yaml file")
    return load_scenario(SHIPPED / f"{name}.yaml")


def judged(scenario: Scenario, seed: int | None, *, quiet: bool) -> report.Judged:
    """One scenario, played straight to the vendor and through Tidegate."""
    number = seed if seed is not None else scenario.seed if scenario.seed is not None else DEFAULT_SEED
    figures = []
    for what, way in (("naive", straight), ("tidegate", through_tidegate)):
        if not quiet:
            typer.echo(f"playing {scenario.name}: {what} …", err=True)
        figures.append(play(scenario, number, way).figures)
    return report.Judged(scenario.name, scenario.seconds, number, *figures)
