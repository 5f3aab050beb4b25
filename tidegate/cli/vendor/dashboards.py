"""`tidegate dashboards [VENDOR…]`: Grafana dashboards, one for the proxy and one for each vendor, as JSON files."""

from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.vendor.alerts import watched
from tidegate.monitoring.dashboard import overview_dashboard, vendor_dashboard
from tidegate.problems import UsageError
from tidegate.whole_file import write_whole


def dashboards(
    vendors: Annotated[
        list[str] | None,
        typer.Argument(
            help="Vendors by name, vendor files, or folders of them. By default the vendors of this folder.",
            metavar="[VENDOR|PATH]...",
        ),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The folder to write them into; it is made.", metavar="DIR")
    ] = Path("dashboards"),
) -> None:
    """Write Grafana dashboards: tidegate.json for the proxy with all its vendors, and one for each vendor.

    Grafana takes the folder as it is (a provider of type `file`). Exit code 1 where a vendor file breaks a rule.
    """
    shown = watched(vendors)
    files = {"tidegate": overview_dashboard(shown), **{vendor.vendor: vendor_dashboard(vendor) for vendor in shown}}
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{output}: this folder cannot be made: {error.strerror}") from None
    for name, text in files.items():
        write_whole(output / f"{name}.json", text)
    typer.echo(f"{output}: {len(files)} dashboards written", err=True)
