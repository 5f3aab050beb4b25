"""Kinds are found from paths and schemas, with the field that holds each one's id."""

from pathlib import Path

import pytest

from tests.simulator import houses
from tests.simulator.small_vendor import TEXT, WHOLE, SmallVendor, collection, fields, listed, operation
from tidegate.openapi.document import Document
from tidegate.simulator.document.resource_model import ResourceModel
from tidegate.vendor.resource_facts import ResourceFacts


@pytest.fixture(scope="module")
def kinds() -> ResourceModel:
    return ResourceModel(houses.document(), ResourceFacts())


def test_every_place_of_objects_is_a_kind(kinds: ResourceModel) -> None:
    assert {name for name, kind in kinds.named.items() if not kind.single} == {
        "houses",
        "rooms",
        "keys",
        "owners",
        "stars",
    }
    assert {name for name, kind in kinds.named.items() if kind.single} == {"brief"}


@pytest.mark.parametrize(
    ("name", "within", "id_field", "made"),
    [
        ("houses", (), "id", True),
        ("rooms", ("house",), "number", True),
        ("keys", (), "id", True),
        ("owners", (), "login", False),
        ("stars", (), "", True),
        ("brief", ("id",), "", False),
    ],
)
def test_a_kind_knows_its_place_and_its_id(
    kinds: ResourceModel, name: str, within: tuple[str, ...], id_field: str, made: bool
) -> None:
    kind = kinds.named[name]
    assert (kind.within, kind.id_field, kind.made) == (within, id_field, made)


def test_numbers_count_up_within_the_object_around(kinds: ResourceModel) -> None:
    assert kinds.named["rooms"].numbered
    assert not kinds.named["houses"].numbered


def test_a_field_with_a_kinds_name_refers_to_it(kinds: ResourceModel) -> None:
    assert kinds.references.of(kinds.named["keys"]) == {"house": "houses"}


@pytest.mark.parametrize(
    ("name", "kind", "within", "id_field"),
    [
        ("stripe/spec3.json", "customer", (), "id"),
        ("stripe/spec3.json", "capability", ("account",), "id"),
        ("github/api.github.com.json", "issues", ("owner", "repo"), "number"),
        ("github/api.github.com.json", "issues/comments", ("owner", "repo"), "id"),
        ("twilio/twilio_api_v2010.json", "Messages", ("AccountSid",), "sid"),
        ("twilio/twilio_api_v2010.json", "Participants", ("AccountSid", "ConferenceSid"), "call_sid"),
        ("openai/openapi.json", "thread.message", ("thread_id",), "id"),
    ],
)
def test_real_documents_are_understood(
    specs: Path, name: str, kind: str, within: tuple[str, ...], id_field: str
) -> None:
    kind_found = ResourceModel(Document.load(specs / name), ResourceFacts()).named[kind]
    assert (kind_found.within, kind_found.id_field) == (within, id_field)


def test_two_ways_to_one_marked_kind_are_one(specs: Path) -> None:
    kinds = ResourceModel(Document.load(specs / "stripe/spec3.json"), ResourceFacts())
    ways = [key for key, kind in kinds.at.items() if kind.name == "subscription"]
    assert len(ways) == 2
    assert kinds.named["subscription"].within == ()


RULE = fields("key", key=TEXT, value=TEXT)
HOUSE = fields("id", id={**TEXT, "readOnly": True}, name=TEXT)


@pytest.mark.parametrize("lists", [True, False])
def test_a_path_that_ends_with_a_parameter_is_a_collection_where_it_makes_what_is_below(lists: bool) -> None:
    page = {"get": operation(fields(rules=listed(RULE)))} if lists else {}
    below = {"get": operation(RULE)}
    vendor = SmallVendor({"/rules/{store}": {"post": operation(RULE, RULE), **page}, "/rules/{store}/{key}": below})
    made = vendor.made("/rules/s1", {"key": "k", "value": "v"})
    assert vendor.read("/rules/s1/k") == made == {"key": "k", "value": "v"}
    assert not lists or vendor.read("/rules/s1")["rules"] == [made]


