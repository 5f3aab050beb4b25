"""Planted cases in three languages: every one is found, nothing else is, and what is not looked into is said."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.tidegate.scan.planted_cases import PlantedTree, scanned
from tidegate.scan import scanning
from tidegate.scan.scanning import NEEDS_EXTRA, scan
from tidegate.scan.source_tree import FILE_BYTES_MAX
from tidegate.scan.vendor_hosts import VendorHosts

HOSTS = VendorHosts({"api.stripe.com": "stripe"})
TREES = ("python", "python_module_calls", "python_own_module", "javascript", "go")
PLANTED_MIN = 100


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, PlantedTree]:
    """Every tree, planted and scanned once."""
    return {name: scanned(name, tmp_path_factory.mktemp(name)) for name in TREES}


@pytest.mark.parametrize("name", TREES)
def test_what_is_planted_is_found_and_nothing_else(name: str, trees: Mapping[str, PlantedTree]) -> None:
    tree = trees[name]
    assert tree.missed == []
    assert tree.wrong == []
    assert tree.recall == tree.precision == 1.0


def test_there_are_enough_cases_of_each_rule_in_three_languages(trees: Mapping[str, PlantedTree]) -> None:
    planted = [place for tree in trees.values() for place in tree.planted]
    assert len(planted) >= PLANTED_MIN
    for language in ("python", "javascript", "go"):
        rules = {rule for _, _, rule in trees[language].planted}
        assert rules == {
            "bypass-host", "bypass-sdk", "no-timeout", "retry-loop", "catch-all", "literal-key", "vendor-type",
        }, language  # fmt: skip


def test_a_comment_that_suppresses_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "import requests\n"
        "requests.get(u)  # tidegate: ignore[no-timeout] its caller ends it\n"
        "x = 1  # tidegate: ignore\n"
        "requests.get(u)  # tidegate: ignore[no-timout]\n"
    )
    result = scan([tmp_path], HOSTS)
    assert result.suppressed == 1
    assert [finding.line for finding in result.findings] == [4]
    assert result.notices == [
        "a.py:3: this comment suppresses nothing; take it out",
        "a.py:4: no rule is called no-timout; nothing is suppressed by that name",
    ]


def test_files_that_cannot_be_looked_into_are_named(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("def (:")
    (tmp_path / "latin.py").write_bytes(b"# \xe9\n")
    (tmp_path / "deep.py").write_text("x = " + "(" * 500 + ")" * 500)
    (tmp_path / "large.py").write_text("#" * (FILE_BYTES_MAX + 1))
    (tmp_path / "good.py").write_text("x = 1\n")
    (tmp_path / "link.py").symlink_to(tmp_path / "bad.py")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "bad.py").write_text("def (:")
    result = scan([tmp_path], HOSTS)
    assert result.files == 1
    assert {name for name, _ in result.skipped} == {"bad.py", "latin.py", "deep.py", "large.py"}
    assert sum(result.unlooked.values()) == 4


def test_python_may_name_its_encoding_and_what_is_no_file_holds_nothing_up(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"# coding: latin-1\nimport requests\nrequests.get('\xe9')\n")
    (tmp_path / "b.py").write_bytes(b"# coding: nonsense\n")
    os.mkfifo(tmp_path / "pipe.py")
    result = scan([tmp_path], HOSTS)
    assert [(found.path, found.line) for found in result.findings] == [("a.py", 3)]
    assert result.skipped == [("b.py", "its encoding is not known")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "a.py").chmod(0)
    assert [name for name, _ in scan([tmp_path], HOSTS).skipped] == ["a.py"]


def test_without_the_extra_other_languages_are_not_counted_as_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ast_grep_py", None)
    (tmp_path / "a.ts").write_text("fetch(url)\n")
    (tmp_path / "b.go").write_text("package b\n")
    result = scan([tmp_path], HOSTS)
    assert result.files == 0
    assert result.unlooked == {NEEDS_EXTRA: 2}


def test_a_package_that_is_scanned_itself_is_no_sdk_to_itself(tmp_path: Path) -> None:
    (tmp_path / "stripe").mkdir()
    (tmp_path / "stripe" / "__init__.py").write_text("from stripe.charge import Charge\nCharge.create()\n")
    assert scan([tmp_path / "stripe"], HOSTS).findings == []


def test_a_bundle_is_left_out_and_told(tmp_path: Path) -> None:
    (tmp_path / "bundle.js").write_text("fetch(url);" * 1_000 + "\n")
    (tmp_path / "data.py").write_text("KEYS = [\n" + '    "a",\n' * 2_000 + "]\n")
    result = scan([tmp_path], HOSTS)
    assert (result.generated, result.files, result.findings) == (["bundle.js"], 1, [])


def test_too_many_files_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "FILES_MAX", 1)
    (tmp_path / "a.py").write_text("x = 1\n")
    assert scan([tmp_path], HOSTS).skipped == [("…", "more than 1 files")]
