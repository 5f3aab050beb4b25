"""Tests of tidegate.proxy.upstream.cached_reply."""

from typing import Any

from tests.proxy import examples
from tests.proxy.policies.stored_answers import DATE, headers, kept
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.reply import refused
from tidegate.proxy.upstream.cached_reply import cached_reply, with_cache_status


def said(
    asked: dict[str, str] | None = None, method: str = "GET", **lines: Any
) -> tuple[int, dict[bytes, bytes], bytes]:
    call = examples.call(method=method, headers=headers(**asked or {}))
    reply = cached_reply(call, kept(body=b"0123456789", **lines), 7.5, "hit", b"tidegate; hit")
    return reply.status, dict(reply.headers), reply.body


def test_the_whole_answer_has_its_age_and_what_the_cache_did() -> None:
    assert said(A="1") == (200, {b"A": b"1", b"Age": b"7", b"Cache-Status": b"tidegate; hit"}, b"0123456789")


def test_304_has_the_lines_that_go_with_it_and_no_others() -> None:
    status, lines, body = said(
        {"If_None_Match": '"a"'}, ETag='"a"', Date=DATE, Content_Type="text/plain", Cache_Control="max-age=9"
    )
    assert (status, body) == (304, b"")
    assert set(lines) == {b"ETag", b"Date", b"Cache-Control", b"Age", b"Cache-Status"}


def test_a_range_says_where_it_is_from() -> None:
    status, lines, body = said({"Range": "bytes=2-4"})
    assert (status, lines[b"Content-Range"], body) == (206, b"bytes 2-4/10", b"234")


def test_a_range_behind_the_end_is_not_to_be_had() -> None:
    status, lines, body = said({"Range": "bytes=10-"}, Date=DATE, Cache_Control="max-age=9", Content_Type="text/plain")
    assert (status, lines[b"Content-Range"], body) == (416, b"bytes */10", b"")
    assert set(lines) == {b"Date", b"Age", b"Cache-Status", b"Content-Range"}


def test_a_head_says_how_long_the_body_would_be_and_knows_no_range() -> None:
    for asked in ({}, {"Range": "bytes=2-4"}, {"Range": "bytes=10-"}):
        status, lines, _ = said(asked, method="HEAD")
        assert (status, lines[b"Content-Length"]) == (200, b"10")


def test_conditions_are_for_good_answers() -> None:
    call = examples.call(method="GET", headers=headers(If_None_Match="*", Range="bytes=0-1"))
    reply = cached_reply(call, kept(status=404, body=b"gone"), 0.0, "hit", b"tidegate; hit")
    assert (reply.status, reply.body) == (404, b"gone")


def test_what_came_just_now_has_no_age() -> None:
    call = examples.call(method="GET")
    assert b"Age" not in dict(cached_reply(call, kept(), 0.0, "miss", b"tidegate", fresh=True).headers)


def test_a_refusal_of_ours_says_nothing_of_the_cache() -> None:
    passed = with_cache_status(examples.reply(), "miss", b"tidegate; fwd=uri-miss")
    assert (passed.cache, passed.headers[-1]) == ("miss", (b"Cache-Status", b"tidegate; fwd=uri-miss"))
    assert not with_cache_status(refused(PROBLEMS["overloaded"], ""), "miss", b"tidegate").headers
