"""`tidegate contracts covered`: whether each pact is within its vendor's OpenAPI document."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.proof.leaving import GitHub, Json, JUnit, leave
from tidegate.configfile.wording import nearest
from tidegate.contracts.covered import CoverReport, cover
from tidegate.contracts.drift.use.pact_use import PactUse, read_uses
from tidegate.contracts.pact_files import PACTS
from tidegate.contracts.provider_headers import provider_headers
from tidegate.openapi.document import Document
from tidegate.plain_line import plain
from tidegate.problems import UsageError
from tidegate.vendor.search_path import find_vendor, find_vendors
from tidegate.vendor.vendor_file import load_vendor
from tidegate.verdict import CaseVerdict, exit_code

SUITE = "tidegate contracts covered"
NOTHING = "no interaction was looked into"


def covered(
    vendors: Annotated[
        list[str] | None,
        typer.Argument(help="The providers; without any, all that the pacts name.", metavar="[VENDOR]…"),
    ] = None,
    spec: Annotated[
        Path | None, typer.Option(help="The document to look in, instead of the vendor file's.", metavar="FILE")
    ] = None,
    pacts: Annotated[Path, typer.Option(help="The folder with the Pact files.")] = PACTS,
    as_json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Check that each pact is within the vendor's document: it sends what is taken, and counts on what is promised.

    Exits with 1 where one is not, and with 2 where there is nothing to look into, be it of one vendor that is named.
    """
    uses = read_uses(sorted(pacts.glob("*.json")))
    reports = [*_reports(uses, vendors or [], spec, pacts)]
    judged = [case for report in reports for case in report.cases()]
    idle = [report.provider for report in reports if (vendors or not judged) and not report.cases()]
    cases = [*judged, *(CaseVerdict(provider, (), [NOTHING]) for provider in idle)]
    if as_json:
        held = exit_code(cases) == 0
        print(json.dumps({"held": held, "reports": [*map(_document, reports)]}))
    else:
        for report in reports:
            for line in report.lines():
                print(plain(line))
        for provider in idle:
            print(plain(f"{provider}: inconclusive: {NOTHING}"))
    leave(cases, SUITE, junit_file, github=github, as_json=as_json)


def _reports(uses: Sequence[PactUse], vendors: Sequence[str], spec: Path | None, pacts: Path) -> Iterator[CoverReport]:
    providers = list(dict.fromkeys(use.provider for use in uses))
    if not providers:
        raise UsageError(f"{pacts}: there is no pact")
    if spec is not None and len(vendors) != 1:
        raise UsageError(
            "--spec is the document of one vendor: name it, like `tidegate contracts covered stripe --spec …`"
        )
    for vendor in vendors:
        if vendor not in providers:
            known = nearest(vendor, providers) or f"; there are pacts with {', '.join(providers)}"
            raise UsageError(f"{pacts}: there is no pact with {vendor}{known}")
    known_vendors = find_vendors()
    for provider in vendors or providers:
        own = [use for use in uses if use.provider == provider]
        if spec is None and provider not in known_vendors and not vendors:
            why = f"there is no vendor file of {provider}, so its document is not known; give it with --spec"
            yield CoverReport(provider, "no document", tuple(own), (), (why,))
            continue
        loaded = load_vendor(find_vendor(provider)) if spec is None or provider in known_vendors else None
        path = spec or (loaded.document_path if loaded is not None else Path())
        put_in = provider_headers(loaded.vendor.facts) if loaded is not None else {}
        yield cover(provider, Document.load(path), own, put_in.keys())


def _document(report: CoverReport) -> dict[str, object]:
    return {
        "provider": report.provider,
        "document": report.document,
        "interactions": len(report.uses),
        "uncovered": [asdict(one) for one in report.uncovered],
        "inconclusive": [*report.untried],
        "notes": [*report.notes],
    }
