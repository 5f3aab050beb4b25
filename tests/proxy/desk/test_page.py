"""Tests of tidegate.proxy.desk.page."""

from tidegate.proxy.desk.page import Page, json_page, not_allowed, refusal, written


def test_a_page_says_its_length_and_is_kept_nowhere() -> None:
    whole = written(json_page(200, {"b": 1, "a": "é"}), head=False, keep_alive=True)
    head, _, body = whole.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Cache-Control: no-store" in head
    assert f"Content-Length: {len(body)}".encode() in head
    assert body.index(b'"a"') < body.index(b'"b"')


def test_the_answer_to_head_is_the_head_alone() -> None:
    assert written(Page(200, b"abc"), head=True, keep_alive=False).endswith(
        b"Connection: close\r\nContent-Length: 3\r\n\r\n"
    )


def test_a_refusal_says_why_and_which_methods_there_are() -> None:
    assert b'"error": "because"' in refusal(409, "because").body
    assert b"Allow: GET, HEAD\r\n" in written(not_allowed("GET, HEAD"), head=False, keep_alive=True)
