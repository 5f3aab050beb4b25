"""The rulebook judges a file by every rule, and says nothing of what could not be read."""

from pathlib import Path

from tests.tidegate.files import DOCUMENT, VENDOR, put
from tests.tidegate.plans import POST, broken
from tidegate.check.rulebook import CODES, check
from tidegate.configfile.finding import FORM_CODES
from tidegate.configfile.rule import RULES
from tidegate.openapi.document import Document
from tidegate.vendor.vendor_file import LoadedVendor, read_vendor


def test_a_good_file_breaks_no_rule(tmp_path: Path) -> None:
    assert broken(tmp_path) == []


def test_every_rule_has_a_name() -> None:
    assert [code for code in CODES if code < "TG100"] == [f"TG{number:03}" for number in range(1, 11)]
    assert [code for code in CODES if code > "TG100"] == [f"TG{number}" for number in range(101, 120)]


def test_rules_of_one_code_are_parts_of_one_promise() -> None:
    assert {(known.code, known.holds) for known in RULES} == {(known.code, CODES[known.code]) for known in RULES}
    assert {known.code for known in RULES}.isdisjoint(FORM_CODES)


def test_a_mistake_of_the_policy_is_told_once_not_for_each_operation(tmp_path: Path, specs: Path) -> None:
    path = put(tmp_path, ("attempt: 12s", "attempt: 40s"), ("openapi.json", str(specs / "stripe" / "spec3.json")))
    loaded = read_vendor(path).loaded
    assert loaded is not None
    assert [finding.code for finding in check(loaded, Document.load(loaded.document_path))] == ["TG001"]


def test_nothing_is_said_about_a_field_that_cannot_be_read(tmp_path: Path) -> None:
    assert broken(tmp_path, ("attempt: 12s", "attempt: 40")) == []
    assert broken(tmp_path, ("connect: 2s", "connect: 40")) == []
    assert broken(tmp_path, (POST, "Post*: {idempotency: vendor_key}")) == []
    assert broken(tmp_path, ("operations:\n", "operations:\n  GetOrder: 5\n")) == []
    assert broken(tmp_path, ("[80%, 95%]", "[80]")) == []


def test_an_unknown_key_hides_no_broken_rule(tmp_path: Path) -> None:
    assert broken(tmp_path, (POST, "PostOrders: {idempotency: vendor-key, atempts: 1}")) == [("TG002", "operations")]


def test_without_the_document_the_rest_is_still_judged(tmp_path: Path) -> None:
    loaded = read_vendor(put(tmp_path, ("owner: shop-team\n", ""), ("attempt: 12s", "attempt: 40s"))).loaded
    assert loaded is not None
    assert [finding.code for finding in check(loaded, None)] == ["TG005"]


def test_the_example_uses_every_method(tmp_path: Path) -> None:
    methods = {operation.method for operation in Document(DOCUMENT).operations.values()}
    assert methods == {"GET", "POST", "PUT", "DELETE"}
    assert isinstance(read_vendor(put(tmp_path, text=VENDOR)).loaded, LoadedVendor)
