"""Tests of tidegate.cli.vendor.checkout."""

from pathlib import Path

import pytest

from tidegate.cli.vendor.checkout import in_checkout


@pytest.mark.parametrize("named", ["vendor.yaml", "./vendor.yaml", "../shop/vendor.yaml", "{root}/shop/vendor.yaml"])
def test_a_file_is_named_from_the_checkout(named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop").mkdir()
    monkeypatch.chdir(tmp_path / "shop")
    monkeypatch.setenv("GITHUB_WORKSPACE", f"{tmp_path}/")
    assert in_checkout(named.format(root=tmp_path)) == "shop/vendor.yaml"


def test_what_lies_elsewhere_keeps_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "work"))
    assert in_checkout(f"{tmp_path}/workshop/a.yaml") == f"{tmp_path}/workshop/a.yaml"
    monkeypatch.delenv("GITHUB_WORKSPACE")
    assert in_checkout("../a.yaml") == "../a.yaml"
