"""Tests of tidegate.vendor.search_path."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tidegate.files import put
from tidegate.problems import UsageError
from tidegate.vendor.search_path import find_vendor, find_vendors, own_vendors, shipped_vendors
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


def test_without_places_those_of_tidegate_yaml_are_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "mine" / "shop")
    (tmp_path / "tidegate.yaml").write_text("vendors: [mine]\n")
    assert find_vendor("shop") == Path("mine/shop/vendor.yaml")
    assert "shop" not in find_vendors([]), "who gives places gives all of them"
    assert list(own_vendors()) == ["shop"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vendors: [nowhere]", "nowhere: there is no such file or folder"),
        ("vendors: shop", "tidegate.yaml:1:1: vendors: this must be a list"),
        ("vendors: [3]", "this must be a list of files or folders"),
        ("a: [", "tidegate.yaml:1:"),
    ],
)
def test_a_tidegate_yaml_that_cannot_be_used_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tidegate.yaml").write_text(text)
    with pytest.raises(UsageError) as wrong:
        find_vendor("stripe")
    assert said in str(wrong.value)


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: path.symlink_to("nowhere")])
def test_a_tidegate_yaml_that_is_no_file_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], object]
) -> None:
    monkeypatch.chdir(tmp_path)
    make(Path("tidegate.yaml"))
    with pytest.raises(UsageError, match=r"tidegate\.yaml: cannot be read: "):
        find_vendor("stripe")


@pytest.mark.parametrize("make", ["a file", "a folder", "a folder with a vendor file"])
def test_what_happens_to_be_called_like_a_vendor_does_not_shadow_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: str
) -> None:
    monkeypatch.chdir(tmp_path)
    here = tmp_path / "stripe"
    if make == "a file":
        here.write_text("not a vendor")
    else:
        here.mkdir()
    if make == "a folder with a vendor file":
        put(here)
        assert find_vendor("./stripe") == Path("stripe/vendor.yaml")
    assert find_vendor("stripe") == shipped_vendors()["stripe"]


def test_a_folder_without_a_vendor_file_and_an_empty_name_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"empty: there is no vendor\.yaml in this folder"):
        find_vendor("empty")
    with pytest.raises(UsageError, match="there is no vendor"):
        find_vendor("")
