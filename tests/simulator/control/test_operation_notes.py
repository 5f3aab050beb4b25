"""Each operation's notes say what it does, and name what is sent to it and not kept."""

import pytest

from tests.simulator.conftest import facts
from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed, operation, query
from tidegate.simulator.control.operation_notes import WRITING_MAX, kept_state, notes

PET = fields("id", id={**TEXT, "readOnly": True}, name=TEXT)
SENT = fields(name=TEXT, coupon=TEXT, pin={**TEXT, "writeOnly": True})
FACTS = facts(errors={"envelope": "", "ours": {}}).facts


def vendor_of(extra: int = 0) -> SmallVendor:
    paths = collection(PET, listed(PET), SENT, query("limit", type="integer"), query("colour"), query("name"))
    for n in range(extra):
        paths[f"/do/it/{n}"] = {"post": operation(fields(ok=TEXT))}
    return SmallVendor(paths)


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("GET", "/pets", {"does": "list", "kind": "pets", "unheeded": ["colour"]}),
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
