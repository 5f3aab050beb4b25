"""How Locust is asked: its options, and an environment in which nobody else has a say."""

from pathlib import Path

import pytest

from tidegate.loadtests.offer.locust_run import LocustOptions, locust_environ


def test_options_are_passed_on_as_locust_has_them(tmp_path: Path) -> None:
    assert LocustOptions().arguments == []
    options = LocustOptions(tmp_path / "run", 2, ["--master-bind-port", "5600"])
    assert options.arguments == [
        "--csv", str(tmp_path / "run"), "--master", "--expect-workers", "2", "--master-bind-port", "5600",
    ]  # fmt: skip


def test_a_prefix_counts_from_where_the_command_was_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert LocustOptions(Path("run")).arguments == ["--csv", str(tmp_path / "run")]


def test_locusts_own_environment_and_file_have_no_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCUST_USERS", "5")
    environ = locust_environ(tmp_path)
    assert "LOCUST_USERS" not in environ
    assert environ["HOME"] == str(tmp_path)
