"""The records port over GitHub."""

import json
from datetime import UTC, datetime

import pytest

from tests.adapters.answering import Answering, at_once
from tidegate.adapters.gateway import GatewayResponse
from tidegate.adapters.github.adapter import GitHubRecords, failure_of
from tidegate.adapters.ports.failures import Misconfigured, RateLimited, Rejected, VendorContractBroken
from tidegate.adapters.ports.records import Record, RecordDraft, RecordState, VersionConflict

AT = "2026-01-02T03:04:05Z"
ISSUE = {
    "number": 7, "title": "Leak", "body": None, "state": "open", "updated_at": AT, "labels": [{"name": "gate"}, "sea"],
}  # fmt: skip
RECORD = Record(
    "github:7", "Leak", "", RecordState.OPEN, "open", ("gate", "sea"), AT, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
)
PATH = "/repos/octo/gate/issues"


def records(body: object, status: int = 200) -> tuple[GitHubRecords, Answering]:
    gateway = Answering(status, json.dumps(body).encode())
    return GitHubRecords(gateway, owner="octo", repository="gate"), gateway


def test_a_record_is_read_and_an_unknown_state_keeps_its_word() -> None:
    adapter, gateway = records(ISSUE)
    assert at_once(adapter.find("github:7")) == RECORD
    assert gateway.asked.path == f"{PATH}/7"
    other = at_once(records({**ISSUE, "state": "asleep"})[0].find("github:7"))
    assert (other.state, other.vendor_state) == (RecordState.UNKNOWN, "asleep")


def test_a_list_is_asked_for_since_a_moment_and_leaves_pull_requests_out() -> None:
    adapter, gateway = records([ISSUE, {**ISSUE, "pull_request": {}}])
    page = at_once(adapter.changed_since(datetime(2026, 1, 1, tzinfo=UTC), after="github:3", size=2))
    assert (page.records, page.after) == ((RECORD,), "github:4")
    assert gateway.asked.content == {
        "since": "2026-01-01T00:00:00Z", "state": "all", "sort": "updated", "direction": "asc", "per_page": "2",
        "page": "3",
    }  # fmt: skip


def test_a_record_is_made_and_put() -> None:
    adapter, gateway = records(ISSUE, 201)
    assert at_once(adapter.create(RecordDraft("Leak", labels=("gate",)), key="k")) == RECORD
    assert gateway.asked == ("POST", PATH, {"title": "Leak", "body": "", "labels": ["gate"]}, "k")
    at_once(adapter.put("github:7", RecordDraft("Leak", is_open=False), version=AT, key="k2"))
    document = {"title": "Leak", "body": "", "labels": [], "state": "closed"}
    assert gateway.asked == ("PATCH", f"{PATH}/7", document, "k2")


def test_a_record_of_another_version_is_not_put() -> None:
    adapter, gateway = records(ISSUE)
    with pytest.raises(VersionConflict):
        at_once(adapter.put("github:7", RecordDraft("Leak"), version="older", key="k"))
    assert gateway.asked.method == "GET"


@pytest.mark.parametrize("gone", ["number", "title", "state", "updated_at", "labels"])
def test_a_field_that_is_read_and_not_there_breaks_the_contract(gone: str) -> None:
    with pytest.raises(VendorContractBroken):
        at_once(records({name: value for name, value in ISSUE.items() if name != gone})[0].find("github:7"))


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, {"message": "API rate limit exceeded for user"}, RateLimited),
        (403, {"message": "You have exceeded a secondary rate limit"}, RateLimited),
        (403, {"message": "Resource not accessible"}, Misconfigured),
        (422, {"message": "Validation Failed", "errors": [{"field": "title"}]}, Rejected),
        (422, {"errors": 7}, Rejected),
    ],
)
def test_errors_are_failures(status: int, body: object, kind: type[Exception]) -> None:
    failure = failure_of(GatewayResponse(status, json.dumps(body).encode(), "c1", None, reads=True))
    assert type(failure) is kind
