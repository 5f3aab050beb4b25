"""Pages of issues."""

import json
from datetime import UTC, datetime

import pytest

from tidegate.adapters.fields import Fields
from tidegate.adapters.gateway import GatewayResponse
from tidegate.adapters.issue_pages import cursor, entry_of, page_of
from tidegate.adapters.ports.failures import NotFound, Rejected, VendorContractBroken
from tidegate.adapters.ports.records import Record, RecordState
from tidegate.adapters.vendor_answer import failure_by_status

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def record(fields: Fields) -> Record | None:
    if fields.has("hidden"):
        return None
    return Record(fields.text("id"), "t", "", RecordState.OPEN, "open", (), "1", fields.moment("at"))


def page(body: object, status: int = 200) -> tuple[list[str], str | None]:
    answer = GatewayResponse(status, json.dumps(body).encode(), "c1", None, reads=True)
    found = page_of(answer, lambda refusal: failure_by_status(refusal, "no"), record, SINCE, 2, "v:2")
    return [one.id for one in found.records], found.after


def test_a_full_page_has_another_behind_it_whatever_of_it_is_left_out() -> None:
    new, old = {"id": "v:1", "at": "2026-01-02T00:00:00Z"}, {"id": "v:0", "at": "2025-01-02T00:00:00Z"}
    assert page([new, old]) == (["v:1"], "v:2")
    assert page([{"hidden": True}, new]) == (["v:1"], "v:2")
    assert page([new]) == (["v:1"], None)
    assert page([]) == ([], None)


def test_an_answer_that_is_no_list_is_a_failure() -> None:
    with pytest.raises(NotFound):
        page({}, 404)
    bodies: tuple[object, ...] = ({}, [7], [{"id": "v:1", "at": "noon"}])
    for body in bodies:
        with pytest.raises(VendorContractBroken):
            page(body)


@pytest.mark.parametrize("after", ["v:0", "v:x", "v:", "w:1", "1", "v:1000000", "v:²"])
def test_a_cursor_that_is_none_is_rejected(after: str) -> None:
    assert cursor(None, 50, "v") == 1
    assert cursor("v:7", 50, "v") == 7
    with pytest.raises(Rejected):
        cursor(after, 50, "v")


def test_a_label_is_a_text_or_has_a_name() -> None:
    assert [entry_of(value, "name") for value in ("a", {"name": "b"}, {"name": 7}, None)] == ["a", "b", "", ""]
