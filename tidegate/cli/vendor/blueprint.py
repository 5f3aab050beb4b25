"""`tidegate blueprint VENDOR`: the written blueprint, as Markdown or HTML, printed or into a file."""

from pathlib import Path
from typing import Annotated

import typer

from tidegate.blueprint.blueprint import blueprint as written_blueprint
from tidegate.check.checking import load_checked
from tidegate.cli.vendor.access_explanation import access_section
from tidegate.cli.written_file import own_file
from tidegate.monitoring.alert_rules import alert_rules
from tidegate.plan.planning import plan_vendor
from tidegate.proxy.config import load_config
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import VendorFileError
from tidegate.whole_file import write_whole


def blueprint(
    vendor: Annotated[str, typer.Argument(help="A vendor's name, or its vendor file or folder.", metavar="VENDOR")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write it here instead of printing it.", callback=own_file)
    ] = None,
    alerts: Annotated[
        Path | None,
        typer.Option(
            "--alerts",
            help="Write its alert rules to this file, for Prometheus; - prints them.",
            metavar="FILE",
            callback=own_file,
        ),
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="As a page of HTML; so is a FILE that ends in .html.")] = False,
) -> None:
    """Write the blueprint of a vendor: risks, architecture, calls, failure modes, secrets, alerts, runbook, checklist.

    Markdown, or HTML that needs nothing else.
    """
    try:
        loaded, document = load_checked(find_vendor(vendor))
    except VendorFileError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    if alerts is not None:
        put(alerts, alert_rules([loaded.vendor]))
    if alerts is None or output is not None:
        access = access_section(load_config(), loaded.vendor.vendor, plan_vendor(loaded, document))
        written = written_blueprint(loaded, document, access)
        as_html = html or (output is not None and output.suffix == ".html")
        put(output, written.html() if as_html else written.markdown)


def put(place: Path | None, text: str) -> None:
    """Print a page, or write it to its place. Raises UsageError."""
    if place is None or place == Path("-"):
        typer.echo(text, nl=False)
        return
    write_whole(place, text)
    typer.echo(f"{place} written", err=True)