def test_a_path_that_ends_with_a_parameter_is_an_object_where_it_is_read_as_one() -> None:
    paths = {
        "/houses/{id}": {"get": operation(HOUSE), "post": operation(HOUSE, fields(name=TEXT))},
        "/houses/{id}/{name}": {"get": operation(fields(name=TEXT, size=TEXT))},
    }
    assert SmallVendor(paths).operation("POST", "/houses/1").does == "put"


def test_an_object_has_the_names_that_its_parameter_says() -> None:
    one = fields("id", id={**WHOLE, "readOnly": True}, slug=TEXT)
    vendor = SmallVendor(collection(one, listed(one), fields(slug=TEXT), item="/{id_or_slug}"))
    made = vendor.made("/pets", {"slug": "ada"})
    assert vendor.read(f"/pets/{made['id']}") == vendor.read("/pets/ada") == made
    assert vendor.ask("PATCH", "/pets/ada", {"slug": "eve"}).body == {**made, "slug": "eve"}
    assert vendor.read("/pets/eve")["id"] == made["id"]


def test_an_id_that_is_told_as_a_number_is_one_where_it_is_a_text() -> None:
    shown = fields("id", id=TEXT, done=TEXT)
    paths = {"/jobs": {"post": operation(fields("id", id=WHOLE))}, "/jobs/{id}": {"get": operation(shown)}}
    vendor = SmallVendor(paths)
    made = vendor.made("/jobs")
    assert vendor.read(f"/jobs/{made['id']}")["id"] == str(made["id"])


def test_a_path_of_an_object_that_answers_201_makes_what_is_below() -> None:
    field, value = fields("id", id=TEXT, label=TEXT), fields("id", id={**TEXT, "readOnly": True}, text=TEXT)
    made = operation(fields("id", id=TEXT), fields(text=TEXT), status=201)
    paths = {
        "/fields/{id}": {"get": operation(field), "post": made},
        "/fields/{id}/{value_id}": {"get": operation(value)},
    }
    vendor = SmallVendor(paths)
    told = vendor.made("/fields/f1", {"text": "x"})
    assert vendor.read(f"/fields/f1/{told['id']}") == {**told, "text": "x"}
    assert vendor.read("/fields/f1")["id"] == "f1"


def test_what_post_makes_beside_put_and_no_collection_is_put_there() -> None:
    event = fields("name", name=TEXT, url=TEXT)
    both = operation(event, fields(url=TEXT))
    vendor = SmallVendor({"/events/{name}": {"get": operation(event), "post": both, "put": both}})
    assert vendor.made("/events/refresh", {"url": "x"}) == vendor.read("/events/refresh")


def test_the_id_is_the_field_that_the_answer_to_a_new_one_tells() -> None:
    user = fields("key", key={**TEXT, "readOnly": True}, name=TEXT)
    paths = {
        "/users": {"post": operation(fields(key=TEXT), fields(name=TEXT))},
        "/users/{ref}": {"get": operation(user)},
    }
    vendor = SmallVendor(paths)
    assert vendor.read(f"/users/{vendor.made('/users', {'name': 'Ada'})['key']}")["name"] == "Ada"


@pytest.mark.parametrize("answer", [{}, {"description": "The pet."}])
def test_an_answer_of_which_nothing_is_shown_is_the_object(answer: dict[str, str]) -> None:
    paths = collection(HOUSE, listed(HOUSE), fields(name=TEXT))
    paths["/pets"]["post"] = operation(answer, fields(name=TEXT), status=201)
    vendor = SmallVendor(paths)
    made = vendor.made("/pets", {"name": "Ada"})
    assert vendor.read(f"/pets/{made['id']}") == made
    assert vendor.operations.model.lost == {}


def test_an_answer_that_is_an_id_of_another_format_tells_none() -> None:
    shown = fields("name", name=TEXT)
    paths = {"/lists": {"post": operation({**TEXT, "format": "uuid"})}, "/lists/{list_id}": {"get": operation(shown)}}
    assert SmallVendor(paths).operations.model.lost == {"POST /lists": ""}
