"""TG111: settings for reads stand where they mean something; TG009: so do fallbacks."""

from pathlib import Path

import pytest

from tests.tidegate.plans import POST, findings


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("  GetOrder: {cache: {fresh: 2s}, hedge: {after: p95}, coalesce: app}", []),
        ('  "*": {cache: {fresh: 2s}, hedge: {after: 1s}}', []),
        ("  PutOrder: {cache: {fresh: 2s}}", [("TG111", "operations.PutOrder.cache")]),
        ("  PutOrder: {hedge: {after: 1s}}", [("TG111", "operations.PutOrder.hedge")]),
        ("  PostOrder*: {coalesce: app}", [("TG111", "operations.PostOrder*.coalesce")]),
        ("  GetOrder: {unavailable: cache}", [("TG009", "operations.GetOrder.unavailable")]),
        ("  GetOrder: {unavailable: cache, cache: {fresh: 2s}}", [("TG009", "operations.GetOrder.unavailable")]),
        ("  GetOrder: {unavailable: cache, cache: {stale_if_error: 5m}}", []),
        ("  GetOrder: {unavailable: {static: {status: 200}}}", []),
        ("  PutOrder: {unavailable: {static: {status: 200}}}", [("TG009", "operations.PutOrder.unavailable")]),
        ('  "*": {unavailable: {static: {status: 200}}}', [("TG009", "operations.*.unavailable")]),
        ("  PutOrder: {unavailable: {fail: why}}", []),
        ("  GetNothing: {hedge: {after: 1s}}", [("TG109", "operations.GetNothing")]),
    ],
)
def test_a_setting_fits_its_operation(tmp_path: Path, entries: str, expected: list[tuple[str, str]]) -> None:
    breaches = findings(tmp_path, (POST, f"{POST}\n{entries}"))
    assert [(finding.code, finding.path) for finding in breaches if finding.severity == "error"] == expected
