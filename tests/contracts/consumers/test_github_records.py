"""The contract of the records port with GitHub: played against the real adapter."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.consumers.played import file_of, is_committed, play
from tidegate.adapters.gateway import Gateway
from tidegate.adapters.github.adapter import GitHubRecords
from tidegate.adapters.ports.failures import NotFound, RateLimited, Unavailable, VendorFailure
from tidegate.adapters.ports.records import Record, RecordDraft, RecordPage, RecordState
from tidegate.contracts.consumers.github_records import CHANGED, DRAFT, EXPECTATIONS, FIND, KEY_HEADER, pact

Work = Callable[[GitHubRecords], Coroutine[Any, Any, object]]
SINCE, AT = datetime(2025, 12, 31, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
LABELS = (*DRAFT["labels"],)
LEAK, FLOOD = (RecordDraft(title, DRAFT["body"], labels=LABELS) for title in ("A leak", "A flood"))


def record(title: str, labels: tuple[str, ...]) -> Record:
    return Record("github:1", title, DRAFT["body"], RecordState.OPEN, "open", labels, CHANGED, AT)


SUCCESS: dict[str, tuple[Work, object]] = {
    "a record is made": (lambda r: r.create(LEAK, key="k"), record("A leak", LABELS)),
    "a record is looked up": (lambda r: r.find("github:1"), record("A leak", ("urgent",))),
    "a record is changed": (
        lambda r: r.put("github:1", FLOOD, version=CHANGED, key="k"),
        record("A flood", LABELS),
    ),
    "records that were changed are listed": (
        lambda r: r.changed_since(SINCE),
        RecordPage((record("A leak", ("urgent",)),), None),
    ),
}
FAILURE: dict[str, tuple[Work, type[VendorFailure]]] = {
    "a record that does not exist is looked up": (lambda r: r.find("github:1"), NotFound),
    "the vendor refuses for the rate": (lambda r: r.find("github:1"), RateLimited),
    "the vendor fails": (lambda r: r.find("github:1"), Unavailable),
}
WORK = {name: entry[0] for name, entry in (SUCCESS | FAILURE).items()}
BY_NAME = {expectation.name: expectation for expectation in EXPECTATIONS}
FILE = file_of(pact())


def working(name: str, gateway: Gateway) -> Coroutine[Any, Any, object]:
    """The work of an expectation."""
    return WORK[name](GitHubRecords(gateway, owner="acme", repository="shop"))


def test_every_expectation_is_played() -> None:
    assert set(WORK) == set(BY_NAME)


@pytest.mark.parametrize("name", SUCCESS)
async def test_the_adapter_asks_as_expected_and_reads_the_answer(name: str) -> None:
    before = (FIND,) if name == "a record is changed" else ()  # the version is read just before
    found = await play(BY_NAME[name], lambda gateway: working(name, gateway), *before, key_header=KEY_HEADER)
    assert found == SUCCESS[name][1]


@pytest.mark.parametrize("name", FAILURE)
async def test_the_adapter_asks_as_expected_and_understands_the_refusal(name: str) -> None:
    with pytest.raises(VendorFailure) as failure:
        await play(BY_NAME[name], lambda gateway: working(name, gateway), key_header=KEY_HEADER)
    assert type(failure.value) is FAILURE[name][1]


def test_the_committed_file_is_what_is_declared(tmp_path: Path) -> None:
    assert is_committed(pact(), tmp_path), "run: python -m tidegate.contracts.consumers.github_records"
