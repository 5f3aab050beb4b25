"""Comparisons and what joins them are followed; anything else is told, and never half followed."""

import pytest

from tests.simulator.small_vendor import SWITCH, TEXT, WHOLE, SmallVendor, collection, fields, listed, query
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.storage.filters.filter_expressions import DEPTH_MAX, LETTERS_MAX, TERMS_MAX, expressed

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
        ("tags/any(t:t eq 'x')", [1]),
        ("mails/any(m:m/type eq 'home' and m/value eq 'b@h')", [1]),
        ("tags/any()", [2, 1]),
        ("not tags/any()", [3]),
        ("tags/all(t:t eq 'y')", [3, 2]),
        ("2 lt qty", [3]),
        ("'ab' eq name", [1]),
        ('mails[type eq "home"].value eq "a@x"', [3]),
        ('mails co "b@"', [1]),
        ("tags:x", [1]),
        ("name:B", [2, 1]),
        ('name:"AB"', [1]),
        ("name~'B'", [2, 1]),
        ("about['a.b']:null", [2, 1]),
        ("-about['a.b']:null", [3]),
        ('owner["city"]:"Rome"', [1]),
        ("-name = ab", [3, 2]),
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
        "name in",
        "3 in qty",
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


@pytest.fixture(scope="module")
def google() -> SmallVendor:
    pet = {**PET, "properties": {**PET["properties"], "labels": {"type": "object", "additionalProperties": TEXT}}}
    page = fields("pets", pets=listed(pet), nextPageToken=TEXT)
    made = SmallVendor(collection(pet, page, pet, query("pageToken"), query("filter")))
    for number, sent in enumerate(SENT):
        made.made("/pets", {**sent, "labels": {f"l{number}": "x"}})
    return made


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("qty = 3 AND name = ab OR name = cd", [3]),
        ("name = ab OR name = cd AND qty = 3", [3]),
        ("qty > 1 isSold = false", [3, 2]),
        ("qty > 1 (name = cd OR name = ab)", [3]),
        ('name = "*b"', [1]),
        ('name = "a*"', [1]),
        ('name = "*d*"', [3]),
        ("labels:l1", [2]),
        ("labels.l1 = x", [2]),
        ("owner.city:*", [2, 1]),
        ("NOT owner.city:Rome", [3, 2]),
        ("Rome", [1]),
        ('"Oslo"', [2]),
    ],
)
def test_an_expression_of_google_has_rules_of_its_own(google: SmallVendor, text: str, found: list[int]) -> None:
    sent = text.replace(" ", "%20").replace("=", "%3D").replace('"', "%22")
    assert [one["qty"] for one in google.read(f"/pets?filter={sent}")["pets"]] == found


EXTENSION = "urn:acme:2.0:User"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('userName eq "ADA"', ["Ada"]),
        ('userName ne "ada"', ["bob"]),
        ('id eq "ADA"', []),
        (f'{EXTENSION}:unit eq "Ops"', ["bob"]),
        (f'{EXTENSION.lower()}:Unit sw "q"', ["Ada"]),
    ],
)
def test_texts_of_scim_are_alike_in_any_case_and_extensions_have_fields(text: str, found: list[str]) -> None:
    user = fields(
        "userName",
        id=TEXT,
        userName=TEXT,
        schemas=listed(TEXT),
        meta=fields(location=TEXT),
        **{EXTENSION: fields(unit=TEXT)},
    )
    vendor = SmallVendor(collection(user, fields("Resources", Resources=listed(user)), user, query("filter")))
    vendor.made("/pets", {"id": "ada", "userName": "Ada", EXTENSION: {"unit": "QA"}})
    vendor.made("/pets", {"id": "b", "userName": "bob", EXTENSION: {"unit": "ops"}})
    body = vendor.read(f"/pets?filter={text.replace(' ', '%20')}")
    assert [one["userName"] for one in body["Resources"]] == found
