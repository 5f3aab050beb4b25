"""The page on chaos for any vendor: its scenario is played with the coffee vendor, and its lists are whole."""

import json
import re
from pathlib import Path

import pytest

from tests.test_your_own_vendor import home
from tidegate.chaos.apps.drawn_stories import WAYS_TO_READ, WAYS_TO_WRITE
from tidegate.chaos.judge.promises import PROMISES
from tidegate.cli import main

__all__ = ["home"]

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "chaos.md").read_text(encoding="utf-8")


def called(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main([*words])
    return int(left.value.code or 0)


def test_the_scenario_is_played_and_holds(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(home)
    [scenario] = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (home / "monday.yaml").write_text(scenario, encoding="utf-8")
    code = called("chaos", "run", "monday.yaml", "--json")
    [played] = json.loads(capsys.readouterr().out)["scenarios"]
    assert (code, played["broken"], played["inconclusive"]) == (0, [], [])
    assert played["vendors"]["coffee"]["naive"]["doubled"] > 0


def test_a_seed_of_the_search_is_played(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    assert called("chaos", "replay", "1", "--vendor", "coffee", "--minutes", "1") == 0


def test_every_way_and_only_promises_are_listed() -> None:
    named = {word for row in re.findall(r"^\| (`.*?`) \|", PAGE, re.MULTILINE) for word in re.findall(r"`(\w+)`", row)}
    assert named == {way.name for way in (*WAYS_TO_WRITE, *WAYS_TO_READ)}
    rows = re.findall(r"^\| ([a-z ,]+) \|", PAGE, re.MULTILINE)
    listed = {name for row in rows for name in row.split(", ")} - {"way", "promise"}
    assert listed <= {*PROMISES}
    assert len(listed) > 20
