"""Tests of tidegate.proxy.console.charts."""

import re
import sys
from importlib.metadata import version
from xml.etree import ElementTree as ET

from tidegate.proxy.console.charts import POINTS_MAX, sparkline, thinned, time_chart


def test_a_chart_holds_no_style_no_script_and_nothing_of_another_host() -> None:
    text = sparkline([1.0, None, 3.0], "<b>\"'&").__html__()
    assert not re.search(r"<style|<script|style=|<!--|href|<b>", text)
    root = ET.fromstring(text)
    assert (root.get("role"), root.get("aria-label")) == ("img", "<b>\"'&")


def test_a_chart_of_nothing_is_a_chart() -> None:
    for values in ([], [None], [0.0], [None, None]):
        assert ET.fromstring(sparkline(values, "nothing").__html__()).tag.endswith("svg")


def test_pythons_imports_are_left_as_they_were() -> None:
    sparkline([1.0], "").__html__()
    assert "PluginImportFixer" not in {type(finder).__name__ for finder in sys.meta_path}
    assert version("rich")


def test_of_many_points_no_peak_is_lost() -> None:
    values = [0.0] * 10_000
    values[7777] = 9.0
    assert len(thinned(values)) <= POINTS_MAX
    assert max(value for value in thinned(values) if value is not None) == 9.0
    assert thinned([1.0, None]) == (1.0, None)
    assert thinned([None] * 1000)[0] is None


def test_a_line_over_time_says_when_and_how_much() -> None:
    text = time_chart([float(n % 5) for n in range(120)], 5.0, "calls", lambda value: f"<{value:g}>").__html__()
    words = [node.text for node in ET.fromstring(text).iter() if node.text]
    assert words == ["<0>", "<2>", "<4>", "−8 min", "−6 min", "−4 min", "−2 min", "now"]
    assert ET.fromstring(time_chart([], 5.0, "", str).__html__()).get("class") == "chart times"


def test_what_was_drawn_once_is_not_drawn_again() -> None:
    first = sparkline([1.0, 2.0], "the same").__html__()
    assert sparkline([1.0, 2.0], "the same").__html__() is first
    assert sparkline([1.0, 2.0], "another").__html__() != first
