"""Tests of tidegate.proxy.telemetry.log_writer."""

import os
import stat
from pathlib import Path

import pytest

from tidegate.problems import UsageError
from tidegate.proxy.telemetry import log_writer
from tidegate.proxy.telemetry.log_writer import LogWriter


def test_lines_are_appended_in_order_and_are_there_after_closing(tmp_path: Path) -> None:
    file = tmp_path / "logs" / "calls.log"
    for part in (b"one\n", b"two\n"):
        writer = LogWriter(str(file))
        writer.write(part)
        writer.write(b"more\n")
        writer.close()
    assert file.read_bytes() == b"one\nmore\ntwo\nmore\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_none_and_stderr_are_places_too(capfd: pytest.CaptureFixture[str]) -> None:
    for target in ("none", "stderr"):
        writer = LogWriter(target)
        writer.write(f"to {target}\n".encode())
        writer.close()
    assert capfd.readouterr().err == "to stderr\n"


def test_a_reader_who_stalls_costs_lines_and_never_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_writer, "WAITING_BYTES_MAX", 100_000)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    writer = LogWriter(str(pipe))
    taken = [writer.write(b"x" * 10_000) for _ in range(100)]
    assert taken[0]
    assert not taken[-1]
    os.close(reader)
    writer.close()
    assert writer.failed_bytes > 0


def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"telemetry\.log: .* cannot be written"):
        LogWriter(str(tmp_path / "file" / "log"))
