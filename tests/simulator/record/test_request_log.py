"""The request log has one line of JSON for each request, and no secret in any."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator.conftest import KEY, Played
from tests.simulator.raw import Raw
from tests.waiting import until
from tidegate.problems import UsageError
from tidegate.simulator.record.journal import JournalEntry
from tidegate.simulator.record.request_log import RequestLog


@pytest.fixture
def log(vendor: Played, tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "requests.jsonl"
    written = RequestLog(path, [KEY], pytest.fail)
    vendor.simulator.journal.log = written.write
    yield path
    written.close()


def text_of(path: Path) -> str:
    return path.read_text()


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in text_of(path).splitlines()]


async def test_each_request_is_one_line(vendor: Played, log: Path) -> None:
    await vendor.world.advance(1.5)
    await vendor.pay("o1", Idempotency_Key="k1")
    vendor.arm(kind="drift", change="removed", pointer="/object")
    await vendor.ask("GET", "/v1/customers")
    await until(lambda: len(lines(log)) == 2)
    first, second = lines(log)
    assert (first["n"], first["time"], first["at"]) == (1, "2025-01-01T00:00:01.500+00:00", 1.5)
    assert (first["operation"], first["status"], first["key"], first["app"]) == (
        "PostPaymentIntents",
        200,
        "k1",
        "***ests",
    )
    assert "payment_intent.succeeded" in first["effects"]  # type: ignore[operator]  # a list
    assert (second["faults"], second["answered"]) == (["drift removed /object"], True)


async def test_a_request_whose_client_left_is_a_line_too(vendor: Played, log: Path) -> None:
    vendor.arm(kind="latency", delay="1m", operations=["GetCustomers"])
    vendor.arm(kind="hang", operations=["GetRefunds"])
    for path in ("/v1/customers", "/v1/refunds"):
        raw = await Raw.to(vendor)
        raw.ask("GET", path)
        await until(lambda: vendor.simulator.journal.entries and vendor.simulator.journal.entries[-1].faults)
        raw.hang_up()
    await until(lambda: len(lines(log)) == 2)
    assert [(line["faults"], line["status"], line["answered"]) for line in lines(log)] == [
        (["latency"], 0, False),
        (["hang"], 0, False),
    ]
    assert vendor.simulator.journal.counters["fault latency"] == 1


async def test_no_secret_is_written(vendor: Played, log: Path) -> None:
    await vendor.ask("GET", f"/v1/customers?email=a@b.example&api_key={KEY}&access_token=abcdef123")
    await vendor.ask("GET", f"/v1/customers/{KEY}")
    await until(lambda: len(lines(log)) == 2)
    text = text_of(log)
    assert KEY not in text
    assert "abcdef123" not in text
    assert "a@b.example" in text


def test_lines_are_added_to_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    for n in (1, 2):
        log = RequestLog(path, [], pytest.fail)
        log.write(JournalEntry(n, 0.0, 0.0, "GET", "/"))
        log.close()
    assert [line["n"] for line in lines(path)] == [1, 2]


def test_a_log_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="this log cannot be written: Is a directory"):
        RequestLog(tmp_path, [], pytest.fail)


def test_a_full_disk_is_told_once() -> None:
    told: list[str] = []
    log = RequestLog(Path("/dev/full"), [], told.append)
    for n in (1, 2):
        log.write(JournalEntry(n, 0.0, 0.0, "GET", "/"))
    assert told == ["/dev/full: nothing more is logged: No space left on device"]
