"""Tests of tidegate.proxy.desk.port.audit_pages."""

from pathlib import Path

import orjson
import pytest

from tests.proxy.store.places import NOW, at, sqlite_at
from tidegate.proxy.desk.delivery_query import Misread
from tidegate.proxy.desk.port.audit_pages import AuditQuery, audit_page, read_audit_query
from tidegate.proxy.store.audit.audit_chain import AuditEntry
from tidegate.proxy.store.store_error import StoreError


async def test_rows_are_shown_as_they_are_stored_with_head_and_start(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        rows = await store.audit.append([AuditEntry("breaker.forced", f"p{n}", NOW) for n in range(3)], at())
        page = await audit_page(store, "GET", "after=1")
        document = orjson.loads(page.body)
        assert [row["line"] for row in document["rows"]] == [row.line for row in rows[1:]]
        assert document["head"] == {"n": 3, "digest": rows[-1].digest}
        assert document["start"]["n"] == 0
        assert (await audit_page(store, "POST", "")).status == 405
        assert (await audit_page(store, "GET", "what=breaker.froced")).status == 400


async def test_what_the_store_cannot_say_now_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away() -> None:
        raise StoreError("away", "away")

    async with sqlite_at(tmp_path).opened() as store:
        monkeypatch.setattr(store.audit, "head", away)
        assert (await audit_page(store, "GET", "")).status == 503


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("aftr=1", "did you mean after"),
        ("after=1&after=2", "more than once"),
        ("after=-1", "whole number"),
        ("after=9999999999999999", "whole number"),
        ("limit=0", "between 1 and 500"),
        ("limit=501", "between 1 and 500"),
        ("what=nothing", "nothing called 'nothing' is recorded"),
        ("a", "the query cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_told_why(query: str, why: str) -> None:
    misread = read_audit_query(query)
    assert isinstance(misread, Misread)
    assert why in misread.why


def test_a_query_says_which_rows() -> None:
    asked = read_audit_query("after=7&limit=2&target=delivery:d1&what=delivery.redo")
    assert asked == AuditQuery(7, 2, "delivery:d1", "delivery.redo")
    assert read_audit_query("") == AuditQuery()
