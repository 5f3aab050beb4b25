"""The unit is one that systemd takes, and lets the service do little else than what it is for."""

import sys
from pathlib import Path

import pytest

from tests.debian_tools import run_tool
from tidegate.proxy.config import load_config

EXPOSURE_MAX = 15
"""Tenths, by `systemd-analyze security`: 100 is a service that may do everything."""


@pytest.fixture
def unit(root: Path, tmp_path: Path) -> Path:
    """The unit, with the program where it is on this machine: systemd looks for it."""
    text = (root / "deploy/systemd/tidegate.service").read_text(encoding="utf-8")
    file = tmp_path / "tidegate.service"
    file.write_text(text.replace("/opt/tidegate/bin/tidegate", str(Path(sys.executable).with_name("tidegate"))))
    return file


def values(unit: Path, key: str) -> list[str]:
    return [line.partition("=")[2] for line in unit.read_text().splitlines() if line.startswith(f"{key}=")]


def test_systemd_takes_the_unit_without_a_warning(unit: Path) -> None:
    said = run_tool("systemd-analyze", "verify", "--man=no", unit)
    assert str(unit.name) not in said


def test_the_service_may_do_little(unit: Path) -> None:
    run_tool("systemd-analyze", "security", "--offline=yes", "--no-pager", f"--threshold={EXPOSURE_MAX}", unit)


def test_the_unit_gives_every_secret_that_its_configuration_names(unit: Path, root: Path) -> None:
    config = load_config(root / "deploy/systemd/tidegate.yaml")
    given = {line.partition(":")[0] for line in values(unit, "LoadCredential")}
    secrets = [config.use["stripe"].secret, *(token.token for token in config.tokens)]
    assert {ref.name for ref in secrets if ref is not None} == given


def test_the_store_is_where_the_service_may_write(unit: Path, root: Path) -> None:
    (folder,) = values(unit, "StateDirectory")
    assert str(load_config(root / "deploy/systemd/tidegate.yaml").store).startswith(f"/var/lib/{folder}/")


def test_a_stop_has_the_time_that_it_takes(unit: Path, root: Path) -> None:
    (stop_s,) = values(unit, "TimeoutStopSec")
    assert int(stop_s) > load_config(root / "deploy/systemd/tidegate.yaml").drain
