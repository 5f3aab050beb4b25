"""The tap reads requests and orders to pause off the wire, and nothing else."""

import pytest

from tidegate.chaos.judge.evidence import retry_after_s, tapped
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
    assert (tap.sends, tap.pauses, tap.failed_dials) == ([(1.0, "order-1/2")], [(2.0, 7.0)], [2.0])
    assert tap.answers == {"req_1": "order-1/2"}
    assert tap.waits == [("order-1/2", 1.0, 2.0)]
    assert (tap.failures, tap.refusals, tap.tokens) == ([], [], 0)


def test_whole_answers_that_fail_or_say_no_are_noted_and_so_is_an_apps_token() -> None:
    line, failed = Line(0.0), b"HTTP/1.1 503 x\r\nContent-Length: 2\r\nStripe-Should-Retry: false\r\n\r\n{}"
    tap = tapped(line, lambda: 3.0)
    assert line.sent
    assert line.received
    line.sent(line, b"GET /x HTTP/1.1\r\nCall-Tag: order-1/1\r\nX-Auth: Bearer shop-token\r\n\r\n")
    line.received(line, failed[:-1])
    assert (tap.failures, tap.refusals) == ([], []), "its body broke off, and what then counts is that"
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
