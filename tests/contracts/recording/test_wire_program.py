"""Where mitmdump is looked for, and what becomes of one that is not there."""

from pathlib import Path

import pytest

from tests.contracts.recording.wire import standing_in
from tidegate.contracts.recording.wire_program import find_program, wire_program
from tidegate.problems import UsageError


def test_it_is_looked_for_in_its_own_environment_and_then_on_the_path(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    program = standing_in(tmp_path / "bin", []).rename(tmp_path / "bin" / "mitmdump")
    assert find_program({"TIDEGATE_WIRE": str(tmp_path)}) == program
    assert find_program({"TIDEGATE_WIRE": "nowhere", "PATH": str(tmp_path / "bin")}) == program
    with pytest.raises(UsageError, match="nowhere/bin/mitmdump is not there: `make setup` builds it"):
        find_program({"TIDEGATE_WIRE": "nowhere", "PATH": ""})


async def test_a_program_that_cannot_be_started_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be run: No such file"):
        async with wire_program(tmp_path / "none", []):
            pass


async def test_what_it_writes_comes_until_it_is_stopped(tmp_path: Path) -> None:
    program = standing_in(tmp_path, [{"port": 7}, {"left_out": "a"}, {"left_out": "b"}])
    async with wire_program(program, []) as running:
        assert running.port == 7
        assert [line async for line in running.lines()] == ["a", "b"]
        running.stop()
