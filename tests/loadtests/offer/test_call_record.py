"""What the load generator writes down."""

from pathlib import Path

import pytest

from tidegate.loadtests.offer.call_record import CallRecord, is_accepted, read_records, write_records

ONE = CallRecord(number=1, name="payment", tag="a-000001", planned_s=1.0, started_s=1.25, ended_s=4.0, status=200)
OTHER = CallRecord(
    number=2, name="read", tag="a-000002", planned_s=2.0, started_s=2.0, ended_s=2.5, status=429, retry_after="1",
    problem="rate-limited", error=None,
)  # fmt: skip


def test_a_wait_counts_from_the_planned_start_not_from_the_real_one() -> None:
    assert ONE.waited_s == 3.0
    assert ONE.late_s == 0.25


def test_records_come_back_as_they_were_written(tmp_path: Path) -> None:
    write_records(tmp_path / "records.jsonl", [ONE, OTHER])
    assert read_records(tmp_path / "records.jsonl") == [ONE, OTHER]


def test_a_run_without_calls_writes_an_empty_file(tmp_path: Path) -> None:
    write_records(tmp_path / "records.jsonl", [])
    assert read_records(tmp_path / "records.jsonl") == []


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_records(tmp_path / "records.jsonl")


@pytest.mark.parametrize(
    ("status", "proxy_status", "accepted"),
    [
        (202, "tidegate", True),
        (202, None, False),
        (202, "tidegate; received-status=202", False),
        (200, "tidegate", False),
    ],
)
def test_the_proxys_own_202_is_told_from_a_vendors(status: int, proxy_status: str | None, *, accepted: bool) -> None:
    assert is_accepted(status, proxy_status) is accepted
