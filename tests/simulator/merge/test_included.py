"""What an answer names stands beside it, once, where the request asks for it."""

from typing import Any

from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed, query


def link(*, many: bool = False) -> dict[str, Any]:
    one = fields("type", "id", type=TEXT, id=TEXT)
    return fields(data=listed(one) if many else {**one, "nullable": True})


def kind(word: str, **links: Any) -> dict[str, Any]:
    made = {
        "type": {"type": "string", "enum": [word]},
        "id": {**TEXT, "readOnly": True},
        "attributes": fields(name=TEXT),
    }
    return fields("type", "id", **made, relationships=fields(**links))


PERSON = kind("people", boss=link())
ARTICLE = kind("articles", author=link(), tags=link(many=True))
ASKED = query("include"), query("filter[author]")


def vendor() -> SmallVendor:
    one, page = fields("data", data=ARTICLE, included=listed(PERSON)), listed(ARTICLE)
    paths = collection(one, fields("data", data=page, included=listed(PERSON)), one, *ASKED, path="/articles")
    paths["/articles/{id}"]["get"]["parameters"] = [query("include")]
    person = fields("data", data=PERSON)
    return SmallVendor({**paths, **collection(person, fields("data", data=listed(PERSON)), person, path="/persons")})


def made(small: SmallVendor, path: str, word: str, name: str, **links: str) -> str:
    held = {link: {"data": {"type": "people", "id": identifier}} for link, identifier in links.items()}
    sent = {"type": word, "attributes": {"name": name}, "relationships": held}
    return str(small.made(path, {"data": sent})["data"]["id"])


def test_what_is_asked_for_stands_beside_the_answer_once() -> None:
    small = vendor()
    boss = made(small, "/persons", "people", "boss")
    ada = made(small, "/persons", "people", "Ada", boss=boss)
    first, other = (made(small, "/articles", "articles", name, author=ada) for name in "ab")
    shown = small.read(f"/articles/{first}?include=author")["included"]
    assert [(one["type"], one["id"], one["attributes"]["name"]) for one in shown] == [("people", ada, "Ada")]
    assert [one["id"] for one in small.read("/articles?include=author,author.boss")["included"]] == [ada, boss]
    assert small.read(f"/articles/{other}?include=tags")["included"] == []
    assert not small.read("/articles").get("included")


def test_a_list_is_narrowed_by_what_its_objects_name() -> None:
    small = vendor()
    made(small, "/articles", "articles", "a", author="1")
    made(small, "/articles", "articles", "b", author="2")
    found = small.read("/articles?filter%5Bauthor%5D=2")["data"]
    assert [one["attributes"]["name"] for one in found] == ["b"]


def test_what_is_gone_does_not_stand_there() -> None:
    small = vendor()
    ada = made(small, "/persons", "people", "Ada")
    article = made(small, "/articles", "articles", "a", author=ada)
    small.ask("DELETE", f"/persons/{ada}")
    assert small.read(f"/articles/{article}?include=author,nothing")["included"] == []
