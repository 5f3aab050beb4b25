"""The records port over GitLab."""

import json
from datetime import UTC, datetime

import pytest

from tests.adapters.answering import Answering, at_once
from tidegate.adapters.gateway import GatewayResponse
from tidegate.adapters.gitlab.adapter import GitLabRecords, failure_of
from tidegate.adapters.ports.failures import Misconfigured, NotFound, RateLimited, Rejected, VendorContractBroken
from tidegate.adapters.ports.records import Record, RecordDraft, RecordState, VersionConflict

AT = "2026-01-02T03:04:05.678Z"
ISSUE = {"iid": 7, "title": "Leak", "description": None, "state": "opened", "updated_at": AT, "labels": ["gate"]}
RECORD = Record(
    "gitlab:7",
    "Leak",
    "",
    RecordState.OPEN,
    "opened",
    ("gate",),
    AT,
    datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC),
)
PATH = "/api/v4/projects/sea%2Fgate/issues"


def records(body: object, status: int = 200) -> tuple[GitLabRecords, Answering]:
    gateway = Answering(status, json.dumps(body).encode())
    return GitLabRecords(gateway, project="sea/gate"), gateway


def test_a_record_is_read_and_an_unknown_state_keeps_its_word() -> None:
    adapter, gateway = records(ISSUE)
    assert at_once(adapter.find("gitlab:7")) == RECORD
    assert gateway.asked.path == f"{PATH}/7"
    other = at_once(records({**ISSUE, "state": "locked"})[0].find("gitlab:7"))
    assert (other.state, other.vendor_state) == (RecordState.UNKNOWN, "locked")


def test_a_list_is_asked_for_since_a_moment() -> None:
    adapter, gateway = records([ISSUE])
    page = at_once(adapter.changed_since(datetime(2026, 1, 1, tzinfo=UTC), size=1))
    assert (page.records, page.after) == ((RECORD,), "gitlab:2")
    assert gateway.asked.content == {
        "updated_after": "2026-01-01T00:00:00Z", "order_by": "updated_at", "sort": "asc", "per_page": "1", "page": "1",
    }  # fmt: skip


@pytest.mark.parametrize(("is_open", "word"), [(False, "close"), (True, None)])
def test_a_record_is_made_and_put(is_open: bool, word: str | None) -> None:
    adapter, gateway = records(ISSUE, 201)
    assert at_once(adapter.create(RecordDraft("Leak", labels=("gate",)), key="k")) == RECORD
    assert (*gateway.asked,) == ("POST", PATH, {"title": "Leak", "description": "", "labels": ["gate"]}, "k")
    at_once(adapter.put("gitlab:7", RecordDraft("Leak", is_open=is_open), version=AT, key="k2"))
    asked = gateway.asked
    assert (asked.method, asked.path) == ("PUT", f"{PATH}/7")
    assert asked.content.get("state_event") == word


def test_a_record_of_another_version_is_not_put() -> None:
    adapter, gateway = records(ISSUE)
    with pytest.raises(VersionConflict):
        at_once(adapter.put("gitlab:7", RecordDraft("Leak"), version="older", key="k"))
    assert gateway.asked.method == "GET"


@pytest.mark.parametrize("gone", ["iid", "title", "state", "updated_at", "labels"])
def test_a_field_that_is_read_and_not_there_breaks_the_contract(gone: str) -> None:
    with pytest.raises(VendorContractBroken):
        at_once(records({name: value for name, value in ISSUE.items() if name != gone})[0].find("gitlab:7"))


@pytest.mark.parametrize(
    ("status", "body", "kind", "text"),
    [
        (400, {"error": "title is missing"}, Rejected, "title is missing"),
        (400, {"message": {"title": ["can't be blank"]}}, Rejected, "The vendor answered 400"),
        (401, {"message": "401 Unauthorized"}, Misconfigured, "401 Unauthorized"),
        (404, {"message": "404 Not found"}, NotFound, "404 Not found"),
        (429, "Retry later", RateLimited, "The vendor answered 429"),
    ],
)
def test_errors_are_failures(status: int, body: object, kind: type[Exception], text: str) -> None:
    failure = failure_of(GatewayResponse(status, json.dumps(body).encode(), "", None, reads=True))
    assert (type(failure), str(failure)) == (kind, text)
