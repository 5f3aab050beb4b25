"""A rule by the page's recipe: one file."""

from pathlib import Path

import pytest

from tests.contributing.recipe import blocks
from tests.contributing.scratch import Scratch


@pytest.mark.slow
def test_a_rule_is_one_file(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    rule, tests = blocks("rule", "python")
    scratch.add("tidegate/check/rules/tg011_purpose.py", rule)
    assert "2 passed" in scratch.run(tests)
    assert sorted(scratch.touched) == ["tidegate/check/rules/tg011_purpose.py"]
