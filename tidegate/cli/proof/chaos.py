"""`tidegate chaos run | search | replay | outage`: play scenarios in the virtual world and judge them.

`run` plays written scenarios, for a naive client and for Tidegate. `search` draws scenarios from seeds and looks for
one that breaks a promise; `replay` plays one of those again. `outage` measures how a long outage ends.
"""

from pathlib import Path
from typing import Annotated

import typer

import tidegate.chaos
from tidegate.chaos.play.run import play, straight, through_tidegate
from tidegate.chaos.play.trial import TrialVerdict
from tidegate.chaos.report import junit, report
from tidegate.chaos.search import search as searching
from tidegate.chaos.search.recovery import Recovery, prove
from tidegate.chaos.timeline.draw import draw
from tidegate.problems import UsageError
from tidegate.scenario.scenario import Scenario, load_scenario
from tidegate.world.world import RealWorld

SHIPPED = Path(tidegate.chaos.__file__).parent / "scenarios"

DEFAULT_SEED = 1

MINUTES_MIN, MINUTES_MAX = 0.5, 120.0


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


def search(
    seeds: Annotated[int, typer.Option(help="How many scenarios are drawn and played.", min=1)] = 100,
    minutes: Annotated[float, typer.Option(help="Virtual minutes of each.", min=MINUTES_MIN, max=MINUTES_MAX)] = 10.0,
    first: Annotated[int, typer.Option(help="The first seed.", min=0)] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    junit_file: Annotated[
        Path | None, typer.Option("--junit", help="Write the verdicts as JUnit XML into this file.")
    ] = None,
) -> None:
    """Look for a scenario in which Tidegate breaks a promise. Exits with 1 where one was found."""

    def seen(count: int, verdict: TrialVerdict) -> None:
        if not json and (verdict.broken or count % 50 == 0):
            broken = f", seed {verdict.seed} broke: {verdict.broken[0]}" if verdict.broken else ""
            typer.echo(f"{count} of {seeds} seeds{broken}", err=True)

    result = searching.search(range(first, first + seeds), minutes, RealWorld().now, seen)
    if junit_file is not None:
        try:
            junit_file.write_text(junit.suite(result), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{junit_file}: cannot be written: {error.strerror}") from None
    if json:
        print(report.document(result.described()))
    else:
        report.console().print(report.search_summary(result))
    if result.failures:
        raise typer.Exit(1)


def replay(
    seed: Annotated[int, typer.Argument(help="The seed.", min=0)],
    minutes: Annotated[
        float, typer.Option(help="Virtual minutes, as the search had.", min=MINUTES_MIN, max=MINUTES_MAX)
    ] = 10.0,
    keep: Annotated[
        str | None, typer.Option(help="Play only these pieces, by their numbers: 0,3,7.", metavar="N,N")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Play one seed of a search again, and judge it. Exits with 1 where a promise broke."""
    places = None if keep is None else _places(keep, seed, minutes)
    drawn, verdict = searching.replay(seed, minutes, places)
    if json:
        print(report.document(report.trial(drawn, verdict)))
    else:
        report.console().print(report.replayed(drawn, verdict, places))
    if verdict.broken:
        raise typer.Exit(1)


def outage(
    seeds: Annotated[int, typer.Option(help="How many outages are played.", min=1)] = 20,
    first: Annotated[int, typer.Option(help="The first seed.", min=0)] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Play an outage of five minutes under 50 calls a second for each seed. Exits with 1 where a measure was missed."""

    def seen(recovery: Recovery) -> None:
        if not json:
            typer.echo(report.recovery_line(recovery), err=True)

    recoveries = prove(range(first, first + seeds), seen)
    broken = [recovery for recovery in recoveries if recovery.broken]
    if json:
        print(report.document({"held": not broken, "outages": [recovery.described() for recovery in recoveries]}))
    else:
        sentences = [f"seed {recovery.seed}: {sentence}" for recovery in broken for sentence in recovery.broken]
        report.console().print(report.conclusion(sentences))
    if broken:
        raise typer.Exit(1)


def _places(keep: str, seed: int, minutes: float) -> list[int]:
    count = len(draw(seed, minutes).pieces)
    numbers = keep.split(",")
    if not all(number.isascii() and number.isdigit() and int(number) < count for number in numbers):
        raise UsageError(f"--keep {keep}: write numbers from 0 to {count - 1} with commas between, like 0,3,7")
    return sorted({int(number) for number in numbers})


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


def judged(scenario: Scenario, seed: int | None, *, quiet: bool) -> report.JudgedScenario:
    """One scenario, played straight to the vendor and through Tidegate."""
    number = seed if seed is not None else scenario.seed if scenario.seed is not None else DEFAULT_SEED
    figures = []
    for what, way in (("naive", straight), ("tidegate", through_tidegate)):
        if not quiet:
            typer.echo(f"playing {scenario.name}: {what} …", err=True)
        figures.append(play(scenario, number, way).figures)
    return report.JudgedScenario(scenario.name, scenario.seconds, number, *figures)
