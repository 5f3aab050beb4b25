"""The tap reads requests and orders to pause off the wire, and nothing else."""

import pytest

from tidegate.chaos.judge.tap import SeenGrant, WireWords, retry_after_s, shut_for_s, tapped
from tidegate.chaos.world.line import Line
from tidegate.chaos.world.odd_answer import odd

DATED = b"HTTP/1.1 429 x\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nRetry-After: Thu, 01 Jan 2026 00:00:05 GMT\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "wait_s"),
    [
        (b"HTTP/1.1 429 x\r\nRetry-After: 2.5\r\n\r\n", 2.5),
        (DATED, 5.0),
        (b"HTTP/1.1 429 x\r\nRetry-After: Thu, 01 Jan 2026 00:00:05 GMT\r\n\r\n", None),
        (b"HTTP/1.1 429 x\r\n\r\n", None),
    ],
)
def test_a_retry_after_is_read_in_seconds_or_against_the_vendors_own_date(answer: bytes, wait_s: float | None) -> None:
    assert retry_after_s(answer) == wait_s


def test_it_notes_what_is_sent_when_and_for_which_call() -> None:
    line, now = Line(0.0), [1.0]
    tap = tapped(line, lambda: now[0])
    assert line.sent
    assert line.received
    assert line.failed
    first, other = object(), object()
    line.sent(first, b"POST /x HTTP/1.1\r\nHost: x\r\nCall-Tag: order-1/2\r\n\r\n")
    line.sent(first, b"more of a body")
    now[0] = 2.0
    line.received(first, DATED)
    line.received(other, b"HTTP/1.1 200 OK\r\nRequest-Id: req_2\r\n\r\n")
    line.received(first, b"HTTP/1.1 200 OK\r\nRequest-Id: req_1\r\n\r\n")
    line.received(first, b'HTTP/1.1 429 x\r\nRetry-After: 2\r\n\r\n{"error": {"code": "lock_timeout"}}')
    line.received(first, b"HTTP/1.1 503 x\r\nRetry-After: 2\r\n\r\n")
    line.failed()
    assert (tap.sends, tap.pauses, tap.failed_dials) == ([(1.0, "order-1/2")], [(2.0, 7.0, "")], [2.0])
    assert tap.answers == {"req_1": "order-1/2"}
    assert tap.waits == [("order-1/2", 1.0, 2.0)]
    assert (tap.failures, tap.refusals, tap.tokens) == ([], [], 0)
    line.received(first, b'HTTP/1.1 409 x\r\n\r\n{"error": {"code": "idempotency_key_in_use"}}')
    line.received(other, b'HTTP/1.1 429 x\r\n\r\n{"error": {"code": "lock_timeout"}}')
    assert tap.contentions == [(2.0, "order-1/2")] * 2, "of both words, and of requests that it saw"


def test_a_request_that_a_used_connection_took_and_nothing_answered_was_lost_with_it() -> None:
    line, now = Line(0.0), [1.0]
    tap = tapped(line, lambda: now[0])
    assert line.sent
    assert line.received
    first, other = object(), object()
    for at, connection, tag in ((1.0, first, b"a"), (2.0, first, b"b"), (3.0, first, b"c"), (4.0, other, b"c")):
        now[0] = at
        line.sent(connection, b"GET /x HTTP/1.1\r\nCall-Tag: " + tag + b"\r\n\r\n")
        if at < 3.0:
            line.received(connection, b"HTTP/1.1 200 OK\r\n\r\n")
    assert tap.lost == {"c": 1}


