"""The page "your own vendor in ten minutes": its files hold the rules, and its commands do what it says, in order."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tidegate.loadtests.programs import Program, answers, free_port, tidegate

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "your-own-vendor.md").read_text(encoding="utf-8")
PORTS = ("9100", "9101", "8080", "8081")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    return [line for block in blocks("sh") for line in block.splitlines()]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "adapters" / "coffee"
    folder.mkdir(parents=True)
    [document], [vendor, _], [test] = blocks("json"), blocks("yaml"), blocks("python")
    (folder / "openapi.json").write_text(document)
    (folder / "vendor.yaml").write_text(vendor)
    (tmp_path / "test_coffee.py").write_text(test)
    return tmp_path


class Reader:
    """Types the page's commands in, with ports of this test's own."""

    def __init__(self, home: Path, stack: ExitStack) -> None:
        self.home = home
        self.ports = {port: str(free_port()) for port in PORTS}
        self.environ = {**os.environ, "TIDEGATE_SIMULATOR": f"http://127.0.0.1:{self.ports['9101']}"}
        self._stack = stack

    def ported(self, text: str) -> str:
        return re.sub("|".join(PORTS), lambda found: self.ports[found[0]], text)

    def type(self, line: str) -> str:
        words = line.split()
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            self.environ[name] = value
            return ""
        if words[:2] == ["tidegate", "simulate"]:
            ports = ("--port", self.ports["9100"], "--control-port", self.ports["9101"])
            return self._started("simulator", [*words[1:], *ports], "9101", "/clock")
        if words[:2] == ["tidegate", "serve"]:
            return self._started("proxy", words[1:], "8081", "/readyz")
        if words[0] == "tidegate":
            return self._ran(tidegate(*words[1:]))
        if words[0] == "pytest":
            return self._ran([sys.executable, "-m", *words, "-p", "no:cacheprovider", "-p", "no:asyncio"])
        return self._ran(["sh", "-c", self.ported(line)])

    def _started(self, name: str, words: list[str], port: str, path: str) -> str:
        program = self._stack.enter_context(Program(name, tidegate(*words), self.home, environ=self.environ))
        program.wait_until(answers(int(self.ports[port]), path))
        return ""

    def _ran(self, command: list[str]) -> str:
        ran = subprocess.run(
            command, cwd=self.home, env=self.environ, capture_output=True, text=True, check=False, timeout=60
        )
        assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
        return ran.stdout


@pytest.fixture
def reader(home: Path) -> Iterator[Reader]:
    with ExitStack() as stack:
        yield Reader(home, stack)


@pytest.mark.slow
def test_the_page_works_from_its_first_command_to_its_last(reader: Reader) -> None:
    said = []
    for line in commands():
        if line.startswith("export"):
            [_, config] = blocks("yaml")
            (reader.home / "tidegate.yaml").write_text(reader.ported(config))
        said.append((line, reader.type(line)))
    printed = [text for _, text in said]
    assert printed[0] == "1 file: all rules hold\n"
    assert "never-resend" in printed[1]
    assert (reader.home / "coffee.md").read_text().startswith("# coffee: blueprint")
    assert "TidegateBreakerOpen" in (reader.home / "coffee.rules.yaml").read_text()
    curled = [text for line, text in said if line.startswith("curl")]
    assert all('"espresso"' in text for text in curled), curled
    [journal] = [text for line, text in said if line.startswith("tidegate control")]
    assert 'sent: {"drink": "espresso"}' in journal
    assert any("1 passed" in text for text in printed)
    assert any("2 files: all rules hold" in text for text in printed), "tidegate.yaml is checked, too"


def test_every_command_on_the_page_is_one_that_this_types() -> None:
    assert {line.split()[0] for line in commands()} == {"tidegate", "curl", "pytest", "export"}
