"""What a request's steps hand on: a form is read as the query of the operation that the vendor takes it for."""

import pytest
from aiohttp.test_utils import make_mocked_request

from tidegate.simulator.record.journal import JournalEntry
from tidegate.simulator.request_context import RequestContext
from tidegate.simulator.trouble.fault_scope import FaultTarget


def context(media: str | None, query: str, body: bytes) -> RequestContext:
    headers = {} if media is None else {"Content-Type": media}
    entry = JournalEntry(1, 0.0, 0.0, "POST", "/a")
    request = make_mocked_request("POST", "/a", headers)
    return RequestContext(request, entry, {}, FaultTarget(), query=query, body=body)


@pytest.mark.parametrize("media", [None, "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; a=b"])
def test_the_fields_of_a_form_follow_those_of_the_query(media: str | None) -> None:
    request = context(media, "a=1", b"b=2")
    request.read_form_as_query()
    assert (request.query, request.body) == ("a=1&b=2", b"")


def test_without_a_query_the_form_is_all_there_is() -> None:
    request = context(None, "", b"b=2")
    request.read_form_as_query()
    assert request.query == "b=2"


def test_another_body_stays_a_body() -> None:
    request = context("application/json", "a=1", b"{}")
    request.read_form_as_query()
    assert (request.query, request.body) == ("a=1", b"{}")
