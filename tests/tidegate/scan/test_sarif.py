"""SARIF is valid by its schema, as models that were made of it read it."""

import json
from pathlib import Path

from fluidattacks_core.sarif import SarifLog

from tests.tidegate.scan.planted_cases import scanned
from tidegate.scan.sarif import sarif
from tidegate.scan.scan_rules import RULES
from tidegate.scan.scanning import ScanResult


def test_a_whole_run_is_valid(tmp_path: Path) -> None:
    result = scanned("python", tmp_path).result
    result.skipped.append(("odd name#1.py", "it is not UTF-8 text"))
    text = sarif(result, result.findings, "0.1.0")
    SarifLog.model_validate_json(text)
    [run] = json.loads(text)["runs"]
    assert len(run["results"]) == len(result.findings) > 40
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.code for rule in RULES.values()]
    for one in run["results"]:
        assert run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
        assert one["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1
    [notification] = run["invocations"][0]["toolExecutionNotifications"]
    assert "odd%20name%231.py" in json.dumps(notification)
    assert run["invocations"][0]["executionSuccessful"] is False


def test_no_line_of_code_is_in_it(tmp_path: Path) -> None:
    result = scanned("python", tmp_path).result
    assert "sk_live_4eC39" not in sarif(result, result.findings, "0.1.0")


def test_a_run_without_findings_is_valid() -> None:
    SarifLog.model_validate_json(sarif(ScanResult(files=1), [], "0.1.0"))


def test_a_name_that_is_no_utf_8_is_bytes_in_its_address() -> None:
    text = sarif(ScanResult(files=1, skipped=[("bad\udcff.py", "it is not UTF-8 text")]), [], "0.1.0")
    SarifLog.model_validate_json(text)
    assert '"bad%FF.py"' in text
