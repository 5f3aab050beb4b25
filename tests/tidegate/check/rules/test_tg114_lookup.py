"""TG114: an entry is told once, however many operations it means."""

from pathlib import Path

from tests.tidegate.plans import POST, broken


def test_a_pattern_that_looks_up_what_is_not_there_is_told_once(tmp_path: Path) -> None:
    entry = "Post*: {idempotency: vendor-key, lookup: {operation: NoSuch, by: {}}}"
    assert broken(tmp_path, (POST, entry)) == [("TG114", "operations.Post*.lookup.operation")]


def test_a_promised_lookup_that_is_missing_is_told_once(tmp_path: Path) -> None:
    assert broken(tmp_path, (POST, "Post*: {idempotency: lookup}")) == [("TG114", "operations.Post*.idempotency")]
