"""The names of fields and headers say something of a page where their schemas let them."""

import pytest

from tests.simulator.small_vendor import SWITCH, TEXT, WHOLE
from tidegate.openapi.schema_types import Level
from tidegate.simulator.document.paging.page_words import header_meaning, meaning, without_cursors


@pytest.mark.parametrize(
    ("name", "means"),
    [("X-Total-Count", "count"), ("X-Total", "count"), ("X-Total-Pages", "pages"), ("X-Page", "page"),
     ("X-Per-Page", "limit"), ("X-Next-Page", "next_number"), ("Content-Range", "range"), ("X-Request-Id", ""),
     ("X-RateLimit-Limit", "")],
)  # fmt: skip
def test_a_header_says_something_of_a_page_by_its_name(name: str, means: str) -> None:
    assert header_meaning(name, WHOLE) == means


@pytest.mark.parametrize(
    ("name", "level", "means"),
    [("hasmore", SWITCH, "more"), ("hasmore", TEXT, ""), ("next", TEXT, "next"), ("next", WHOLE, "next_number"),
     ("first", SWITCH, "is_first"), ("first", WHOLE, ""), ("nextcursortoken", TEXT, "token"), ("total", {}, "count"),
     ("previousurl", TEXT, "previous"), ("colour", TEXT, "")],
)  # fmt: skip
def test_a_name_means_what_its_schema_may_say(name: str, level: Level, means: str) -> None:
    assert meaning(name, level) == means


def test_what_leads_on_is_taken_out_wherever_it_stands() -> None:
    body = {"data": [], "paging": {"next_cursor": "abc", "total": 3}, "next": "/pets?page=2", "note": "next"}
    ended = {"data": [], "paging": {"next_cursor": "", "total": 3}, "next": "", "note": "next"}
    assert without_cursors(body) == ended
