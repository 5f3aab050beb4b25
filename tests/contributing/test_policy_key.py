"""A policy key by the page's recipe: two files, and the key is planned, described, judged and acted on."""

from pathlib import Path

import pytest

from tests.contributing.recipe import blocks
from tests.contributing.scratch import Scratch


@pytest.mark.slow
def test_a_key_is_the_block_s_file_and_the_one_that_acts(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    for diff in blocks("policy-key", "diff"):
        scratch.patch(diff)
    (tests,) = blocks("policy-key", "python")
    assert "3 passed" in scratch.run(tests)
    assert sorted(scratch.touched) == ["proxy/policies/resilience/retry_decision.py", "tidegate/policy/retry.py"]
