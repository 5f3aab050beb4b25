"""`tidegate check`: vendor files against their forms, the rules and their documents, for people and for CI."""

import json
import os
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from tidegate.check.checking import OF_CONFIGURATIONS, OF_DOCUMENTS, check_document, check_file, unexamined
from tidegate.check.rulebook import CODES
from tidegate.cli.vendor.checkout import in_checkout
from tidegate.cli.vendor.config_findings import config_findings, is_configuration
from tidegate.cli.written_file import writable
from tidegate.configfile.finding import Finding
from tidegate.configfile.wording import nearest
from tidegate.junit import JUnitCase, JUnitFailure, document, junit_suite
from tidegate.openapi.diagnosis import is_document
from tidegate.problems import UsageError
from tidegate.proxy.config import load_config
from tidegate.vendor.search_path import CONFIG_FILE, find_vendors, own_vendors, shipped_vendors
from tidegate.verdict import github_data, github_property
from tidegate.whole_file import write_whole


class CheckedFile(NamedTuple):
    """What was found in one file, and the codes that were not looked into."""

    findings: Sequence[Finding]
    unexamined: Collection[str]


FileFindings = Mapping[Path, CheckedFile]


class Format(StrEnum):
    """The form in which findings are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    JUNIT = "junit"


def check(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            help="Vendors by name, vendor files, folders of them, OpenAPI documents, a tidegate.yaml. By default the "
            "vendors of this folder: ./tidegate.yaml and what it names, and ./adapters.",
            metavar="[VENDOR|PATH]...",
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How findings are printed.")] = Format.TEXT,
    junit_file: Annotated[
        Path | None, typer.Option("--junit", help="Write the findings to this JUnit file as well.", callback=writable)
    ] = None,
) -> None:
    """Check vendor files, documents and tidegate.yaml. Exit code 1 where a rule is broken; warnings do not count.

    Exit code 2 where there is nothing to check.
    """
    files = files_named(paths) if paths else files_here()
    by_file = {file: _checked(file, name) for file, name in files.items()}
    untried = () if files.keys() - {CONFIG_FILE} or paths else (NOTHING_HERE,)
    shown = _json(by_file, untried) if form is Format.JSON else _FORMS[form](by_file)
    if shown and (form is Format.JSON or by_file):
        typer.echo(shown)
    if junit_file is not None:
        write_whole(junit_file, _junit(by_file))
    if any(finding.severity == "error" for file in by_file.values() for finding in file.findings):
        raise typer.Exit(1)
    for sentence in untried:
        typer.echo(f"tidegate: inconclusive: {sentence}", err=True)
    if untried:
        raise typer.Exit(2)


NOTHING_HERE = (
    "no vendor file was examined: there is no adapters/<vendor>/vendor.yaml here, and no tidegate.yaml that names one; "
    "write one, or name a vendor, like stripe"
)


def files_here() -> dict[Path, str]:
    """The files of this folder, with the name that each is found under: ./tidegate.yaml, and the vendors it means.

    A vendor that ships with Tidegate is among them where `use` names it.
    """
    if not os.path.lexists(CONFIG_FILE):
        return {file: name for name, file in own_vendors().items()}
    try:
        config = load_config(CONFIG_FILE)
        own = own_vendors(config.vendors)
    except UsageError:  # is among the findings of tidegate.yaml
        return {CONFIG_FILE: ""}
    shipped = {name: file for name, file in shipped_vendors().items() if name in config.use}
    return {CONFIG_FILE: "", **{file: name for name, file in {**shipped, **own}.items()}}


def files_named(paths: Sequence[str]) -> dict[Path, str]:
    """The files to check, with the name that each is found under; none where it was given itself.

    A plain word is a vendor's name first. Raises UsageError for a path that is not there or holds none.
    """
    files: dict[Path, str] = {}
    known = _known()
    for word in paths:
        path = Path(word)
        if word in known and path.name == word:
            files.setdefault(known[word], word)
        elif path.is_file():
            files.setdefault(path, "")
        elif path.is_dir():
            inside = {file: name for name, file in own_vendors([path]).items() if path in file.parents}
            if not inside:
                raise UsageError(f"{word}: there is no vendor.yaml in this folder")
            files |= inside
        else:
            raise UsageError(f"{word}: there is no such file, folder or vendor{nearest(word, known)}")
    return files


def _known() -> Mapping[str, Path]:
    """The vendors that may be named. Where ./tidegate.yaml is broken, the shipped ones: it is to be checked itself."""
    try:
        return find_vendors()
    except UsageError:
        return shipped_vendors()


def _checked(file: Path, name: str) -> CheckedFile:
    if file.name != CONFIG_FILE.name and is_document(file):
        findings = check_document(file)
        return CheckedFile(findings, unexamined(findings, OF_DOCUMENTS))
    if is_configuration(file):
        findings = config_findings(file)
        return CheckedFile(findings, unexamined(findings, OF_CONFIGURATIONS))
    findings = check_file(file, name)
    return CheckedFile(findings, unexamined(findings, CODES))


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _counted(by_file: FileFindings) -> tuple[int, int]:
    all_of_them = [finding.severity for file in by_file.values() for finding in file.findings]
    return all_of_them.count("error"), all_of_them.count("warning")


def _text(by_file: FileFindings) -> str:
    errors, warnings = _counted(by_file)
    lines = [str(finding) for file in by_file.values() for finding in file.findings]
    counts = f"{_many(errors, 'error')}, {_many(warnings, 'warning')}" if errors or warnings else "all rules hold"
    return "\n".join([*lines, f"{_many(len(by_file), 'file')}: {counts}"])


def _json(by_file: FileFindings, untried: Sequence[str]) -> str:
    errors, warnings = _counted(by_file)
    findings = [
        {
            "code": finding.code,
            "severity": finding.severity,
            "file": finding.file,
            "line": finding.line,
            "column": finding.column,
            "path": finding.path,
            "message": finding.message,
        }
        for file in by_file.values()
        for finding in file.findings
    ]
    whole = {
        "files": [str(file) for file in by_file],
        "errors": errors,
        "warnings": warnings,
        "findings": findings,
        "inconclusive": list(untried),
    }
    return json.dumps(whole, sort_keys=True, ensure_ascii=False, indent=2)


def _github(by_file: FileFindings) -> str:
    """Workflow commands: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""
    return "\n".join(_github_command(finding) for file in by_file.values() for finding in file.findings)