@pytest.mark.parametrize("interim", [b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"])
def test_a_refusal_of_a_key_is_seen_behind_an_interim_answer_too(interim: bytes) -> None:
    line = Line(0.0)
    tap = tapped(line, lambda: 3.0)
    assert line.sent
    assert line.received
    line.sent(line, b"GET /x HTTP/1.1\r\nCall-Tag: order-1/1\r\n\r\n")
    line.received(line, interim + b"HTTP/1.1 401 x\r\nContent-Length: 2\r\n\r\n{}")
    assert tap.unknown_keys == [(3.0, "order-1/1")]


def test_whole_answers_that_fail_or_say_no_are_noted_and_so_is_an_apps_token() -> None:
    line, failed = Line(0.0), b"HTTP/1.1 503 x\r\nContent-Length: 2\r\nStripe-Should-Retry: false\r\n\r\n{}"
    tap = tapped(line, lambda: 3.0)
    assert line.sent
    assert line.received
    line.sent(line, b"GET /x HTTP/1.1\r\nCall-Tag: order-1/1\r\nX-Auth: Bearer shop-token\r\n\r\n")
    line.received(line, failed[:-1])
    assert (tap.failures, tap.refusals) == ([], []), "its body broke off, and what then counts is that"
    assert tap.unwanted == {"order-1/1"}, "its head has said so all the same"
    line.received(line, failed)
    line.received(line, failed.replace(b"503", b"409"))
    assert tap.failures == [(3.0, "order-1/1")]
    assert tap.refusals == [(3.0, "order-1/1")] * 2
    assert tap.tokens == 1


@pytest.mark.parametrize("coded", [True, False])
def test_an_answer_says_no_in_its_body_too_whatever_its_coding(coded: bool) -> None:
    line, body = Line(0.0), b'{"error": {"code": "insufficient_quota"}}'
    tap = tapped(line, lambda: 3.0)
    assert line.sent
    assert line.received
    line.sent(line, b"POST /x HTTP/1.1\r\nCall-Tag: order-1/1\r\n\r\n")
    answer = b"HTTP/1.1 429 x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    line.received(line, odd(answer, ["coded"] if coded else []))
    assert tap.refusals == [(3.0, "order-1/1")]


def test_questions_to_the_token_endpoint_are_noted_with_what_was_given_and_whether_it_was_stored_when_it_was_sent() -> (
    None
):
    line, now, stored = Line(0.0), [1.0], set[str]()
    tap = tapped(line, lambda: now[0])
    tap.is_stored = stored.__contains__
    assert line.sent
    assert line.received
    for place, token in enumerate(("at_one", "at_two")):
        line.sent(place, b"POST /oauth/token HTTP/1.1\r\n\r\n")
        now[0] += 1.0
        body = b'{"access_token":"%s","expires_in":30,"refresh_token":"rt"}' % token.encode()
        line.received(place, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        for tag in ("a/1", "b/1"):
            line.sent(
                "vendor",
                b"GET / HTTP/1.1\r\nAuthorization: Bearer %s\r\nCall-Tag: " % token.encode()
                + tag.encode()
                + b"\r\n\r\n",
            )
        stored.add("at_two")
    line.sent(9, b"POST /oauth/token HTTP/1.1\r\n\r\n")
    assert tap.grants == [SeenGrant(2.0, "at_one", 30.0, "rt"), SeenGrant(3.0, "at_two", 30.0, "rt")]
    assert tap.asked == [(1.0, 2.0), (2.0, 3.0), (3.0, float("inf"))]
    assert tap.unsaved == [(2.0, "a/1")]


def test_a_refusal_that_says_until_when_nothing_is_left_is_read_in_both_forms() -> None:
    head = b"HTTP/1.1 403 Forbidden\r\nX-RateLimit-Remaining: %s\r\nX-RateLimit-Reset: %s\r\nDate: %s\r\n\r\n"
    date = b"Thu, 01 Jan 2026 00:00:10 GMT"
    assert shut_for_s(head % (b"0", b"30", date)) == 30.0
    assert shut_for_s(head % (b"0", b"1767229200", date)) == 3590.0
    assert shut_for_s(head % (b"7", b"30", date)) is None
    assert shut_for_s(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\n\r\n") is None


def test_the_words_of_another_vendor_are_known_where_they_are_given() -> None:
    words = WireWords("X-Id", "X-Again", (b'"busy"',), (b'"running"',), (b'"broke"',))
    assert (words.locks(b'{"code":"busy"}'), words.at_work(b'{"code":"running"}'), words.ends(b'{"code":"broke"}')) == (
        True, True, True,
    )  # fmt: skip
    assert not words.at_work(b'{"code":"lock_timeout"}')
