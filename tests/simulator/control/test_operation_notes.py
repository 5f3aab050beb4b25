"""Each operation's notes say what it does, and name what is sent to it and not kept."""

from typing import Any

import pytest

from tests.simulator.conftest import facts
from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed, operation, query
from tidegate.simulator.control.operation_notes import WRITING_MAX, kept_state, notes, unreadable

PET = fields("id", id={**TEXT, "readOnly": True}, name=TEXT)
SENT = fields(name=TEXT, coupon=TEXT, pin={**TEXT, "writeOnly": True})
FACTS = facts(errors={"envelope": "", "ours": {}}).facts


def vendor_of(extra: int = 0) -> SmallVendor:
    paging = [query(name, type="integer") for name in ("limit", "offset", "page")]
    paths = collection(PET, listed(PET), SENT, *paging, query("rowsOnPage"), query("colour"), query("name"))
    for n in range(extra):
        paths[f"/do/it/{n}"] = {"post": operation(fields(ok=TEXT))}
    return SmallVendor(paths)


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("GET", "/pets", {"does": "list", "kind": "pets", "unheeded": ["rowsOnPage", "colour"]}),
        ("POST", "/pets", {"does": "create", "kind": "pets", "not_kept": ["coupon", "pin"]}),
        ("DELETE", "/pets/1", {"does": "delete", "kind": "pets"}),
        ("POST", "/do/it/0", {"does": "sample", "kind": ""}),
    ],
)
def test_an_operation_is_told(method: str, path: str, told: dict[str, object]) -> None:
    vendor = vendor_of(1)
    match = vendor.document.match(method, path)
    assert match is not None
    assert notes(vendor.operations, match.operation) == told
    assert notes(vendor.operations, match.operation) is notes(vendor.operations, match.operation)


def test_the_start_names_what_keeps_nothing_or_where_that_is_told() -> None:
    assert kept_state(FACTS, vendor_of().operations) == ""
    assert "1 of 5 operations that write keep nothing (POST /do/it/0)" in kept_state(FACTS, vendor_of(1).operations)
    assert "GET /operations" in kept_state(FACTS, vendor_of(WRITING_MAX).operations)


def made_by(answer: Any, body: Any = None) -> SmallVendor:
    paths = collection(PET, listed(PET), SENT)
    paths["/pets"]["post"] = operation(answer, body)
    return SmallVendor(paths)


@pytest.mark.parametrize(
    ("vendor", "why"),
    [
        (made_by(listed(PET), listed(TEXT)), "its answer is no single object, so nothing is kept"),
        (made_by(fields(ok=TEXT)), "its answer does not tell the id, so any id is taken to be there"),
        (made_by(fields(ok=TEXT), fields(id=TEXT)), "its answer does not tell the id, which a request may name (id)"),
    ],
)
def test_what_is_made_and_cannot_be_read_again_is_named_with_the_reason(vendor: SmallVendor, why: str) -> None:
    match = vendor.document.match("POST", "/pets")
    assert match is not None
    assert notes(vendor.operations, match.operation)["unreadable"] == why
    said = unreadable(FACTS, vendor.operations)
    assert said.startswith(f"state: what 1 operation makes cannot be read again (POST /pets: {why}); GET /operations")


def test_nothing_is_said_of_what_can_be_read_again() -> None:
    many = listed(PET)
    assert [unreadable(FACTS, one.operations) for one in (vendor_of(), made_by(many, many), SmallVendor({}))] == [
        ""
    ] * 3
