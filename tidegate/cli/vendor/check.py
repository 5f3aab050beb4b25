"""`tidegate check`: vendor files against their forms, the rules and their documents, for people and for CI."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from xml.etree import ElementTree as ET

import typer

from tidegate.check.checking import check_document, check_file
from tidegate.check.rulebook import CODES
from tidegate.configfile.finding import Finding
from tidegate.junit import JUnitCase, JUnitFailure, junit_suite
from tidegate.openapi.diagnosis import is_document
from tidegate.problems import UsageError
from tidegate.vendor.search_path import find_vendors

FileFindings = Mapping[Path, Sequence[Finding]]


class Format(StrEnum):
    """The form in which findings are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    JUNIT = "junit"


def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Vendor files, folders of them, OpenAPI documents; every vendor by default.", metavar="[PATH]..."
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How findings are printed.")] = Format.TEXT,
) -> None:
    """Check vendor files and documents. Exit code 1 where a rule is broken; warnings do not count."""
    by_file = {
        file: check_document(file) if is_document(file) else check_file(file, name)
        for file, name in vendor_files(paths or []).items()
    }
    typer.echo(_FORMS[form](by_file), nl=form is not Format.GITHUB or any(by_file.values()))
    if any(finding.severity == "error" for findings in by_file.values() for finding in findings):
        raise typer.Exit(1)


def vendor_files(paths: Sequence[Path]) -> dict[Path, str]:
    """The files to check, with the name that each is found under; none where it was given itself.

    Raises UsageError for a path that is not there or holds none.
    """
    files: dict[Path, str] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder")
        if path.is_file():
            files.setdefault(path, "")
            continue
        inside = {file: name for name, file in find_vendors([path]).items() if path in file.parents}
        if not inside:
            raise UsageError(f"{path}: there is no vendor.yaml in this folder")
        files |= inside
    files = files or {file: name for name, file in find_vendors([]).items()}
    if not files:
        raise UsageError("no vendor file was found; write adapters/<vendor>/vendor.yaml, or name one")
    return files


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _counted(by_file: FileFindings) -> tuple[int, int]:
    all_of_them = [finding.severity for findings in by_file.values() for finding in findings]
    return all_of_them.count("error"), all_of_them.count("warning")


def _text(by_file: FileFindings) -> str:
    errors, warnings = _counted(by_file)
    lines = [str(finding) for findings in by_file.values() for finding in findings]
    counts = f"{_many(errors, 'error')}, {_many(warnings, 'warning')}" if errors or warnings else "all rules hold"
    return "\n".join([*lines, f"{_many(len(by_file), 'file')}: {counts}"])


def _json(by_file: FileFindings) -> str:
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
        for findings in by_file.values()
        for finding in findings
    ]
    document = {"files": [str(file) for file in by_file], "errors": errors, "warnings": warnings, "findings": findings}
    return json.dumps(document, sort_keys=True, ensure_ascii=False, indent=2)


def _github(by_file: FileFindings) -> str:
    """Workflow commands: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""
    return "\n".join(_github_command(finding) for findings in by_file.values() for finding in findings)


def _github_command(finding: Finding) -> str:
    place = f"file={_property(finding.file)},line={finding.line},col={finding.column},title={finding.code}"
    return f"::{finding.severity} {place}::" + _data(
        f"{finding.path}: {finding.message}" if finding.path else finding.message
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _junit(by_file: FileFindings) -> str:
    """One suite a file, one case a code, so that a rule that is mended turns from red to green."""
    root = ET.Element("testsuites", name="tidegate check")
    for file, findings in by_file.items():
        root.append(junit_suite(str(file), [_case(str(file), code, findings) for code in CODES]))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _case(file: str, code: str, findings: Sequence[Finding]) -> JUnitCase:
    errors = [finding for finding in findings if finding.code == code and finding.severity == "error"]
    warnings = [str(finding) for finding in findings if finding.code == code and finding.severity != "error"]
    failure = JUnitFailure(errors[0].message, "\n".join(map(str, errors)), code) if errors else None
    return JUnitCase(file, f"{code} {CODES[code]}", failure, "\n".join(warnings), {"file": file})


_FORMS = {Format.TEXT: _text, Format.JSON: _json, Format.GITHUB: _github, Format.JUNIT: _junit}
