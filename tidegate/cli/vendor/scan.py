"""`tidegate scan`: anti-patterns in an app's code, for people, for code hosts, and against a baseline."""

import json
from dataclasses import asdict, replace
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.vendor.checkout import in_checkout
from tidegate.problems import UsageError
from tidegate.scan.baseline import ScanBaseline, read_baseline, written_baseline
from tidegate.scan.sarif import sarif
from tidegate.scan.scan_finding import ScanFinding
from tidegate.scan.scan_report import as_github, as_text
from tidegate.scan.scanning import ScanResult
from tidegate.scan.scanning import scan as scan_places
from tidegate.scan.vendor_hosts import VendorHosts
from tidegate.vendor.search_path import find_vendors
from tidegate.whole_file import write_whole


class ScanFormat(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    SARIF = "sarif"
    GITHUB = "github"
    JSON = "json"


def scan(
    places: Annotated[list[Path], typer.Argument(help="The app's files or folders.", metavar="PATH...")],
    *,
    form: Annotated[ScanFormat, typer.Option("--format", help="How findings are printed.")] = ScanFormat.TEXT,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write them here instead.")] = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="Only findings that are not in this file fail.", metavar="FILE")
    ] = None,
    write_baseline: Annotated[
        Path | None, typer.Option("--write-baseline", help="Write what is found as a baseline.", metavar="FILE")
    ] = None,
) -> None:
    """Find anti-patterns in an app's code: calls past the proxy, without timeout, retried by hand, keys in the code.

    Python by its own syntax tree; JavaScript, TypeScript and Go with the extra `scan`. Exits with 1 where something new
    is found, and with 2 where files were not looked into.
    """
    if output is not None and write_baseline is not None:
        raise UsageError("--write-baseline writes the baseline and no findings; leave --output out")
    for place in places:
        if not place.exists():
            raise UsageError(f"{place}: there is no such file or folder")
    known = read_baseline(baseline) if baseline is not None else ScanBaseline(frozenset())
    result = scan_places(places, VendorHosts.of(find_vendors()))
    if write_baseline is not None:
        write_whole(write_baseline, written_baseline(result.findings))
        typer.echo(f"{write_baseline}: {len(result.findings)} findings", err=True)
        _end(result, [])
        return
    new = known.new(result.findings)
    text = _written(form, result, new, known)
    if output is not None:
        write_whole(output, text + "\n")
    elif text:
        typer.echo(text)
    _end(result, new)


def _written(form: ScanFormat, result: ScanResult, new: list[ScanFinding], known: ScanBaseline) -> str:
    if form is ScanFormat.SARIF:
        return sarif(result, new, version("tidegate")).rstrip("\n")
    if form is ScanFormat.GITHUB:
        return as_github([replace(one, path=in_checkout(one.path)) for one in new])
    if form is ScanFormat.JSON:
        found = [{**asdict(one), "level": one.rule.level} for one in new]
        for one in found:
            del one["text"]  # a line may hold a key
        whole = {"files": result.files, "findings": found, "skipped": result.skipped, "suppressed": result.suppressed}
        return json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False)
    return as_text(result, new, len(result.findings) - len(new), known.gone(result.findings))


def _end(result: ScanResult, new: list[ScanFinding]) -> None:
    """Leave with 1 where something was found, with 2 where nothing, or not everything, was looked into."""
    if new:
        raise typer.Exit(1)
    for reason, count in result.unlooked.items():
        typer.echo(f"tidegate: inconclusive: {count} files were not looked into: {reason}", err=True)
    if not result.files and not result.skipped and not result.generated:
        typer.echo("tidegate: inconclusive: there is no Python, JavaScript, TypeScript or Go in there", err=True)
    if result.skipped or not (result.files or result.generated):
        raise typer.Exit(2)
