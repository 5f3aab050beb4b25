"""`tidegate contracts drift`: what a vendor changed, graded by what our adapters use of it."""

import asyncio
import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cassette.cassette_file import read_head
from tidegate.cli.contracts.tape_drift import is_cassette, tape_drift
from tidegate.cli.proof.leaving import GitHub, Html, Json, JUnit, leave, write_page
from tidegate.cli.proof.repeating import repeat_command
from tidegate.contracts.drift.document_drift import document_drift, uses_of
from tidegate.contracts.drift.drift_report import DriftReport
from tidegate.contracts.drift.report_page import drift_page
from tidegate.contracts.drift.use.grading import used_operations
from tidegate.contracts.pact_files import PACTS
from tidegate.openapi.document import Document
from tidegate.plain_text import plain
from tidegate.problems import UsageError
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor

SUITE = "tidegate contracts drift"


class FailOn(StrEnum):
    """The grade from which on the exit code is 1."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


def drift(
    context: typer.Context,
    old: Annotated[str, typer.Argument(help="An OpenAPI document, or a vendor's name for its document.")],
    new: Annotated[Path, typer.Argument(help="The document to compare it with; or a cassette, for a vendor.")],
    vendor: Annotated[
        str | None, typer.Option(help="Grade by the pacts with this provider; else by those that fit.")
    ] = None,
    pacts: Annotated[Path, typer.Option(help="The folder with the Pact files.")] = PACTS,
    fail_on: Annotated[FailOn, typer.Option(help="Exit with 1 from this grade on.")] = FailOn.ERROR,
    every: Annotated[bool, typer.Option("--all", help="Print every notice.")] = False,
    html: Html = None,
    as_json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Compare two documents of a vendor: what breaks a pact, what touches a used operation, and the rest.

    A cassette is compared with the vendor's document and its simulator. Exits with 1 where a pact is broken, and with 2
    where nothing could be graded, or compared.
    """
    report = _of_cassette(old, new, pacts) if is_cassette(new) else _of_documents(old, new, vendor, pacts)
    put_out(report, fail_on, every=every, as_json=as_json)
    page = drift_page_writer(html, report, fail_on, context)
    leave(report.cases(fail_on.value), SUITE, junit_file, github=github, as_json=as_json, page=page)


def _of_documents(old: str, new: Path, vendor: str | None, pacts: Path) -> DriftReport:
    path, provider = _document(old)
    provider = vendor or provider
    before, after = Document.load(path), Document.load(new)
    return document_drift(before, after, uses_of(before, pacts, provider), provider)


def _of_cassette(vendor: str, cassette: Path, pacts: Path) -> DriftReport:
    loaded = load_vendor(find_vendor(vendor))
    head = read_head(cassette)
    if head.vendor and head.vendor != loaded.vendor.vendor:
        raise UsageError(f"{cassette}: this was recorded of {head.vendor}, and not of {loaded.vendor.vendor}")
    document = Document.load(loaded.document_path)
    uses = used_operations(document, uses_of(document, pacts, loaded.vendor.vendor))
    return asyncio.run(tape_drift(loaded, document, cassette, uses))


def put_out(report: DriftReport, fail_on: FailOn, *, every: bool, as_json: bool) -> None:
    """Print a report."""
    if as_json:
        print(json.dumps(report.document(fail_on.value), sort_keys=True))
    else:
        for line in report.lines(whole=every):
            print(plain(line))


def drift_page_writer(
    html: Path | None, report: DriftReport, fail_on: FailOn, context: typer.Context
) -> Callable[[], None]:
    """Writes the report as a page, where one is asked for, once everything else has been told."""
    return lambda: write_page(html, lambda: drift_page(report, fail_on.value, repeat_command(context)))


def _document(named: str) -> tuple[Path, str]:
    """The file of a document, and the vendor where it was named. Raises UsageError."""
    path = Path(named)
    if path.is_file():
        return path, ""
    try:
        loaded = load_vendor(find_vendor(named))
    except UsageError as error:
        raise UsageError(f"{named}: there is no such document, and no such vendor: {error}") from None
    return loaded.document_path, loaded.vendor.vendor
