"""Comparisons joined by `and` are followed; anything else is told, and never half followed."""

import pytest

from tests.simulator.small_vendor import SWITCH, TEXT, WHOLE, SmallVendor, collection, fields, listed, query
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.storage.filter_expressions import LETTERS_MAX, TERMS_MAX, expressed

PET = fields("id", id={**TEXT, "readOnly": True}, name=TEXT, qty=WHOLE, isSold=SWITCH, owner=fields(city=TEXT))
SENT = [
    {"name": "ab", "qty": 1, "isSold": True, "owner": {"city": "Rome"}},
    {"name": "b'c", "qty": 2, "isSold": False, "owner": {"city": "Oslo"}},
    {"name": "cd", "qty": 3, "isSold": False},
]


def vendor() -> SmallVendor:
    page = fields("value", value=listed(PET), **{"@odata.count": WHOLE})
    made = SmallVendor(collection(PET, page, PET, query("$filter"), query("filter")))
    for sent in SENT:
        made.made("/pets", sent)
    return made


@pytest.fixture(scope="module")
def pets() -> SmallVendor:
    return vendor()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("qty gt 1", [3, 2]),
        ("qty ge 2 and isSold eq false and name ne 'cd'", [2]),
        ("name eq 'b''c'", [2]),
        ("contains(name,'B')", [2, 1]),
        ("startswith(name, 'c')", [3]),
        ("owner/city eq 'Rome'", [1]),
        ('owner.city = "Oslo"', [2]),
        ('qty<=2 AND name sw "a"', [1]),
        ('name co "d"', [3]),
        ("isSold eq true", [1]),
    ],
)
def test_an_expression_narrows_a_list_and_its_total(pets: SmallVendor, text: str, found: list[int]) -> None:
    sent = text.replace(" ", "%20").replace("'", "%27").replace("=", "%3D")
    body = pets.read(f"/pets?filter={sent}")
    assert ([one["qty"] for one in body["value"]], body["@odata.count"]) == (found, len(found))
    assert pets.read(f"/pets?%24filter={sent}") == body


@pytest.mark.parametrize(
    "text", ["qty gt 1 or qty lt 1", "nothing eq 1", "not (qty gt 1)", "qty gt", "open", "qty gt 1 x"]
)
def test_what_cannot_be_followed_is_refused_where_it_surely_is_an_expression(pets: SmallVendor, text: str) -> None:
    sent = text.replace(" ", "%20")
    with pytest.raises(VendorError, match="not followed"):
        pets.read(f"/pets?%24filter={sent}")
    assert len(pets.read(f"/pets?filter={sent}")["value"]) == 3


def test_an_expression_has_bounds(pets: SmallVendor) -> None:
    kind = pets.kind("pets")
    assert expressed(pets.document, kind, " and ".join(["qty gt 1"] * (TERMS_MAX + 1))) is None
    assert expressed(pets.document, kind, f"name eq '{'x' * LETTERS_MAX}'") is None
