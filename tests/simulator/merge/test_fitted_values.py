"""What was sent is kept although the vendor's own parts are not in it, or it has another type."""

from typing import Any

import pytest

from tests.simulator.small_vendor import SWITCH, TEXT, WHOLE, SmallVendor, fields, listed, operation

PLACE = fields("id", "city", id={**TEXT, "readOnly": True}, city=TEXT, inner=fields("key", key=TEXT, n=WHOLE))
PET = fields(
    "id", id={**TEXT, "readOnly": True}, home=PLACE, other={"anyOf": [PLACE, {"type": "string"}]}, places=listed(PLACE),
    qty=WHOLE, isSold=SWITCH, tags=listed(TEXT), code=TEXT,
)  # fmt: skip
SENT_PLACE = fields(city=TEXT, inner=fields(n=WHOLE))
SENT = fields(home=SENT_PLACE, other=SENT_PLACE, places=listed(SENT_PLACE), qty=TEXT, isSold=TEXT, tags=TEXT, code={})


def vendor() -> SmallVendor:
    named = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    return SmallVendor({
        "/pets": {"post": operation(PET, SENT, status=201)},
        "/pets/{id}": {"get": operation(PET, None, named), "patch": operation(PET, SENT, named)},
    })  # fmt: skip


@pytest.mark.parametrize("name", ["home", "other"])
def test_a_part_is_kept_with_what_only_the_vendor_can_give(name: str) -> None:
    pets = vendor()
    made = pets.made("/pets", {name: {"city": "Rome", "inner": {"n": 0}}})
    part = made[name]
    assert (part["city"], part["inner"]["n"]) == ("Rome", 0)
    assert part["id"]
    assert part["inner"]["key"]
    changed = pets.ask("PATCH", f"/pets/{made['id']}", {name: {"city": "Oslo"}}).body[name]
    assert changed == {"id": part["id"], "city": "Oslo"}
    assert pets.read(f"/pets/{made['id']}")[name] == changed


def test_each_part_of_a_list_has_its_own() -> None:
    pets = vendor()
    first, second = (pets.made("/pets", {"places": [{"city": "Rome"}, {"city": "Rome"}]})["places"] for _ in range(2))
    assert [place["city"] for place in first] == ["Rome", "Rome"]
    assert len({place["id"] for place in first + second}) == 4


@pytest.mark.parametrize(
    ("name", "sent", "kept"),
    [
        ("qty", "12", 12), ("isSold", "true", True), ("tags", "a, b", ["a", "b"]), ("tags", "a", ["a"]),
        ("code", 5, "5"), ("code", True, "true"),
    ],
)  # fmt: skip
def test_a_value_is_kept_in_the_type_that_the_answer_has(name: str, sent: Any, kept: Any) -> None:
    assert vendor().made("/pets", {name: sent})[name] == kept


def test_a_part_is_named_by_the_value_that_was_sent_for_it() -> None:
    label = fields("id", "name", id=WHOLE, name=TEXT)
    issue = fields("id", id={**TEXT, "readOnly": True}, labels=listed(label), level=fields(code=TEXT))
    body = fields(labels=listed(TEXT), level=TEXT)
    vendor = SmallVendor(
        {"/issues": {"post": operation(issue, body, status=201)}, "/issues/{id}": {"get": operation(issue)}}
    )
    made = vendor.made("/issues", {"labels": ["bug", "ui"], "level": "high"})
    assert ([one["name"] for one in made["labels"]], made["level"]) == (["bug", "ui"], {"code": "high"})
    assert vendor.read(f"/issues/{made['id']}") == made
