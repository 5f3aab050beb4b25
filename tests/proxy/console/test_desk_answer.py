"""Tests of tidegate.proxy.console.desk_answer."""

from tidegate.proxy.console.desk_answer import answered
from tidegate.proxy.console.view import PageFailure
from tidegate.proxy.desk.page import json_page, refusal


def test_a_page_is_its_document_or_the_reason_why_not() -> None:
    assert answered(json_page(200, {"a": 1})) == {"a": 1}
    assert answered(refusal(409, "it is done"), "Look again.") == PageFailure(409, "it is done", "Look again.")
