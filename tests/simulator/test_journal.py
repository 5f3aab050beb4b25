"""The journal is bounded, its counters are not, and pages through it miss nothing."""

from tidegate.simulator.journal import Journal


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
