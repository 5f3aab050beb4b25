"""Answers are compact JSON, dates are HTTP dates."""

import pytest

from tidegate.simulator.answer.answer import answer_of, http_date, joined, phrase, stream_of


def test_an_object_is_answered_with_the_status_of_success() -> None:
    answer = answer_of(201, {"id": "x"}, {"Request-Id": "req_1"})
    assert (answer.status, answer.body, answer.headers) == (201, b'{"id":"x"}', {"Request-Id": "req_1"})


def test_an_answer_without_content_has_no_body() -> None:
    assert answer_of(204, {}, {}).body == b""


def test_a_date_is_written_as_http_writes_it() -> None:
    assert http_date(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT"  # the example of RFC 9110 §5.6.7


def test_our_headers_win_over_the_result_s_whatever_their_case_but_for_its_media_type() -> None:
    ours = {"X-RateLimit-Limit": "5", "Content-Type": "application/json"}
    assert joined({"x-ratelimit-limit": "1", "X-A": "a"}, ours) == {"X-A": "a", **ours}
    assert joined({"Content-Type": "text/csv"}, ours) == {**ours, "Content-Type": "text/csv"}


@pytest.mark.parametrize("status", [204, 205, 304])
def test_a_status_without_content_has_none_however_the_document_has_it(status: int) -> None:
    headers = {"Content-Type": "application/json", "Request-Id": "r"}
    for answer in (answer_of(status, {"a": 1}, headers), stream_of(status, [("", {"a": 1})], headers)):
        assert (answer.status, answer.body, answer.events, answer.headers) == (status, b"", (), {"Request-Id": "r"})


def test_a_status_is_called_as_the_standard_has_it() -> None:
    assert [phrase(status) for status in (404, 999)] == ["Not Found", "Error"]