def _github_command(finding: Finding) -> str:
    file = github_property(in_checkout(finding.file))
    place = f"file={file},line={finding.line},col={finding.column},title={finding.code}"
    return f"::{finding.severity} {place}::" + github_data(
        f"{finding.path}: {finding.message}" if finding.path else finding.message
    )


def _junit(by_file: FileFindings) -> str:
    """One suite a file, one case a code, so that a rule that is mended turns from red to green."""
    suites = [
        junit_suite(str(file), [_case(str(file), code, checked) for code in CODES]) for file, checked in by_file.items()
    ]
    return document(suites)


def _case(file: str, code: str, checked: CheckedFile) -> JUnitCase:
    errors = [finding for finding in checked.findings if finding.code == code and finding.severity == "error"]
    warnings = [str(finding) for finding in checked.findings if finding.code == code and finding.severity != "error"]
    failure = JUnitFailure(errors[0].message, "\n".join(map(str, errors)), code) if errors else None
    skipped = "not examined in this file" if code in checked.unexamined else ""
    name = f"{code} {CODES[code]}"
    return JUnitCase(file, name, failure, output="\n".join(warnings), skipped=skipped, attributes={"file": file})


_FORMS = {Format.TEXT: _text, Format.GITHUB: _github, Format.JUNIT: _junit}
