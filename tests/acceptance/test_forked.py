"""A forked program is what one from the command line is: its output, exit code, folder and end."""

import signal
from pathlib import Path

import pytest

from tests.acceptance.programs import Program, Simulated


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--version"], 0, "tidegate "),
        (["simulate", "nobody"], 2, "tidegate: error: "),
        (["outbox", "frob"], 2, "No such command 'frob'"),
    ],
)
def test_it_says_what_it_has_to_say_and_leaves_with_its_exit_code(
    tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    program = Program(arguments, tmp_path)
    assert program.exit_code() == code
    assert says in "\n".join(program.lines)


def test_it_runs_in_its_own_folder_and_constants_can_be_others(tmp_path: Path) -> None:
    (tmp_path / "tidegate.yaml").write_text("listen: nowhere\n")
    program = Program(["serve"], tmp_path)
    assert program.exit_code() == 2
    assert "tidegate.yaml:1:" in program.lines[0]
    bounded = Program(["serve"], tmp_path, {"FILE_BYTES_MAX": 1})
    assert bounded.exit_code() == 2


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGKILL, -9)])
def test_it_ends_with_a_signal(tmp_path: Path, number: signal.Signals, code: int) -> None:
    vendor = Simulated(tmp_path, "stripe")
    assert vendor.process.poll() is None
    assert vendor.end(number) == code
    vendor.close()
