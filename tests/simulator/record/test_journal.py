"""The journal is bounded, its counters are not, and pages through it miss nothing."""

import pytest

from tidegate.simulator.record.journal import Journal, JournalEntry, JournalFilter


def journal_of(count: int, most: int = 100) -> Journal:
    journal = Journal(most)
    for n in range(count):
        entry = journal.arrive(float(n), 1000.0 + n, "GET", "/v1/x")
        entry.status = 200 if n % 2 else 0
        entry.faults = () if n % 2 else ("hang",)
        journal.close(entry)
    return journal


def test_the_oldest_entries_are_forgotten_and_the_counters_survive() -> None:
    journal = journal_of(250)
    assert [entry.n for entry in journal.entries] == list(range(151, 251))
    assert (journal.last, journal.forgotten) == (250, 150)
    assert journal.counters["requests"] == 250
    assert journal.counters["status 200"] == 125
    assert journal.counters["no answer"] == journal.counters["fault hang"] == 125


def test_pages_follow_each_other_without_a_gap() -> None:
    journal = journal_of(250)
    seen, since = [], 0
    while page := journal.since(since, 30):
        seen += [entry.n for entry in page]
        since = page[-1].n
    assert seen == list(range(151, 251))


def test_the_faults_of_a_webhook_are_told_with_the_request_that_brought_it() -> None:
    journal = journal_of(4, most=3)
    journal.webhook(4, ("duplicate", "late"))
    journal.webhook(0, ("drop",))
    journal.webhook(1, ("drop",))
    assert [entry.described()["faults"] for entry in journal.entries] == [
        [], ["hang"], ["webhook duplicate", "webhook late"]
    ]  # fmt: skip
    assert numbers(journal, {"fault": "webhook*"}) == [4]
    assert (journal.counters["fault webhook duplicate"], journal.counters["fault webhook drop"]) == (1, 2)


def numbers(journal: Journal, query: dict[str, str], limit: int = 10, since: int = 0) -> list[int]:
    return [entry.n for entry in journal.since(since, limit, JournalFilter.of(query))]


def mixed() -> Journal:
    """Four requests that differ in everything."""
    journal = Journal()
    for operation, status, faults, key, app in (
        ("GetX", 200, (), "", "***a"),
        ("PostX", 404, ("latency", "error"), "k1", "***b"),
        ("PostY", 409, ("drift removed /amount",), "k2", "***a"),
        ("GetX", 0, ("hang",), "", "***b"),
    ):
        entry = journal.arrive(0.0, 0.0, "GET", "/")
        entry.operation, entry.status, entry.faults, entry.key, entry.app = operation, status, faults, key, app
    return journal


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [1, 2, 3, 4]),
        ({"operation": "GetX"}, [1, 4]),
        ({"operation": "Post*"}, [2, 3]),
        ({"status": "404"}, [2]),
        ({"status": "4xx"}, [2, 3]),
        ({"status": "4*"}, [2, 3]),
        ({"status": "0"}, [4]),
        ({"fault": "error"}, [2]),
        ({"fault": "drift*"}, [3]),
        ({"fault": "drift * /amount"}, [3]),
        ({"key": "k1"}, [2]),
        ({"app": "***b"}, [2, 4]),
        ({"app": "***b", "status": "0"}, [4]),
        ({"app": "***c"}, []),
    ],
)
def test_entries_are_found_by_what_they_say(query: dict[str, str], found: list[int]) -> None:
    assert numbers(mixed(), query) == found


def test_the_limit_counts_what_was_asked_for() -> None:
    journal = journal_of(250)
    assert numbers(journal, {"status": "200"}, limit=3) == [152, 154, 156]
    assert numbers(journal, {"status": "200"}, limit=3, since=156) == [158, 160, 162]


@pytest.mark.parametrize("status", ["ok", "", "4-5", "12345"])
def test_a_status_that_none_can_be_is_refused(status: str) -> None:
    with pytest.raises(ValueError, match="write one like 404, 4xx or 0"):
        JournalFilter.of({"status": status})


def test_a_log_is_given_each_request_when_it_is_over() -> None:
    journal = Journal()
    told: list[JournalEntry] = []
    journal.log = told.append
    entry = journal.arrive(0.0, 0.0, "GET", "/")
    assert told == []
    journal.end(entry)
    assert told == [entry]


def test_changes_are_counted_by_kind() -> None:
    journal = Journal()
    journal.changed([{"kind": "refund.created"}, {"kind": "refund.created"}, {"kind": "customer.created"}])
    assert journal.counters == {"effect refund.created": 2, "effect customer.created": 1}


def test_an_entry_describes_itself_as_data() -> None:
    described = journal_of(1).entries[0].described()
    assert described["n"] == 1
    assert described["faults"] == ["hang"]
    assert set(described) >= {"at", "wall", "method", "path", "operation", "key", "status", "answered", "effects"}


def test_a_cleared_journal_begins_at_one() -> None:
    journal = journal_of(3)
    journal.clear()
    assert journal.last == 0
    assert journal.arrive(0.0, 0.0, "GET", "/").n == 1
    assert journal.counters == {"requests": 1}
