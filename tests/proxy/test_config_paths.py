"""Tests of tidegate.proxy.config_paths: a relative path in tidegate.yaml is relative to it."""

from pathlib import Path

import pytest

from tidegate.configfile.units import SecretRef
from tidegate.proxy.config import load_config
from tidegate.proxy.config_paths import beside, secret_beside


def test_relative_paths_are_relative_to_the_file_wherever_tidegate_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for folder in (home, elsewhere):
        folder.mkdir()
        (folder / "both.pem").write_text(folder.name)
    (elsewhere / "old.pem").write_text("where it was looked for before")
    monkeypatch.chdir(elsewhere)
    (home / "tidegate.yaml").write_text(
        """
store: data/store.db
vendors: [vendors]
telemetry: {log: calls.jsonl}
use:
  new: {ca: both.pem, secret: "file:both.pem"}
  old: {ca: old.pem, secret: "file:old.pem"}
  far: {ca: /etc/ca.pem, secret: "file:/run/secrets/key"}
  env: {secret: "env:KEY"}
tokens: [{app: shop, token: "file:token"}]
"""
    )
    config = load_config(home / "tidegate.yaml")
    assert (config.store, config.vendors, config.telemetry.log) == (
        home / "data/store.db",
        (home / "vendors",),
        str(home / "calls.jsonl"),
    )
    used = {name: (str(use.ca), str(use.secret)) for name, use in config.use.items()}
    assert used == {
        "new": (f"{home}/both.pem", f"file:{home}/both.pem"),
        "old": ("old.pem", "file:old.pem"),
        "far": ("/etc/ca.pem", "file:/run/secrets/key"),
        "env": ("None", "env:KEY"),
    }
    assert str(config.tokens[0].token) == f"file:{home}/token"


def test_an_absolute_path_and_a_variable_stay_as_they_are(tmp_path: Path) -> None:
    assert beside(tmp_path, Path("/etc/ca.pem")) == Path("/etc/ca.pem")
    assert secret_beside(tmp_path, SecretRef("env", "KEY")) == SecretRef("env", "KEY")
