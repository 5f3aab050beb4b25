"""Tests of tidegate.cli itself: what is listed, what is imported when, and the exit codes."""

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import pytest
import typer

from tidegate.cli import COMMANDS, GROUPS, Command, called, main
from tidegate.problems import UsageError

IDS = [" ".join(command.words) for command in COMMANDS]


def exit_code(*arguments: str) -> object:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return left.value.code


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A command module of our own in the place of `tidegate demo`."""
    module = ModuleType("tidegate.cli.proof.demo")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


@pytest.mark.parametrize("command", COMMANDS, ids=IDS)
def test_help_names_every_command(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(*command.words[:-1], "--help") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"{command.words[-1]} {command.help}" in shown


@pytest.mark.parametrize("command", COMMANDS, ids=IDS)
def test_every_command_has_a_file_with_a_function_of_its_name(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert importlib.util.find_spec(command.module) is not None
    assert exit_code(*command.words, "--help") == 0
    assert f"Usage: tidegate {' '.join(command.words)}" in capsys.readouterr().out


def test_every_group_is_used() -> None:
    assert set(GROUPS) == {command.words[0] for command in COMMANDS if len(command.words) > 1}


def test_help_imports_no_room() -> None:
    program = (
        "import sys\nfrom tidegate.cli import main\ntry:\n    main(['--help'])\nfinally:\n"
        "    print(*sorted(name for name in sys.modules if name.partition('.')[0] in "
        "('tidegate', 'aiohttp', 'pydantic', 'locust', 'rich')), sep=',', file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "tidegate,tidegate.cli,tidegate.cli.command_group,tidegate.problems"


def test_the_version_is_the_installed_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--version") == 0
    assert capsys.readouterr().out.startswith("tidegate ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["demo"], ("demo",)),
        (["demo", "--json"], ("demo",)),
        (["chaos", "run", "first-light"], ("chaos", "run")),
        (["chaos"], None),
        (["chaos", "walk"], None),
        (["--help"], None),
        ([], None),
        (["nonsense", "demo"], None),
    ],
)
def test_a_command_is_called_by_its_words(arguments: list[str], words: tuple[str, ...] | None) -> None:
    command = called(arguments)
    assert (command.words if command else None) == words


@pytest.mark.parametrize("arguments", [("nonsense",), ("chaos", "walk"), ("demo", "--nonsense"), ()])
def test_wrong_usage_leaves_with_2(
    arguments: tuple[str, ...], demo: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    demo.demo = lambda: None  # type: ignore[attr-defined]  # a module takes any attribute
    assert exit_code(*arguments) == 2
    assert "Usage: tidegate" in "".join(capsys.readouterr())


def test_options_reach_the_command(demo: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    def play(seconds: Annotated[int, typer.Option(help="How long.")] = 20) -> None:
        print(f"played {seconds}")

    demo.demo = play  # type: ignore[attr-defined]  # a module takes any attribute
    assert exit_code("demo", "--seconds", "3") == 0
    assert capsys.readouterr().out == "played 3\n"


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (typer.Exit(1), 1, ""),
        (UsageError("x.yaml:3: no such vendor"), 2, "tidegate: error: x.yaml:3: no such vendor\n"),
        (
            ModuleNotFoundError("No module named 'pact'", name="pact.v3"),
            2,
            "tidegate: error: this command needs pact.v3, which the extra tidegate[harness] installs\n",
        ),
        (KeyboardInterrupt(), 130, ""),
        (FileNotFoundError(2, "No such file", "x.yaml"), 2, "tidegate: error: x.yaml: No such file\n"),
        (OSError(5, "Input/output error"), 2, "tidegate: error: [Errno 5] Input/output error\n"),
        (UsageError("a name like \ud800"), 2, "tidegate: error: a name like \\ud800\n"),
    ],
    ids=[
        "a broken promise",
        "a mistake of the person's",
        "an extra that is missing",
        "an interruption",
        "a file that is not there",
        "a disk that fails",
        "a name that cannot be printed",
    ],
)
def test_how_a_command_ends_is_the_exit_code(
    raised: BaseException, code: int, said: str, demo: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    def play() -> None:
        raise raised

    demo.demo = play  # type: ignore[attr-defined]  # a module takes any attribute
    assert exit_code("demo") == code
    assert capsys.readouterr().err == said


def test_a_missing_module_that_no_extra_brings_is_a_fault_of_ours(demo: ModuleType) -> None:
    def play() -> None:
        raise ModuleNotFoundError("No module named 'tidegate.gone'", name="tidegate.gone")

    demo.demo = play  # type: ignore[attr-defined]  # a module takes any attribute
    with pytest.raises(ModuleNotFoundError):
        main(["demo"])


def test_a_shell_can_complete_the_options_of_a_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_TIDEGATE_COMPLETE", "complete_bash")
    for words, place, completed in (("tidegate chaos run --ju", "3", "--junit"), ("tidegate contr", "1", "control")):
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", words)
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", place)
        assert exit_code() == 0
        assert completed in capsys.readouterr().out.split()


def test_ctrl_c_while_a_command_is_imported_leaves_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: str) -> ModuleType:
        raise KeyboardInterrupt

    monkeypatch.setattr("tidegate.cli.import_module", interrupted)
    assert exit_code("demo") == 130


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("ignored", [False, True])
def test_a_signal_that_ends_the_job_lets_the_command_stop_what_it_started(
    number: signal.Signals, *, ignored: bool, demo: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    def play() -> None:
        try:
            signal.raise_signal(number)
        finally:
            print("stopped")

    demo.demo = play  # type: ignore[attr-defined]  # a module takes any attribute
    before = signal.signal(signal.SIGINT, signal.SIG_IGN) if ignored else signal.getsignal(signal.SIGINT)
    of_the_job = signal.signal(number, signal.SIG_DFL)  # under nohup it is ignored
    try:
        assert exit_code("demo") == 128 + number
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(number, of_the_job)
    assert capsys.readouterr().out == "stopped\n"


def test_a_signal_that_is_ignored_stays_so(demo: ModuleType) -> None:
    demo.demo = lambda: signal.raise_signal(signal.SIGHUP)  # type: ignore[attr-defined]  # a module takes any
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        assert exit_code("demo") == 0
    finally:
        signal.signal(signal.SIGHUP, before)


VERDICT = """
import sys
from pathlib import Path
from types import ModuleType
import typer
from tidegate.cli import main

