"""Tests of tidegate.proxy.console.views.audit, of a whole proxy over real sockets."""

from pathlib import Path

import pytest

from tests.proxy.console.served_town import served_town
from tidegate.proxy.console.views.audit import ROWS, audited_rows
from tidegate.proxy.store.audit.audit_chain import AuditRow

HOSTILE = "<img src=x onerror=alert(1)>"


async def test_rows_are_shown_the_newest_first_page_by_page_and_by_kind(tmp_path: Path) -> None:
    async with served_town(tmp_path) as served:
        recorder, browser = served.town.proxy.audit, served.browser
        for number in range(ROWS + 2):
            recorder.record(
                "breaker.forced", who=HOSTILE, target=f"breaker:stripe/{number}", reason="a drill", to="open"
            )
        recorder.record("reload.asked", who="ada")
        await recorder.flush(5.0)
        page = await browser.get("/console/audit")
        assert page.status == 200
        assert page.text.index("reload.asked</code>") < page.text.index("breaker:stripe/51")
        assert HOSTILE in page.words
        assert "<img src=x" not in page.text
        head = await served.town.proxy.parts.store.audit.head()
        assert f"The chain ends at row {ROWS + 3} with the digest {head.digest}" in page.words
        older = await browser.get("/console/audit?before=4")
        assert "breaker:stripe/2" in older.words
        assert "breaker:stripe/3" not in older.words
        only = await browser.get("/console/audit?what=reload.asked")
        assert "ada" in only.words
        assert "a drill" not in only.words
        assert "a drill" in (await browser.get("/console/audit?target=breaker:stripe/7")).words
        assert "Nothing fits" in (await browser.get("/console/audit?target=nothing")).words


@pytest.mark.parametrize("query", ["what=breaker.forcedd", "before=-1", "before=1e9", "target=" + "a" * 300])
async def test_what_cannot_be_meant_is_said(tmp_path: Path, query: str) -> None:
    async with served_town(tmp_path) as served:
        assert (await served.browser.get(f"/console/audit?{query}")).status == 400


def test_a_row_that_cannot_be_read_is_shown_as_it_is() -> None:
    rows = audited_rows([AuditRow(1, "{", "d"), AuditRow(2, "[1]", "d"), AuditRow(3, '{"wall": "x", "facts": 1}', "d")])
    assert [(row.what, row.wall, row.reason) for row in rows] == [
        ("unreadable", None, "{"), ("unreadable", None, "[1]"), ("", None, ""),
    ]  # fmt: skip
