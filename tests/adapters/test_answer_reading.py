"""An answer becomes a value, or the failure that it amounts to."""

import json
from typing import Any

import pytest

from tidegate.adapters.answer_reading import ensure_success, read_list, read_object, vendor_failure
from tidegate.adapters.fields import Fields
from tidegate.adapters.gateway import GatewayResponse
from tidegate.adapters.ports.failures import (
    Conflict,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
    VendorContractBroken,
    VendorFailure,
)


def answer(status: int, body: Any = None, *, reads: bool = True) -> GatewayResponse:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return GatewayResponse(status, content, "c1", 2.0, reads)


def name(fields: Fields) -> str:
    return fields.text("name")


def test_an_object_and_a_list_are_read_where_they_stand() -> None:
    assert read_object(answer(200, {"name": "a"}), name) == "a"
    assert read_object(answer(201, {"d": {"x": {"name": "a"}}}), name, "d", "x") == "a"
    assert read_list(answer(200, [{"name": "a"}, {"name": "b"}]), name) == ["a", "b"]
    assert read_list(answer(200, {"d": {"rows": [{"name": "a"}]}}), name, "d", "rows") == ["a"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [(b"", ""), ([], ""), ({"name": 1}, "/name"), ({}, "/name")],
)
def test_what_is_not_as_agreed_names_its_place(body: Any, pointer: str) -> None:
    with pytest.raises(VendorContractBroken) as broken:
        read_object(answer(200, body, reads=False), name)
    assert (broken.value.pointer, broken.value.applied, broken.value.call_id) == (pointer, True, "c1")


@pytest.mark.parametrize("body", [b"", {}, [1], {"name": "a"}])
def test_a_list_that_is_none_breaks_the_contract(body: Any) -> None:
    with pytest.raises(VendorContractBroken):
        read_list(answer(200, body), name)
    with pytest.raises(VendorContractBroken):
        read_list(answer(200, body), name, "rows")


@pytest.mark.parametrize(
    ("status", "reads", "kind"),
    [
        (503, True, Unavailable), (500, False, OutcomeUnknown), (429, False, RateLimited), (401, True, Misconfigured),
        (403, True, Misconfigured), (404, True, NotFound), (410, True, NotFound), (409, False, Conflict),
        (422, False, Rejected), (302, True, VendorContractBroken),
    ],
)  # fmt: skip
def test_a_status_is_a_failure_by_its_meaning(status: int, reads: bool, kind: type[VendorFailure]) -> None:
    with pytest.raises(kind) as failure:
        ensure_success(answer(status, {"error": {"code": "c", "message": "No."}}, reads=reads))
    assert type(failure.value) is kind
    assert failure.value.call_id == "c1"


@pytest.mark.parametrize(
    ("body", "text", "code"),
    [
        ({"error": {"code": "c", "message": "No."}}, "No.", "c"),
        ({"errorCode": "c", "detail": "No."}, "No.", "c"),
        ({"error": "No."}, "No.", "No."),
        ({"error": {"message": 7}}, "The vendor answered 400", ""),
        (b"<html>", "The vendor answered 400", ""),
    ],
)
def test_an_errors_words_are_found_by_the_names_that_vendors_use(body: Any, text: str, code: str) -> None:
    failure = vendor_failure(answer(400, body))
    assert isinstance(failure, Rejected)
    assert str(failure) == f"{text} (call c1)"
    assert failure.code == code


def test_success_is_no_failure() -> None:
    ensure_success(answer(204, b""))
