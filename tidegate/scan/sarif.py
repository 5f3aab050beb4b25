"""Findings as SARIF 2.1.0 (OASIS), which code hosts show beside the code.

Only what the standard needs, and what these hosts read: rules with help, results with places and fingerprints, and what
could not be looked into as notifications.
"""

import json
import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from tidegate.plain_line import plain
from tidegate.scan.scan_finding import ScanFinding
from tidegate.scan.scan_rules import RULES
from tidegate.scan.scanning import ScanResult

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
SKIPPED_MAX = 1_000
"""So many files that were not looked into are named."""


def sarif(result: ScanResult, findings: Sequence[ScanFinding], version: str) -> str:
    """The log of one run."""
    names = list(RULES)
    skipped = [_notification(plain(f"{name}: {reason}"), name) for name, reason in result.skipped[:SKIPPED_MAX]]
    run: dict[str, Any] = {
        "tool": {"driver": {
            "name": "tidegate scan", "version": version, "informationUri": "https://tidegate.dev/",
            "rules": [_rule(name) for name in names],
        }},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"ROOT": {"description": {"text": "The folder that was scanned."}}},
        "invocations": [{"executionSuccessful": not result.skipped, "toolExecutionNotifications": skipped}],
        "results": [_result(finding, names) for finding in findings],
    }  # fmt: skip
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(name: str) -> dict[str, Any]:
    rule = RULES[name]
    return {
        "id": rule.code,
        "name": "".join(part.capitalize() for part in name.split("-")),
        "shortDescription": {"text": name},
        "fullDescription": {"text": rule.says},
        "help": {"text": f"{rule.says} {rule.cure}", "markdown": f"{rule.says}\n\n**{rule.cure}**"},
        "defaultConfiguration": {"level": rule.level},
        "properties": {"tags": ["vendor", "reliability"]},
    }


def _result(finding: ScanFinding, names: Sequence[str]) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": finding.line, "startColumn": finding.column}
    return {
        "ruleId": finding.rule.code,
        "ruleIndex": names.index(finding.rule_name),
        "level": finding.rule.level,
        "message": {"text": f"{finding.message}. {finding.rule.cure}"},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": _place(finding.path), "region": region,
            }
        }],
        "partialFingerprints": {"tidegateScan/v1": finding.fingerprint},
        "properties": {"vendor": finding.vendor} if finding.vendor else {},
    }  # fmt: skip


def _notification(text: str, name: str) -> dict[str, Any]:
    return {
        "level": "warning",
        "message": {"text": text},
        "locations": [{"physicalLocation": {"artifactLocation": _place(name)}}],
    }


def _place(name: str) -> dict[str, str]:
    """A file below the folder. What its name is made of is bytes, and they need not be UTF-8."""
    return {"uri": quote(os.fsencode(name)), "uriBaseId": "ROOT"}
