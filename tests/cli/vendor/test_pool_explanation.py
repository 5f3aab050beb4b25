"""`tidegate explain` lists the credentials of a pool by name, with their limits, and never what they refer to."""

import json
from pathlib import Path

import pytest

from tests.cli.vendor.test_explain import run
from tests.tidegate.files import put

LIMIT = "    - {name: account, rate: 100/s, burst: 20}\n"
MORE = "    - {name: tokens, rate: 5000/m, burst: 50, unit: tokens, scope: account}\n"
POOL = ("secret: env:SHOP_KEY", "secret: env:SHOP_KEY\n    secrets: {eu-1: env:SHOP_EU_1, us-1: env:SHOP_US_1}")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_members_are_listed_with_what_each_may_do_and_what_they_share(tmp_path: Path) -> None:
    shown = run(put(tmp_path, POOL, (LIMIT, LIMIT + MORE))).stdout
    rows = {line.split("  ")[0].strip(): line for line in shown.splitlines()}
    for name in ("eu-1", "us-1"):
        limits = "account 100/s burst 20; shared: tokens 5000/m tokens burst 50 for all credentials together"
        assert limits in rows[name]
    assert "SHOP_EU_1" not in shown


def test_an_operation_shows_them_too_and_json_has_them_apart(tmp_path: Path) -> None:
    path = put(tmp_path, POOL, (LIMIT, LIMIT + MORE))
    assert "eu-1" in run(path, "PostOrders").stdout
    assert json.loads(run(path, "--json").stdout)["pool"] == {
        "members": ["eu-1", "us-1"],
        "each": ["account 100/s burst 20"],
        "shared": ["tokens 5000/m tokens burst 50 for all credentials together"],
    }


def test_what_tidegate_yaml_names_is_shown_in_place_of_the_vendor_files(tmp_path: Path) -> None:
    path = put(tmp_path, POOL)
    (tmp_path / "tidegate.yaml").write_text("use: {shop: {secrets: {spare: env:A, other: env:B}}}\n")
    assert json.loads(run(path, "--json").stdout)["pool"]["members"] == ["spare", "other"]
    (tmp_path / "tidegate.yaml").write_text("use: {shop: {secret: env:A}}\n")
    assert "pool" not in json.loads(run(path, "--json").stdout)


def test_one_credential_is_no_pool(tmp_path: Path) -> None:
    path = put(tmp_path)
    assert "credential" not in run(path).stdout
    assert "pool" not in json.loads(run(path, "--json").stdout)
