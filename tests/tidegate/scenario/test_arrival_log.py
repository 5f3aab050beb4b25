"""Arrival times are read from the logs that people have; a log without any is refused with its cure."""

from pathlib import Path

import pytest

from tidegate.problems import UsageError
from tidegate.scenario import arrival_log
from tidegate.scenario.arrival_log import read_arrival_log, time_of


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ('{"ts": "2026-01-02T03:04:05.250Z", "call": "c"}', 1767323045.25),
        ('{"n": 1, "at": 0.5, "wall": 1767323045.25}', 1767323045.25),
        ('{"time": 1767323045250}', 1767323045.25),
        ('{"time": 1767323045250000}', 1767323045.25),
        ('{"time": 1767323045250000000}', 1767323045.25),
        ('1.2.3.4 - - [02/Jan/2026:04:04:05.250 +0100] "GET /"', 1767323045.25),
        ("http 2026-01-02T03:04:05.250000Z app/lb 1.2.3.4:5", 1767323045.25),
        ("INFO [main] 2026-01-02 03:04:05,250 GET /x", 1767323045.25),
        ('{"at": 0.5}', 0.5),
        ('{"@timestamp": "2026-01-02T04:04:05.25+01:00"}', 1767323045.25),
        ('1.2.3.4 - - [02/Jan/2026:04:04:05 +0100] "GET / HTTP/1.1" 200 5 "-" "curl [x]"', 1767323045.0),
        ("1767323045.25", 1767323045.25),
        ("2026-01-02T03:04:05Z GET /x", 1767323045.0),
        ("2026-01-02 03:04:05,200,GET", 1767323045.0),
        ('"2026-01-02 03:04:05.25+00:00",200', 1767323045.25),
        ("time,status", None),
        ("", None),
        ('{"ts": true}', None),
        ('{"ts": "yesterday"}', None),
        ('{"ts": -1}', None),
        ('{"ts": 1e999}', None),
        ("{", None),
        ("\xff\xfe", None),
    ],
)
def test_the_time_of_a_line(line: str, seconds: float | None) -> None:
    at = time_of(line.encode())
    assert (at if at is None else round(at, 6)) == seconds


def test_times_count_from_the_first_and_are_in_order(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    log.write_text('{"ts": 12.5}\nnonsense\n{"ts": 10.25}\n\n{"ts": 11}\n')
    assert read_arrival_log(log) == (0.0, 0.75, 2.25)


def test_whole_seconds_are_spread_evenly_over_themselves(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("100\n100\n100\n100\n102\n102\n")
    assert read_arrival_log(log) == (0.0, 0.25, 0.5, 0.75, 2.0, 2.5)


@pytest.mark.parametrize("content", ["", "time,status\n", "\n\n"])
def test_a_log_without_a_time_is_refused_with_what_would_be_read(tmp_path: Path, content: str) -> None:
    log = tmp_path / "empty.log"
    log.write_text(content)
    with pytest.raises(UsageError, match=r"empty.log: no line of this log has a time of arrival; it reads JSON lines"):
        read_arrival_log(log)


def test_a_log_that_is_not_there_or_is_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="this log cannot be read: No such file"):
        read_arrival_log(tmp_path / "none.log")
    log = tmp_path / "long.log"
    log.write_text("1\n2\n3\n")
    monkeypatch.setattr(arrival_log, "TIMES_MAX", 2)
    with pytest.raises(UsageError, match="more than 2 arrivals"):
        read_arrival_log(log)
    monkeypatch.setattr(arrival_log, "LINES_MAX", 2)
    with pytest.raises(UsageError, match="more than 2 lines"):
        read_arrival_log(log)
