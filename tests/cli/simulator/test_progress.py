"""Reading that takes long is told of on standard error, in the manner of what listens there."""

from io import StringIO

import pytest

from tidegate.cli.simulator.progress import progress


class Screen(StringIO):
    """What a terminal shows."""

    def isatty(self) -> bool:
        return True


def test_what_is_read_at_once_is_not_told_of() -> None:
    for stream in (Screen(), StringIO()):
        tell = progress(stream)
        tell("reading", 0.7)
        tell("reading", 1.0)
        assert stream.getvalue() == ""


def test_a_terminal_sees_a_line_that_counts_up_and_ends() -> None:
    stream = Screen()
    tell = progress(stream)
    for hundredth in range(1, 101):
        tell("reading", hundredth / 100)
    lines = stream.getvalue().split("\r")
    assert lines[1] == "reading:   1%"
    assert lines[-1] == "reading: 100%\n"
    assert 15 < len(lines) < 25


def test_a_file_sees_one_line() -> None:
    stream = StringIO()
    tell = progress(stream)
    for hundredth in range(1, 101):
        tell("reading", hundredth / 100)
    assert stream.getvalue() == "reading: seconds, this once; the next start takes it from the cache\n"


def test_two_files_are_told_of_one_after_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    tell = progress()
    for share in (0.1, 1.0, 0.2, 1.0):
        tell("reading", share)
    assert len(capsys.readouterr().err.splitlines()) == 2
