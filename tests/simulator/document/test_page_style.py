"""The style of a list is recognised or declared; pages end, and together hold everything once."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.simulator.houses import Street
from tidegate.simulator.document.page_style import PageStyles
from tidegate.vendor.resource_facts import Pages


@pytest.mark.parametrize(
    ("operation", "by", "parameter", "limit"),
    [
        ("GET /houses", "page", "page", "per_page"),
        ("GET /houses/{house}/rooms", "offset", "offset", "limit"),
        ("GET /keys", "token", "cursor", "limit"),
    ],
)
def test_a_style_is_recognised(operation: str, by: str, parameter: str, limit: str) -> None:
    street = Street()
    style = PageStyles(street.document, Pages()).of(
        street.resource_operations.of(street.document.operations[operation])
    )
    assert (style.by, style.parameter, style.limit) == (by, parameter, limit)


def test_what_is_declared_wins() -> None:
    street = Street()
    facts = Pages(by="offset", parameter="skip", limit="n")
    style = PageStyles(street.document, facts).of(
        street.resource_operations.of(street.document.operations["GET /keys"])
    )
    assert (style.by, style.parameter, style.limit) == ("offset", "skip", "n")


def test_pages_by_number_are_led_through_by_the_link_header() -> None:
    street = Street()
    made = [street.ask("POST /houses", {"name": f"n{n}"}).body["id"] for n in range(5)]
    seen, path = [], "/houses?per_page=2"
    while path:
        values = {name: int(found[0]) for name, found in parse_qs(urlsplit(path).query).items()}
        outcome = street.ask("GET /houses", values, path)
        seen += [one["id"] for one in outcome.body]
        links = [link for link in outcome.headers.get("Link", "").split(", ") if 'rel="next"' in link]
        path = links[0][1 : links[0].index(">")] if links else ""
    assert seen == made[::-1]


def test_pages_by_token_end_with_an_empty_one_or_none() -> None:
    street = Street()
    made = [street.ask("POST /keys").body["id"] for _ in range(5)]
    seen, values = [], {"limit": 2}
    while True:
        body = street.ask("GET /keys", values).body
        seen += [one["id"] for one in body["keys"]]
        token = body.get("meta", {}).get("next_cursor")
        if not token:
            break
        values = {"limit": 2, "cursor": token}
    assert seen == made[::-1]


def test_pages_by_offset_tell_how_many_there_are() -> None:
    street = Street()
    home = street.ask("POST /houses").body["id"]
    for _ in range(5):
        street.ask("POST /houses/{house}/rooms", house=home)
    body = street.ask("GET /houses/{house}/rooms", {"offset": 3, "limit": 10}, house=home).body
    assert ([room["number"] for room in body["rooms"]], body["total"]) == ([2, 1], 5)


def test_a_filter_lets_through_what_it_names() -> None:
    street = Street()
    street.ask("POST /houses", {"name": "A", "status": "sold"})
    street.ask("POST /houses", {"name": "B", "status": "open"})
    assert [one["name"] for one in street.ask("GET /houses", {"status": "sold"}).body] == ["A"]
