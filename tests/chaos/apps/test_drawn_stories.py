"""A drawn story asks as its way says, and expects what its operation's plan allows."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.kiosk import kiosk_cast
from tidegate.chaos.apps.cast import cast_of
from tidegate.chaos.apps.drawn_stories import DrawnStory, story_name
from tidegate.chaos.apps.naive_sdk import SdkResponse
from tidegate.chaos.apps.retry_loop import Intent
from tidegate.openapi.document import Document
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor


@pytest.fixture
def stories(tmp_path: Path) -> dict[str, DrawnStory]:
    return dict(kiosk_cast(tmp_path).stories)


def intent(story: str, name: str = "order-000010", **names: str) -> Intent:
    return Intent(name, story, 0.0, names=names)


def test_a_request_is_for_the_gateway_and_carries_token_tag_and_key(stories: dict[str, DrawnStory]) -> None:
    story = stories["sellTicket keyed"]
    head, _, body = story.request(intent("sellTicket keyed"), "order-000010/1").partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /kiosk/tickets HTTP/1.1"
    assert {"X-Kiosk-Key: shop-token", "Call-Tag: order-000010/1", "Idempotency-Key: order-000010"} <= {*lines}
    assert f"Content-Length: {len(body)}" in lines
    assert b'"holder"' in body


def test_the_same_intent_is_the_same_content_and_another_one_is_another(stories: dict[str, DrawnStory]) -> None:
    story = stories["sellTicket revise"]
    first = story.request(intent("sellTicket revise"), "order-000010/1")
    assert story.request(intent("sellTicket revise"), "order-000010/1") == first
    assert story.request(intent("sellTicket revise"), "order-000010/1", other=True) != first


def test_names_go_into_the_path(stories: dict[str, DrawnStory]) -> None:
    written = stories["showTicket brisk"].request(intent("showTicket brisk", id="a/b"), "order-000010/1")
    assert written.startswith(b"GET /kiosk/tickets/a%2Fb HTTP/1.1\r\n")
    assert b"Tidegate-Timeout: 1s" in written
    assert b"Content-Length" not in written


def test_the_plan_says_what_may_be_repeated_and_what_happens_once(stories: dict[str, DrawnStory]) -> None:
    sell, change, note = (stories[f"{name} plain"] for name in ("sellTicket", "changeTicket", "leaveNote"))
    assert (sell.happens_once, sell.repeatable, sell.writes) == (True, False, True)
    assert (change.happens_once, change.repeatable) == (False, True)
    assert stories["leaveNote keyed"].repeatable
    assert stories["leaveNote keyed"].tries < stories["sellTicket keyed"].tries
    assert not note.may_wait
    assert (note.budget_s, note.effect, note.is_drawn, note.streams) == (15.0, "", True, False)
    assert not stories["listTickets plain"].writes


def test_an_error_in_an_answer_of_success_is_an_error() -> None:
    loaded = load_vendor(find_vendor("slack"))
    cast = cast_of([(loaded, Document.load(loaded.document_path))], {})
    story = cast.stories["chat_postMessage plain"]
    answers = {b'{"ok":true}': 200, b'{"error":"ratelimited"}': 429, b'{"error":"fatal_error"}': 500, b"{": 200}
    assert {body: story.status_of(SdkResponse(200, {}, body)) for body in answers} == answers
    assert story.status_of(SdkResponse(200, {}, b'{"error":"no_channel"}')) == 400
    assert story.status_of(SdkResponse(503, {}, b"")) == 503
    assert story.status_of(SdkResponse(403, {"Tidegate-Problem": "vendor-rate-limited"}, b"")) == 429


def test_a_story_is_named_after_its_vendor_where_there_are_several(stories: dict[str, DrawnStory]) -> None:
    source = stories["sellTicket plain"].drawn
    assert story_name(source, "plain", several=False) == "sellTicket plain"
    assert story_name(source, "plain", several=True) == "kiosk sellTicket plain"


def test_a_post_whose_result_is_elsewhere_is_done_where_its_document_says_so(stories: dict[str, DrawnStory]) -> None:
    story = stories["sellTicket plain"]
    node = {**story.drawn.operation.node, "responses": {"303": {"description": "Sold."}}}
    source = replace(story.drawn, operation=replace(story.drawn.operation, node=node))
    assert replace(story, source=source).status_of(SdkResponse(303, {}, b"")) == 200
    assert story.status_of(SdkResponse(303, {}, b"")) == 303
