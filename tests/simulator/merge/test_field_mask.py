"""A mask says which fields a change is about: what it names and the request has not is taken away, the rest stays."""

from typing import Any

import pytest

from tests.simulator.small_vendor import SWITCH, TEXT, WHOLE, SmallVendor, collection, fields, listed, operation, query
from tidegate.simulator.answer.errors import VendorError

OWNER = fields(city=TEXT, zip=TEXT, inner=fields(x=TEXT))
BOOK = fields("id", id={**TEXT, "readOnly": True}, title=TEXT, pageCount=WHOLE, owner=OWNER, labels={"type": "object"})
SENT = {"title": "a", "pageCount": 1, "owner": {"city": "b", "zip": "c"}, "labels": {"k": "v"}}


def vendor() -> SmallVendor:
    paths = collection(BOOK, fields("books", books=listed(BOOK)), BOOK)
    asked = query("updateMask"), query("allowMissing", **SWITCH)
    return SmallVendor({**paths, "/pets/{id}": {**paths["/pets/{id}"], "patch": operation(BOOK, BOOK, *asked)}})


@pytest.mark.parametrize(
    ("mask", "sent", "after"),
    [
        ("title", {"title": "x", "pageCount": 9}, {"title": "x"}),
        ("title,page_count", {"title": "x", "pageCount": 9}, {"title": "x", "pageCount": 9}),
        ("title", {"pageCount": 9}, {"title": None}),
        ("owner.city", {"owner": {"city": "x", "zip": "y"}}, {"owner": {"city": "x", "zip": "c"}}),
        ("owner.zip", {}, {"owner": {"city": "b"}}),
        ("owner.inner.x", {"owner": {"inner": {"x": "y"}}}, {"owner": {"city": "b", "zip": "c", "inner": {"x": "y"}}}),
        ("labels.n", {"labels": {"n": "m"}}, {"labels": {"k": "v", "n": "m"}}),
        ("owner", {"owner": {"city": "x"}}, {"owner": {"city": "x"}}),
        ("*", {"title": "x"}, {"title": "x", "pageCount": None, "owner": None, "labels": None}),
        ("", {"title": "x"}, {"title": "x"}),
    ],
)
def test_a_mask_lets_through_what_it_names(mask: str, sent: dict[str, Any], after: dict[str, Any]) -> None:
    small = vendor()
    made = small.made("/pets", SENT)
    small.ask("PATCH", f"/pets/{made['id']}?updateMask={mask}", sent)
    left = small.read(f"/pets/{made['id']}")
    assert left == {name: value for name, value in {**made, **after}.items() if value is not None}


def test_a_mask_that_leads_to_no_field_is_refused() -> None:
    small = vendor()
    made = small.made("/pets", SENT)
    for mask in ("nothing", "title.x", "title,owner.nothing"):
        with pytest.raises(VendorError):
            small.ask("PATCH", f"/pets/{made['id']}?updateMask={mask}", {"title": "x"})
    assert small.read(f"/pets/{made['id']}") == made


def test_what_is_not_there_is_made_where_the_request_wants_it() -> None:
    small = vendor()
    for asked in ("", "?allowMissing=false"):
        with pytest.raises(VendorError):
            small.ask("PATCH", f"/pets/new{asked}", {"title": "x"})
    assert small.ask("PATCH", "/pets/new?allowMissing=true", {"title": "x"}).body["title"] == "x"
    assert small.ask("PATCH", "/pets/new?allowMissing=true", {"pageCount": 7}).body["title"] == "x"
    assert (small.read("/pets/new")["id"], small.read("/pets/new")["pageCount"]) == ("new", 7)
