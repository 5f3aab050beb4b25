"""Tests of tidegate.look.plotting."""

import re
import sys
from importlib.metadata import version
from pathlib import Path

from tidegate.look.plotting import pygal

ROOT = Path(__file__).resolve().parents[3]


def test_pythons_imports_are_left_as_they_were() -> None:
    assert pygal.Line
    assert all(hasattr(finder, "find_spec") for finder in sys.meta_path)
    assert version("aiohttp")


def test_nobody_imports_it_in_another_way() -> None:
    theirs = re.compile(r"^\s*(import pygal\b|from pygal import)", re.MULTILINE)
    folders = ("tidegate", "proxy", "chaos", "loadtests", "contracts", "simulator")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    assert {path.name for path in files if theirs.search(path.read_text())} == {"plotting.py"}
