"""The pages on load and on CI say what is true: scenarios are planned, and jobs run commands that are there."""

import random
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.test_docs import ROOT, blocks
from tidegate.cli import called, main
from tidegate.loadtests.load_order import LoadOrder, LoadVendor, check_faults
from tidegate.scenario.scenario import load_scenario
from tidegate.vendor.search_path import shipped_vendors
from tidegate.vendor.vendor_file import load_vendor

LOAD, CI = ROOT / "docs" / "load.md", ROOT / "docs" / "ci.md"


@pytest.mark.parametrize("block", blocks(LOAD, "yaml"), ids=lambda text: text.split("\n")[0])
def test_every_scenario_can_be_played(block: str, tmp_path: Path) -> None:
    (tmp_path / "yesterday.jsonl").write_text('{"ts": "2026-01-02T03:04:05Z"}\n{"ts": "2026-01-02T03:04:06.5Z"}\n')
    (tmp_path / "story.yaml").write_text(block)
    scenario = load_scenario(tmp_path / "story.yaml")
    order = LoadOrder(scenario, [LoadVendor.of(load_vendor(shipped_vendors()[name])) for name in scenario.vendor])
    check_faults(order)
    assert order.planned(random.Random(1), "run")


def jobs() -> list[dict[str, Any]]:
    return [yaml.safe_load(block) for block in blocks(CI, "yaml")]


def commands() -> list[str]:
    """Every line that a job runs."""
    github, gitlab = jobs()
    script: list[str] = gitlab["vendors"]["script"]
    return [step["run"] for step in github["jobs"]["promises"]["steps"] if "run" in step] + script


def test_both_jobs_keep_what_was_written_whatever_the_verdict() -> None:
    github, gitlab = jobs()
    last = github["jobs"]["promises"]["steps"][-1]
    assert (last["if"], last["with"]["path"].split()) == ("always()", ["*.html", "*.xml"])
    assert (gitlab["vendors"]["artifacts"]["when"], gitlab["vendors"]["artifacts"]["reports"]) == (
        "always", {"junit": "*.xml"},
    )  # fmt: skip


def test_what_is_installed_is_an_extra_of_the_package() -> None:
    installs = {line for line in commands() if line.startswith("pip ")}
    assert installs == {'pip install "tidegate[harness]"'}
    assert "harness = [" in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("line", sorted({line for line in commands() if line.startswith("tidegate ")}))
def test_every_command_of_a_job_is_there_with_its_options(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(line)[1:]
    command = called(words)
    assert command is not None
    quick = words[0] == "check"
    with pytest.raises(SystemExit) as left:
        main(words if quick else [*command.words, "--help"])
    assert left.value.code == 0
    if not quick:
        assert {word for word in words if word.startswith("--")} <= set(capsys.readouterr().out.split())
