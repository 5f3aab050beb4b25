"""Tests of tidegate.vendor.search_path."""

from pathlib import Path

import pytest

from tests.tidegate.files import put
from tidegate.problems import UsageError
from tidegate.vendor.search_path import find_vendor, find_vendors
from tidegate.vendor.vendor_file import VendorFileError, load_vendor, read_vendor


def told(path: Path) -> list[str]:
    return [str(finding).removeprefix(f"{path}:") for finding in read_vendor(path).findings]


def test_vendors_are_found_along_the_path_the_first_one_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = put(tmp_path / "one" / "shop"), put(tmp_path / "two" / "shop")
    own = put(tmp_path / "adapters" / "stripe")
    files = find_vendors([tmp_path / "one", tmp_path / "two"])
    assert files["shop"] == first
    assert files["stripe"] == Path("adapters/stripe/vendor.yaml")
    assert own.exists()
    assert find_vendors([second, first.parent])["shop"] == second


def test_the_shipped_vendors_are_always_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_vendor(find_vendors([])["stripe"]).vendor.vendor == "stripe"


def test_a_vendor_is_named_by_name_folder_or_file(tmp_path: Path) -> None:
    path = put(tmp_path / "shop")
    assert find_vendor(str(path)) == find_vendor(str(path.parent)) == find_vendor("shop", [tmp_path]) == path
    with pytest.raises(UsageError, match="there is no vendor strip; did you mean stripe"):
        find_vendor("strip")


def test_a_vendor_that_calls_itself_otherwise_than_its_folder_is_not_found_silently(tmp_path: Path) -> None:
    path = put(tmp_path / "store")
    with pytest.raises(VendorFileError, match="rename the folder to shop"):
        find_vendor("store", [tmp_path])
    assert find_vendor(str(path)) == path
