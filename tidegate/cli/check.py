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
from tidegate.openapi.diagnosis import is_document
from tidegate.problems import UsageError
from tidegate.vendor.search_path import find_vendors

Found = Mapping[Path, Sequence[Finding]]


class Format(StrEnum):
    """How findings are printed."""

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
    found = {
        file: check_document(file) if is_document(file) else check_file(file, name)
        for file, name in vendor_files(paths or []).items()
    }
    typer.echo(_FORMS[form](found), nl=form is not Format.GITHUB or any(found.values()))
    if any(finding.severity == "error" for findings in found.values() for finding in findings):
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


def _counted(found: Found) -> tuple[int, int]:
    all_of_them = [finding.severity for findings in found.values() for finding in findings]
    return all_of_them.count("error"), all_of_them.count("warning")


def _text(found: Found) -> str:
    errors, warnings = _counted(found)
    lines = [str(finding) for findings in found.values() for finding in findings]
    counts = f"{_many(errors, 'error')}, {_many(warnings, 'warning')}" if errors or warnings else "all rules hold"
    return "\n".join([*lines, f"{_many(len(found), 'file')}: {counts}"])


def _json(found: Found) -> str:
    errors, warnings = _counted(found)
    findings = [
        {
            "code": one.code,
            "severity": one.severity,
            "file": one.file,
            "line": one.line,
            "column": one.column,
            "path": one.path,
            "message": one.message,
        }
        for listed in found.values()
        for one in listed
    ]
    told = {"files": [str(file) for file in found], "errors": errors, "warnings": warnings, "findings": findings}
    return json.dumps(told, sort_keys=True, ensure_ascii=False, indent=2)


def _github(found: Found) -> str:
    """Workflow commands: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""
    return "\n".join(
        f"::{one.severity} file={_property(one.file)},line={one.line},col={one.column},title={one.code}::"
        + _data(f"{one.path}: {one.message}" if one.path else one.message)
        for listed in found.values()
        for one in listed
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _junit(found: Found) -> str:
    """One suite a file, one case a code, so that a rule that is mended turns from red to green."""
    root = ET.Element("testsuites", name="tidegate check")
    for file, findings in found.items():
        broken = {code: [one for one in findings if one.code == code and one.severity == "error"] for code in CODES}
        failures = sum(bool(listed) for listed in broken.values())
        suite = ET.SubElement(root, "testsuite", name=str(file), tests=str(len(CODES)), failures=str(failures))
        for code, listed in broken.items():
            case = ET.SubElement(suite, "testcase", classname=str(file), name=f"{code} {CODES[code]}", file=str(file))
            if listed:
                failure = ET.SubElement(case, "failure", message=listed[0].message, type=code)
                failure.text = "\n".join(map(str, listed))
            told = [str(one) for one in findings if one.code == code and one.severity != "error"]
            if told:
                ET.SubElement(case, "system-out").text = "\n".join(told)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


_FORMS = {Format.TEXT: _text, Format.JSON: _json, Format.GITHUB: _github, Format.JUNIT: _junit}
