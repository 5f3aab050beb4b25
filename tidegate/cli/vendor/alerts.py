"""`tidegate alerts [VENDOR…]`: the alert rules of vendors, for Prometheus, on standard output or into a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tidegate.check.checking import load_checked
from tidegate.cli.vendor.blueprint import put
from tidegate.cli.vendor.check import NOTHING_HERE, files_here, files_named
from tidegate.monitoring.alert_rules import alert_rules, rule_resource
from tidegate.problems import UsageError
from tidegate.vendor.search_path import CONFIG_FILE
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_file import VendorFileError


def alerts(
    vendors: Annotated[
        list[str] | None,
        typer.Argument(
            help="Vendors by name, vendor files, or folders of them. By default the vendors of this folder.",
            metavar="[VENDOR|PATH]...",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write them here instead of printing them.", metavar="FILE")
    ] = None,
    kubernetes: Annotated[
        bool, typer.Option("--kubernetes", help="As a PrometheusRule, which the Prometheus operator loads.")
    ] = False,
) -> None:
    """Write the alert rules of vendors, and of the proxy itself, as one rule file for Prometheus.

    Exit code 1 where a vendor file breaks a rule; then nothing is written.
    """
    made = rule_resource if kubernetes else alert_rules
    put(output, made(watched(vendors)))


def watched(names: Sequence[str] | None) -> list[Vendor]:
    """The vendors that are meant, in the order of their names. Leaves with 1 where a file breaks a rule."""
    files = files_named(names) if names else files_here()
    try:
        made = [load_checked(file)[0].vendor for file in files if file.name != CONFIG_FILE.name]
    except VendorFileError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    if not made:
        raise UsageError(NOTHING_HERE)
    return sorted(made, key=lambda vendor: vendor.vendor)
