"""A start is measured from launch to the first whole answer, cold and warm, and says why where there is none."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidegate.files import DOCUMENT
from tidegate.loadtests.bench.simulator_start import starts
from tidegate.loadtests.programs import RunError


@pytest.mark.slow
def test_json_starts_once_and_yaml_cold_and_warm(tmp_path: Path) -> None:
    for name in ("a.json", "a.yaml"):
        (tmp_path / name).write_text(json.dumps(DOCUMENT))
    found = list(starts([tmp_path / "a.json", tmp_path / "a.yaml"]))
    assert [(start.document, start.cache) for start in found] == [
        ("a.json", "none"),
        ("a.yaml", "cold"),
        ("a.yaml", "warm"),
    ]
    for start in found:
        assert start.processor_s > 0
        assert start.first_answer_s > 0
        assert 10 < start.resident_mb <= start.resident_most_mb
        assert start.size_bytes == (tmp_path / start.document).stat().st_size


@pytest.mark.slow
def test_a_document_that_is_not_served_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(RunError, match=r"a\.json was not served"):
        list(starts([tmp_path / "a.json"]))


@pytest.mark.slow
def test_the_program_prints_a_line_of_json_for_each_start(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(DOCUMENT))
    command = [sys.executable, "-m", "tidegate.loadtests.bench.simulator_start", str(tmp_path / "a.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["document"] == "a.json"
