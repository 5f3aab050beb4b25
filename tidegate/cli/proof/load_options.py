"""What `tidegate load` is asked for on the command line: vendors, addresses, scenario. It runs nothing."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tidegate.loadtests.house import app_headers
from tidegate.loadtests.load_order import LoadOrder, LoadVendor
from tidegate.loadtests.offer.locust_run import LocustOptions
from tidegate.loadtests.offer.offered_call import LoadTarget
from tidegate.loadtests.offer.usual_load import usual_rate_per_s, usual_scenario
from tidegate.loadtests.schedule import LoadShape
from tidegate.problems import UsageError
from tidegate.scenario.scenario import Scenario, load_scenario
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor

VENDOR = "stripe"
"""Who is called where nobody says."""
SEED = 1

Vendors = Annotated[
    list[str] | None, typer.Option("--vendor", help="A vendor's name, folder or file; again for another.", metavar="V")
]
Urls = Annotated[
    list[str] | None,
    typer.Option("--url", help="Where the vendor, or a proxy's place for it, runs already. Of several: NAME=URL."),
]
Story = Annotated[Path | None, typer.Option(help="Load, requests, faults and checks; docs/scenarios.md explains them.")]
Seed = Annotated[int | None, typer.Option(help="The same seed draws the same calls.")]
Headers = Annotated[
    list[str] | None,
    typer.Option("--header", help="A header of every call, `Name: value`; a value env:NAME is taken from there."),
]
Journals = Annotated[
    list[str] | None,
    typer.Option("--journal", help="The control address of the simulator behind --url. Of several: NAME=URL."),
]
Locustfile = Annotated[
    Path | None,
    typer.Option(help="Let the users of this locustfile make the calls, for --seconds.", exists=True, dir_okay=False),
]
Locust = Annotated[list[str] | None, typer.Argument(help="Locust's own options, after --.", metavar="[-- OPTIONS]")]
Csv = Annotated[
    Path | None, typer.Option(help="Write Locust's own statistics to files that begin so.", metavar="PREFIX")
]
Master = Annotated[bool, typer.Option("--master", help="Deal the calls out to workers, on this host or others.")]
ExpectWorkers = Annotated[int, typer.Option(help="Of a master: wait for so many workers.", min=1, max=1000)]
Worker = Annotated[bool, typer.Option("--worker", help="Take calls from a master, whose options count, and make them.")]
MasterHost = Annotated[str, typer.Option(help="Of a worker: where its master is.")]
MasterPort = Annotated[int, typer.Option(help="The master's port.", min=1, max=65534)]


@dataclass(frozen=True, slots=True)
class BurstOptions:
    """The numbers and lists of the command line."""

    rate: float | None
    seconds: float
    seed: int | None
    headers: Sequence[str] = ()
    journals: Sequence[str] = ()
    own: bool = False
    """Users of one's own make the calls, so there is no burst in their middle."""


def load_order(named: Sequence[str], urls: Sequence[str], story: Path | None, options: BurstOptions) -> LoadOrder:
    """What is to be played. Raises UsageError for what cannot be."""
    scenario = load_scenario(story) if story is not None else None
    given = [*named] or ([*scenario.vendor] if scenario is not None else [])
    vendors = [LoadVendor.of(load_vendor(find_vendor(one).resolve())) for one in given or [VENDOR]]
    names = [one.name for one in vendors]
    if len({*names}) < len(names):
        raise UsageError(f"--vendor: {', '.join(names)}: one is here twice")
    if scenario is None:
        scenario = _burst(vendors, options)
    elif options.rate is not None:
        raise UsageError("--rate: the scenario says how much is asked for; leave one of them out")
    targets = {
        one.name: LoadTarget(address, {**app_headers(one.loaded.vendor), **_headers(options.headers)})
        for one in vendors
        for address in _of(one.name, names, urls, "--url")
    }
    if targets and len(targets) < len(names):
        raise UsageError(f"--url: there is none for {', '.join(name for name in names if name not in targets)}")
    journals = {name: address for name in names for address in _of(name, names, options.journals, "--journal")}
    if journals and not targets:
        raise UsageError("--journal: that is for --url; a run of its own asks its own simulators")
    seed = options.seed if options.seed is not None else scenario.seed if scenario.seed is not None else SEED
    return LoadOrder(scenario, vendors, seed, targets, journals)


def described(order: LoadOrder) -> Mapping[str, object]:
    """The order as data, for the verdict's document."""
    scenario = order.scenario
    rates = [load.rate.per_second for load in scenario.load if load.rate is not None]
    return {
        "scenario": scenario.name, "seconds": scenario.seconds, "seed": order.seed, "rate": rates[0] if rates else None,
        "vendors": [one.name for one in order.vendors],
    }  # fmt: skip


def title(order: LoadOrder) -> str:
    """One line that says what was played."""
    return f"{', '.join(one.name for one in order.vendors)}: {order.scenario.name}, {order.scenario.seconds:g} s"


def locust_options(
    csv: Path | None, workers: int, master_port: int, more: Sequence[str], own: Path | None
) -> LocustOptions:
    """How Locust is run; `workers` is 0 without a master. Raises UsageError for a locustfile with a master."""
    if own is not None and workers:
        raise UsageError("--master deals out the calls of a scenario; a locustfile of your own runs without it")
    ports = ["--master-bind-port", str(master_port)] if workers else []
    return LocustOptions(csv, workers, [*ports, *more])


def shown_headers(given: Sequence[str] | None) -> list[str]:
    """Headers as a report may show them: a value that is not taken from the environment may be a secret."""
    shown = []
    for one in given or ():
        name, _, value = one.partition(":")
        shown.append(one if value.strip().startswith("env:") else f"{name}: …")
    return shown


def _burst(vendors: Sequence[LoadVendor], options: BurstOptions) -> Scenario:
    rate = options.rate
    if rate is None:
        rate = usual_rate_per_s({one.name: one.loaded.vendor for one in vendors})
    shape = LoadShape(rate, options.seconds, burst_s=0.0) if options.own else LoadShape(rate, options.seconds)
    return usual_scenario(shape, [one.name for one in vendors])


def _of(name: str, names: Sequence[str], given: Sequence[str], option: str) -> list[str]:
    """The address of a vendor among those that are given: `NAME=URL`, or the URL alone where there is one vendor."""
    named = dict(one.split("=", 1) for one in given if "=" in one.partition("://")[0])
    unknown = [one for one in named if one not in names]
    if unknown:
        raise UsageError(f"{option}: {unknown[0]} is no vendor of this run; they are {', '.join(names)}")
    plain = [one for one in given if "=" not in one.partition("://")[0]]
    if plain and (len(names) > 1 or len(given) > 1):
        raise UsageError(f"{option} {plain[0]}: say whose it is, like {names[0]}={plain[0]}")
    return [named[name]] if name in named else plain


def _headers(given: Sequence[str]) -> dict[str, str]:
    headers = {}
    for one in given:
        name, colon, value = (part.strip() for part in one.partition(":"))
        if not colon or not name:
            raise UsageError(f"--header {one}: write it as `Name: value`")
        if value.startswith("env:"):
            variable = value.removeprefix("env:")
            if variable not in os.environ:
                raise UsageError(f"--header {name}: the environment has no {variable}")
            value = os.environ[variable]
        headers[name] = value
    return headers
