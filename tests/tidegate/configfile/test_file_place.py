"""Tests of tidegate.configfile.file_place."""

from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from tidegate.configfile.file_place import NewPath, checked_path


def test_a_path_stays_as_it_is_written() -> None:
    for written in ("data/store.db", "/var/a:b/x.db", "./env:x", "a~/b", "costs$5", "1:2"):
        assert checked_path(written) == written


@pytest.mark.parametrize(
    "written",
    [
        "",
        "  ",
        "${STORE:-x.db}",
        "$HOME/x.db",
        "/var/$(id -u)/x.db",
        "/var/{{ name }}.db",
        "~/x.db",
        "~app/x.db",
        "sqlite:x.db",
        "vault:kv/store#url",
        "systemd:store",
        "C:\\tidegate\\x.db",
        "http://logs.example",
    ],
)
def test_a_slip_makes_no_file_of_that_name(written: str) -> None:
    with pytest.raises(ValueError, match=r"write the path"):
        checked_path(written)


@pytest.mark.parametrize("written", ["~/ca", "env:CA", "$CA"])
def test_a_slip_makes_no_folder_either(written: str) -> None:
    with pytest.raises(ValidationError, match=r"write the path"):
        TypeAdapter(NewPath).validate_python(Path(written))