def demo():
    for word in ("one", "two"):
        print(word, flush=True)
        print("progress", file=sys.stderr, flush=True)
    open("verdict", "w").write("held")
    raise typer.Exit(1)

sys.modules["tidegate.cli.%s"] = module = ModuleType("x")
module.demo = module.call = demo
main(["%s"])
"""
"""A program with a command that prints, and then writes its verdict and leaves with 1."""


@pytest.mark.parametrize("options", [[], ["-u"]], ids=["", "unbuffered"])
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_reader_who_leaves_does_not_end_a_command_that_judges(
    stream: str, options: list[str], tmp_path: Path
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    program = [sys.executable, *options, "-c", VERDICT % ("proof.demo", "demo")]
    streams: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, stream: writer}
    ran = subprocess.run(program, cwd=tmp_path, text=True, check=False, **streams)
    os.close(writer)
    assert (ran.returncode, (tmp_path / "verdict").read_text()) == (1, "held")
    assert "Traceback" not in (ran.stderr or "")


def test_a_command_that_only_prints_ends_where_nobody_reads(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    program = [sys.executable, "-c", VERDICT % ("traffic.call", "call")]
    ran = subprocess.run(program, cwd=tmp_path, text=True, check=False, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert ran.stderr == ""
    assert not (tmp_path / "verdict").exists()
