"""`tidegate contracts observed`: what a running proxy has seen of drift in a vendor's answers, graded by the pacts."""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from tidegate.cli.contracts.drift import FailOn, drift_page_writer, put_out
from tidegate.cli.proof.leaving import GitHub, Html, Json, JUnit, leave
from tidegate.cli.proxy.admin_port import AdminPort, admin_access
from tidegate.contracts.drift.document_drift import uses_of
from tidegate.contracts.drift.observed_drift import observed_drift
from tidegate.contracts.drift.use.grading import used_operations
from tidegate.contracts.pact_files import PACTS
from tidegate.openapi.document import Document
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor

SUITE = "tidegate contracts observed"


def observed(
    context: typer.Context,
    vendor: Annotated[str, typer.Argument(help="The vendor; its policy must say `drift: {sample: …}`.")],
    pacts: Annotated[Path, typer.Option(help="The folder with the Pact files.")] = PACTS,
    admin: Annotated[
        str | None, typer.Option(help="The proxy's admin port.", envvar="TIDEGATE_ADMIN", metavar="URL")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="The proxy's file; ./tidegate.yaml by default.")
    ] = None,
    fail_on: Annotated[FailOn, typer.Option(help="Exit with 1 from this grade on.")] = FailOn.ERROR,
    every: Annotated[bool, typer.Option("--all", help="Print every notice.")] = False,
    html: Html = None,
    as_json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Show how a vendor's answers depart from its document and from earlier answers, as a running proxy has seen it.

    Exits with 1 where a pact is broken, and with 2 where no answer was looked at.
    """
    page_of = f"/drift/{quote(vendor, safe='')}"
    found: dict[str, Any] = AdminPort(admin_access(admin, config)).get(page_of, judged=True)
    document = Document.load(load_vendor(find_vendor(vendor)).document_path)
    report = observed_drift(vendor, found, used_operations(document, uses_of(document, pacts, vendor)))
    put_out(report, fail_on, every=every, as_json=as_json)
    page = drift_page_writer(html, report, fail_on, context)
    leave(report.cases(fail_on.value), SUITE, junit_file, github=github, as_json=as_json, page=page)
