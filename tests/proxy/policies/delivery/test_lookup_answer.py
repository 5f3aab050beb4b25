"""What a lookup asks, and what its answer means."""

from typing import Any

import pytest

from tidegate.policy.deferral.lookup import Lookup
from tidegate.proxy.policies.delivery.lookup_answer import LookupFinding, finding_of, target_of


def lookup(**keys: Any) -> Lookup:
    return Lookup.model_validate({"operation": "GetThings", "by": {}, **keys}, strict=False)


@pytest.mark.parametrize(
    ("by", "template", "target"),
    [
        ({"ref": "{/order/id}"}, "/things", "/things?ref=7"),
        ({"id": "{/order/id}"}, "/things/{id}", "/things/7"),
        ({"id": "{key}", "q": "a:'{/order/id}'"}, "/things/{id}", "/things/shop%3Ak?q=a%3A%277%27"),
        ({"id": "{parent}"}, "/things/{id}", "/things/a%2Fb"),
        ({"ref": "{/no}"}, "/things", None),
        ({"ref": "{key}"}, "/things/{id}", None),
        ({}, "/things", "/things"),
        ({"ref": "{/odd}"}, "/things", None),
    ],
)
def test_it_is_filled_from_the_write(by: dict[str, str], template: str, target: str | None) -> None:
    words = {"key": "shop:k", "parent": "a/b"}
    assert target_of(lookup(by=by), template, {"order": {"id": 7}, "odd": "\ud800"}, words) == target


LIST = {"data": [{"id": "t1", "meta": {"ref": "x"}}, {"id": "t2", "meta": {"ref": "7"}}], "n": 7}
DEEP = {"a": [{"b": []}, {"b": [{"c": "no"}, {"c": "7", "id": 5}]}]}


@pytest.mark.parametrize(
    ("pointer", "reference", "document", "expected"),
    [
        ("/data/*/meta/ref", "/data/*/id", LIST, LookupFinding("found", "t2")),
        ("/data/1/meta/ref", "/data/1/id", LIST, LookupFinding("found", "t2")),
        ("/data/0/meta/ref", None, LIST, LookupFinding("absent")),
        ("/n", "/data/0/id", LIST, LookupFinding("found", "t1")),
        ("/data/*/none", None, LIST, LookupFinding("absent")),
        ("/data/*/meta/ref", None, {"data": []}, LookupFinding("absent")),
        ("/data/*/meta/ref", None, {"data": {"meta": {"ref": "7"}}}, LookupFinding("absent")),
        ("/a/*/b/*/c", "/a/*/b/*/id", DEEP, LookupFinding("found", "5")),
        ("/data/*/meta/ref", None, None, LookupFinding("cannot tell")),
        ("/data/*/meta/ref", None, [], LookupFinding("absent")),
        ("/data/*/meta/ref", None, {"data": [], "has_more": True}, LookupFinding("cannot tell")),
        ("/data/*/meta/ref", None, {"data": [], "has_more": False}, LookupFinding("absent")),
        ("/data/*/meta/ref", "/data/*/id", {**LIST, "has_more": True}, LookupFinding("found", "t2")),
        ("/r/data/*/ref", None, {"r": {"data": [], "has_more": True}}, LookupFinding("cannot tell")),
        ("/r/data/*/ref", None, {"r": {"data": []}, "has_more": True}, LookupFinding("absent")),
        ("/data/*/ref", None, {"data": [{"ref": "x"}] * 1000}, LookupFinding("absent")),
        ("/data/*/ref", None, {"data": [{"ref": "x"}] * 1001}, LookupFinding("cannot tell")),
        ("/data/*/ref", None, {"data": [{"ref": "x"}] * 1000 + [{"ref": "7"}]}, LookupFinding("cannot tell")),
        ("/n", "/id", {"n": 7, "id": "a\0"}, LookupFinding("found")),
        ("/n", "/id", {"n": 7, "id": "\ud800"}, LookupFinding("found")),
    ],
)
def test_it_is_found_where_its_mark_stands(
    pointer: str, reference: str | None, document: object, expected: LookupFinding
) -> None:
    asked = lookup(found={"pointer": pointer, "value": "{/id}"}, reference=reference)
    assert finding_of(asked, 200, document, "7") == expected


@pytest.mark.parametrize(
    ("status", "result"),
    [(200, "found"), (204, "found"), (404, "absent"), (410, "absent"), (500, "cannot tell"), (401, "cannot tell"),
     (429, "cannot tell"), (302, "cannot tell")],
)  # fmt: skip
def test_without_a_mark_the_status_decides(status: int, result: str) -> None:
    assert finding_of(lookup(), status, {}, None).result == result


def test_a_mark_that_cannot_be_made_tells_nothing() -> None:
    assert finding_of(lookup(found={"pointer": "/a", "value": "{/id}"}), 200, {}, None).result == "cannot tell"


@pytest.mark.parametrize(
    ("links", "is_absent"),
    [
        ((), True),
        (('</things?page=2>; rel="next"',), False),
        (('</things?page=1>; rel="first", </things?page=2>; title="x"; rel="last next"',), False),
        (("</a>; rel=prev", "</things?page=2>;REL=next"), False),
        (('</things?rel=next>; rel="last"',), True),
        (('</things?page=2>; rel="nextcloud"',), True),
    ],
)
def test_one_page_of_several_does_not_say_that_it_is_absent(links: tuple[str, ...], *, is_absent: bool) -> None:
    asked = lookup(found={"pointer": "/data/*/ref", "value": "{/id}"})
    found = finding_of(asked, 200, {"data": [{"ref": "x"}]}, "7", links)
    assert found == LookupFinding("absent" if is_absent else "cannot tell")
