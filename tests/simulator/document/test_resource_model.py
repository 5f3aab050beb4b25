"""Kinds are found from paths and schemas, with the field that holds each one's id."""

from pathlib import Path

import pytest

from tests.simulator import houses
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
    assert kinds.references(kinds.named["keys"]) == {"house": "houses"}


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
