"""A command by the page's recipe: one file and one line."""

from pathlib import Path

import pytest

import tidegate.cli.vendor
from tests.contributing.recipe import blocks
from tidegate import cli


@pytest.fixture
def _added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, line = blocks("command", "python")
    (tmp_path / "vendors.py").write_text(file)
    room = tidegate.cli.vendor
    monkeypatch.setattr(room, "__path__", [*room.__path__, str(tmp_path)])
    (command,) = eval(f"({line})", {"Command": cli.Command})
    monkeypatch.setattr(cli, "COMMANDS", (*cli.COMMANDS, command))


@pytest.mark.usefixtures("_added")
@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["--help"], "List the vendor files that are found."),
        (["vendors", "--help"], "Usage: tidegate vendors"),
        (["vendors"], "adapters/stripe/vendor.yaml"),
    ],
)
def test_it_is_listed_and_runs(arguments: list[str], shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    assert left.value.code == 0
    assert shown in capsys.readouterr().out
