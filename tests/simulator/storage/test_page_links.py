"""A page leads to its neighbours by what the answer says and by the Link header, with every parameter that was sent."""

import pytest

from tests.simulator.small_vendor import TEXT, WHOLE, SmallVendor, collection, fields, listed, query

PET = fields("id", id={**TEXT, "readOnly": True})


def test_the_link_header_keeps_repeated_parameters() -> None:
    tags = query("tag", type="array", items=TEXT)
    params = (query("page", type="integer"), query("per_page", type="integer"), tags)
    vendor = SmallVendor(collection(PET, listed(PET), PET, *params))
    for _ in range(3):
        vendor.made("/pets", {})
    link = vendor.ask("GET", "/pets?tag=a&tag=b&per_page=1&page=2").headers["Link"]
    assert link.count("tag=a&tag=b&per_page=1") == 4
    assert 'page=3>; rel="last"' in link


@pytest.mark.parametrize(
    ("beside", "place", "first", "last"),
    [
        ({"@odata.nextLink": TEXT}, ("@odata.nextLink",), "/pets?$top=2&$skip=2", None),
        ({"paging": fields(next=fields(after=TEXT))}, ("paging", "next", "after"), "2", None),
        ({"next_page_number": WHOLE}, ("next_page_number",), 2, None),
        ({"total_pages": WHOLE}, ("total_pages",), 2, 2),
        ({"meta": fields(nextOffset=WHOLE)}, ("meta", "nextOffset"), 2, None),
    ],
)
def test_what_stands_beside_a_list_leads_on_and_ends(
    beside: dict[str, object], place: tuple[str, ...], first: object, last: object
) -> None:
    page = {"type": "object", "required": ["value"], "properties": {"value": listed(PET), **beside}}
    vendor = SmallVendor(collection(PET, page, PET, query("$top", type="integer"), query("$skip", type="integer")))
    for _ in range(3):
        vendor.made("/pets", {})

    def told(path: str) -> object:
        body = vendor.read(path)
        for name in place:
            body = body.get(name, {}) if isinstance(body, dict) else {}
        return body or None

    assert (told("/pets?%24top=2"), told("/pets?%24top=2&%24skip=2")) == (
        str(first).replace("$", "%24") if isinstance(first, str) else first, last,
    )  # fmt: skip
