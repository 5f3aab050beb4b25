"""Calls come back from their file as they were, whatever bytes they carry."""

from pathlib import Path

from tidegate.loadtests.offer.offered_call import OfferedCall, read_calls, write_calls

CALL = OfferedCall(
    1, 0.5, "ferries", "book", "book", "a-1", "POST", "http://x/bookings", {"Call-Tag": "a-1"},
    bytes(range(256)).decode("latin-1"),
)  # fmt: skip


def test_a_file_of_calls_comes_back_as_it_was(tmp_path: Path) -> None:
    write_calls(tmp_path / "calls.jsonl", [CALL, CALL])
    assert read_calls(tmp_path / "calls.jsonl") == [CALL, CALL]
    assert CALL.content == bytes(range(256))


def test_a_call_is_plain_data_and_back() -> None:
    assert OfferedCall.of(CALL.document()) == CALL
