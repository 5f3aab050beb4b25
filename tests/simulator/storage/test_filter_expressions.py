"""Comparisons and what joins them are followed; anything else is told, and never half followed."""

import pytest

from tests.simulator.small_vendor import SWITCH, TEXT, WHOLE, SmallVendor, collection, fields, listed, query
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.storage.filter_expressions import DEPTH_MAX, LETTERS_MAX, TERMS_MAX, expressed

PET = fields(
    "id", id={**TEXT, "readOnly": True}, name=TEXT, qty=WHOLE, isSold=SWITCH, owner=fields(city=TEXT),
    mails=listed(fields(type=TEXT, value=TEXT)), tags=listed(TEXT), about={"type": "object"},
)  # fmt: skip
MAILS = [{"type": "work", "value": "a@x"}, {"type": "home", "value": "b@h"}]
SENT = [
    {"name": "ab", "qty": 1, "isSold": True, "owner": {"city": "Rome"}, "mails": MAILS, "tags": ["x", "y"]},
    {"name": "b'c", "qty": 2, "isSold": False, "owner": {"city": "Oslo"}, "mails": [], "tags": ["y"]},
    {"name": "cd", "qty": 3, "isSold": False, "mails": [{"type": "home", "value": "a@x"}], "about": {"a.b": {"c": 1}}},
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
        ("qty gt 2 or qty lt 2", [3, 1]),
        ("not (qty gt 1)", [1]),
        ("not isSold", [3, 2]),
        ("isSold", [1]),
        ("(name sw 'a' or name sw 'c') and qty ne 1", [3]),
        ("qty eq 1 or qty eq 2 and isSold eq false", [2, 1]),
        ("name in ('ab','cd')", [3, 1]),
        ("tolower(name) eq 'AB'", [1]),
        ("contains(tolower(name),'c') eq false", [1]),
        ("substringof('b',name)", [2, 1]),
        ('Name.StartsWith("a") AND qty==1', [1]),
        ("owner.city pr", [2, 1]),
        ("owner pr and mails pr", [1]),
        ('mails[type eq "work" and value co "a@"]', [1]),
        ('mails.value eq "a@x"', [3, 1]),
        ('urn:acme:Pet:name eq "cd"', [3]),
        ("mails/any(m: m/type eq 'home' and m/value eq 'b@h')", [1]),
        ("tags/any(t: t eq 'x')", [1]),
        ("name==ab,name==cd;qty=gt=2", [3, 1]),
        ("name=out=(ab,cd)", [2]),
        ("about/a.b/c eq 1", [3]),
    ],
)
def test_an_expression_narrows_a_list_and_its_total(pets: SmallVendor, text: str, found: list[int]) -> None:
    sent = text.replace(" ", "%20").replace("'", "%27").replace("=", "%3D").replace(";", "%3B")
    body = pets.read(f"/pets?filter={sent}")
    assert ([one["qty"] for one in body["value"]], body["@odata.count"]) == (found, len(found))
    assert pets.read(f"/pets?%24filter={sent}") == body


@pytest.mark.parametrize(
    "text",
    [
        "nothing eq 1",
        "qty gt",
        "open",
        "qty",
        "qty gt 1 x",
        "(qty gt 1",
        "qty gt 1)",
        "not",
        "length(name) eq 2",
        "qty gt 1 and",
        "name in (",
        "mails/any(m: x/type eq 'home')",
        "qty eq 1, qty eq 2",
        "toupper(name) gt 'a'",
    ],
)
def test_what_cannot_be_followed_is_refused_where_it_surely_is_an_expression(pets: SmallVendor, text: str) -> None:
    sent = text.replace(" ", "%20")
    with pytest.raises(VendorError, match="not followed"):
        pets.read(f"/pets?%24filter={sent}")
    assert len(pets.read(f"/pets?filter={sent}")["value"]) == 3


def test_an_expression_has_bounds(pets: SmallVendor) -> None:
    kind = pets.kind("pets")
    assert expressed(pets.document, kind, " and ".join(["qty gt 1"] * (TERMS_MAX + 1))) is None
    assert expressed(pets.document, kind, "(" * (DEPTH_MAX + 1) + "qty gt 1" + ")" * (DEPTH_MAX + 1)) is None
    assert expressed(pets.document, kind, f"name eq '{'x' * LETTERS_MAX}'") is None
