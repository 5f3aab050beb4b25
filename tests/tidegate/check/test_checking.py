"""A file and its document are judged together, every mistake at once; a start depends on the errors alone."""

import json
import sys
from pathlib import Path

import pytest

from tests.tidegate.files import DOCUMENT, put
from tidegate.check.checking import check_document, check_file, load_checked
from tidegate.configfile.finding import VendorFileError


def kinds(path: Path) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity) for finding in check_file(path)]


def test_five_mistakes_of_meaning_are_all_told_with_their_lines(tmp_path: Path) -> None:
    path = put(
        tmp_path,
        ("rotate_every: 90d", "rotate: 90d"),
        ("attempt: 12s", "attempt: 12"),
        ("secret: env:SHOP_KEY", "secret: sk_live_4242"),
        ("{idempotency: vendor-key}", "{order_by: /id}"),
        ("[80%, 95%]", "[100%]"),
    )
    findings = [(finding.line, finding.code) for finding in check_file(path, validate_document=False)]
    assert findings == [
        (7, "TG006"),
        (9, "TG106"),
        (10, "TG103"),
        (17, "TG104"),
        (18, "TG004"),
        (20, "TG002"),
        (21, "TG103"),
    ]


def test_a_missing_document_is_told_at_its_field_and_the_rest_is_judged(tmp_path: Path) -> None:
    path = put(tmp_path, ("owner: shop-team\n", ""), document=None)
    assert kinds(path) == [("TG005", "error"), ("TG108", "error")]
    finding = check_file(path)[1]
    assert (finding.path, finding.line) == ("document", 3)
    assert "openapi.json" in finding.message


def test_a_document_that_is_no_document_is_told(tmp_path: Path) -> None:
    assert [code for code, _ in kinds(put(tmp_path, document=[1]))] == ["TG108"]


def test_an_unsound_part_of_the_document_is_a_warning(tmp_path: Path) -> None:
    paths = {**DOCUMENT["paths"], "no-slash": {}}
    path = put(tmp_path, document={**DOCUMENT, "paths": paths})
    assert ("TG110", "warning") in kinds(path)
    assert load_checked(path)[0].vendor.vendor == "shop"


def test_a_sound_document_is_not_mentioned(tmp_path: Path) -> None:
    assert kinds(put(tmp_path)) == []


def test_what_the_validator_finds_is_a_warning(tmp_path: Path) -> None:
    path = put(tmp_path, document={key: value for key, value in DOCUMENT.items() if key != "info"})
    (finding,) = check_file(path)
    assert (finding.code, finding.severity, finding.path) == ("TG110", "warning", "document")
    assert "D019 the validator says" in finding.message
    assert "info" in finding.message


def test_a_document_that_points_elsewhere_is_not_fetched(tmp_path: Path) -> None:
    remote = {**DOCUMENT, "components": {"schemas": {"a": {"$ref": "https://elsewhere.example/a.json"}}}}
    (finding,) = check_file(put(tmp_path, document=remote))
    assert "D018" in finding.message
    assert "nothing is fetched" in finding.message


def test_a_document_alone_is_checked_with_every_place_code_and_cure(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({**DOCUMENT, "paths": {**DOCUMENT["paths"], "no-slash": {}}}))
    (finding,) = check_document(path, second=False)
    assert (finding.code, finding.severity, finding.file, finding.line) == ("TG110", "warning", str(path), 1)
    assert finding.message.startswith("#/paths/no-slash: D001 no-slash: ")
    assert finding.message.endswith("; write it like /things/{id}")


def test_a_document_alone_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    (finding,) = check_document(tmp_path / "a.json")
    assert (finding.code, finding.severity) == ("TG108", "error")


def test_a_start_does_not_load_the_validator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prance", None)
    loaded, document = load_checked(put(tmp_path))
    assert loaded.vendor.vendor == "shop"
    assert json.dumps(document.root)


def test_a_start_is_refused_for_a_broken_rule(tmp_path: Path) -> None:
    with pytest.raises(VendorFileError) as refused:
        load_checked(put(tmp_path, ("owner: shop-team\n", "")))
    assert [finding.code for finding in refused.value.findings] == ["TG005"]


def test_the_shipped_stripe_file_breaks_no_rule(root: Path) -> None:
    findings = check_file(root / "adapters" / "stripe" / "vendor.yaml")
    assert not findings
