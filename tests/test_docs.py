"""What the documents say is true: commands exist and run, examples work, tables name what is there."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from tidegate.check.checking import check_file
from tidegate.cli import COMMANDS, called, main
from tidegate.problems import PROBLEMS
from tidegate.proxy.config import load_config
from tidegate.proxy.configured_vendors import flaws_of_routes
from tidegate.scenario.fault import Fault
from tidegate.scenario.fault_kinds import known_kinds
from tidegate.scenario.scenario import Scenario
from tidegate.simulator.cassette.cassette import Cassette
from tidegate.simulator.control.control_api import ROUTES
from tidegate.simulator.trouble.drift.drift import Drift, DriftChange
from tidegate.simulator.trouble.lies.lie import Lie, LieSubject
from tidegate.simulator.trouble.refusals.outage import Outage
from tidegate.simulator.trouble.webhooks.webhook_fault import WebhookFault, WebhookMode

ROOT = Path(__file__).resolve().parent.parent
PAGES = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
CHEAP = frozenset({"blueprint", "check", "explain", "schema"})
"""Commands that answer at once and change nothing, so that examples of them are run."""


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def examples() -> list[list[str]]:
    """The words of each `$ .venv/bin/tidegate …` line of a console block, without the program; each line once."""
    lines = [line for page in PAGES for block in blocks(page, "console") for line in block.splitlines()]
    called_so = dict.fromkeys(line.split("#")[0] for line in lines if line.startswith("$ .venv/bin/tidegate "))
    return [line.split()[2:] for line in called_so]


def values(part: type[BaseModel], field: str) -> tuple[Any, ...]:
    """What a field may say."""
    return get_args(part.model_fields[field].annotation)


@pytest.mark.parametrize("words", examples(), ids=" ".join)
def test_an_example_on_the_command_line(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    command = called(words)
    assert command is not None
    cheap = words[0] in CHEAP
    with pytest.raises(SystemExit) as left:
        main(words if cheap else [*command.words, "--help"])
    assert left.value.code == 0
    if not cheap:
        assert {word for word in words if word.startswith("--")} <= set(capsys.readouterr().out.split())


def overlays() -> list[tuple[str, str]]:
    """The YAML blocks that are parts of a vendor file, with their page."""
    found = [(page.name, block) for page in PAGES for block in blocks(page, "yaml")]
    return [(name, block) for name, block in found if re.match(r"(facts|policy|operations):", block)]


def laid_over(base: Any, part: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(part, dict):
        return part
    return {**base, **{key: laid_over(base.get(key), value) for key, value in part.items()}}


@pytest.mark.parametrize(("page", "block"), overlays(), ids=lambda text: text.split("\n")[0])
def test_an_example_of_a_vendor_file_can_be_laid_over_stripes(page: str, block: str, tmp_path: Path) -> None:
    yaml, stripe, folder = YAML(typ="safe"), ROOT / "adapters" / "stripe", tmp_path / "stripe"
    folder.mkdir()
    (folder / "openapi.json").write_bytes((stripe / "openapi.json").read_bytes())
    (folder / "vendor.yaml").write_text(json.dumps(laid_over(yaml.load(stripe / "vendor.yaml"), yaml.load(block))))
    findings = check_file(folder / "vendor.yaml", "stripe", validate_document=False)
    assert [str(finding) for finding in findings if finding.path != "facts.webhooks"] == [], page


def inboxes() -> list[tuple[str, str]]:
    """The YAML blocks that are a tidegate.yaml with an inbox, with their page."""
    found = [(page.name, block) for page in PAGES for block in blocks(page, "yaml")]
    return [(name, block) for name, block in found if re.match(r"inbox:", block)]


@pytest.mark.parametrize(("page", "block"), inboxes(), ids=lambda text: text.split("\n")[0])
def test_an_example_of_an_inbox_fits_the_vendors_that_ship_with_it(page: str, block: str, tmp_path: Path) -> None:
    (tmp_path / "tidegate.yaml").write_text(block)
    config = load_config(tmp_path / "tidegate.yaml")
    assert config.inbox is not None
    assert config.inbox.sources, page
    assert flaws_of_routes(config) == []


def test_the_guide_and_the_page_on_caching_have_such_examples() -> None:
    assert {"guide.md", "caching.md"} <= {page for page, _ in overlays()}


def test_every_console_line_is_one_that_this_tests() -> None:
    lines = [line for page in PAGES for block in blocks(page, "console") for line in block.splitlines()]
    assert [line for line in lines if not line.startswith("$ .venv/bin/tidegate ")] == []
    assert lines


@pytest.mark.slow
def test_the_simulators_tests_pass(tmp_path: Path) -> None:
    for number, block in enumerate(blocks(ROOT / "docs" / "simulator.md", "python")):
        (tmp_path / f"test_{number}.py").write_text(block)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:asyncio", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_the_control_api_is_listed() -> None:
    text = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([A-Z]+ /\w+)` \|", text, re.MULTILINE)) == {" ".join(route) for route in ROUTES}


def test_the_cassette_in_the_docs_plays(tmp_path: Path) -> None:
    (tmp_path / "tape.jsonl").write_text(blocks(ROOT / "docs" / "cassettes.md", "json")[0])
    assert len(Cassette.load(tmp_path / "tape.jsonl")) == 1


def test_the_page_of_commands_has_a_row_for_every_command() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `tidegate ([a-z ]+)` \|", page, re.MULTILINE)
    assert sorted(rows) == sorted(" ".join(command.words) for command in COMMANDS)


def test_every_command_has_an_example() -> None:
    """A console line somewhere in docs/; docs/cli.md takes those that no other page has."""
    shown = {command.words for words in examples() if (command := called(words)) is not None}
    assert [" ".join(command.words) for command in COMMANDS if command.words not in shown] == []


def test_the_scenario_page_has_an_example_of_every_kind_of_fault_drift_lie_and_webhook() -> None:
    page = ROOT / "docs" / "scenarios.md"
    shown = [
        fault
        for block in blocks(page, "yaml")
        for fault in Scenario.model_validate(YAML(typ="safe").load(block)).faults
    ]
    assert {fault.kind for fault in shown} == {*known_kinds(Fault)}
    assert {fault.change for fault in shown if isinstance(fault, Drift)} == {*DriftChange.known()}
    assert {fault.about for fault in shown if isinstance(fault, Lie)} == {*LieSubject.known()}
    assert {fault.mode for fault in shown if isinstance(fault, WebhookFault)} == {*WebhookMode.known()}
    assert {fault.mode for fault in shown if isinstance(fault, Outage)} == {*values(Outage, "mode")}


def test_kinds_are_listed_in_the_order_of_the_scenario_page() -> None:
    page = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    tables = re.findall(r"^\| `kind` \|.*\n\|-.*\n((?:\|.*\n)+)", page, re.MULTILINE)
    rows = [name for table in tables for name in re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)]
    with_a_section_of_their_own = {"drift", "lie", "webhook"}
    assert rows == [kind for kind in known_kinds(Fault) if kind not in with_a_section_of_their_own]


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for page in PAGES
        for target in re.findall(r"(?:^    |`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named
    assert sorted(named - targets) == []


def outside_code(page: Path) -> str:
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", outside_code(page))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def architecture() -> str:
    return (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_every_file_that_the_architecture_names_exists() -> None:
    """A bare file name stands for one beside the file that was named last."""
    folder, missing = ROOT, []
    named = re.findall(r"`([\w./-]+\.(?:py|md|toml))`", architecture())
    for name in named:
        file = ROOT / name if "/" in name or (ROOT / name).exists() else folder / name
        folder = file.parent
        if not file.is_file():
            missing.append(name)
    assert missing == []
    assert len(named) > 60


def test_the_architecture_names_every_folder_and_every_room() -> None:
    rows = dict(re.findall(r"^\| `(\w+)/` \| [^|]* \| ([^|]*)\|", architecture(), re.MULTILINE))
    folders = {link.name for link in (ROOT / "tidegate").iterdir() if link.is_symlink()} | {"tidegate", "tests"}
    assert set(rows) == folders
    for folder in folders - {"tests"}:
        rooms = {
            room.parent.name
            for room in (ROOT / folder).glob("*/__init__.py")
            if not (ROOT / folder / room.parent.name).is_symlink()
        }
        assert set(re.findall(r"`(\w+)/`", rows[folder])) == rooms, folder


def test_the_architecture_answers_where_for_twenty_common_changes() -> None:
    table = architecture().partition("## Where do I")[2].partition("## Words")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|`]*`[^|]+) \|", table, re.MULTILINE)
    assert len(rows) >= 20


def test_the_architecture_is_a_page() -> None:
    assert len(architecture().splitlines()) <= 130


def test_every_problem_has_a_section() -> None:
    page = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^### `([a-z-]+)` · (\d+)$", page, re.MULTILINE)) == {
        name: str(problem.status) for name, problem in PROBLEMS.items()
    }


def test_the_changelog_has_a_section_for_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"\n## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_decisions_are_numbered_without_a_gap() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    assert all(page.read_text().startswith(f"# {number}. ") for number, page in enumerate(pages, 1))


def test_every_page_that_the_readme_leads_to_is_packed_with_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packed = project["tool"]["hatch"]["build"]["targets"]["sdist"]["only-include"]
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert sorted({link for link in links if link.split("/")[0] not in packed}) == []


def test_the_images_user_is_a_number() -> None:
    """Kubernetes refuses a name where `runAsNonRoot` is set: it cannot look it up."""
    users = re.findall(r"^USER (.+)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert users
    assert all(user.isdecimal() and int(user) > 0 for user in users)
