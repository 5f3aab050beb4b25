"""Mutations make, change and delete objects, whichever way the vendor names them; queries read them page by page."""

from typing import Any

import pytest
from graphql import GraphQLError, build_schema

from tests.simulator.houses import Street
from tidegate.simulator.behaviour.graphql_objects import THERE, GraphQLObjects
from tidegate.simulator.objects.operation_request import OperationRequest

SCHEMA = build_schema("""
    type Query { dogs: [Dog] }
    type Mutation {
      createDog(input: DogInput!): DogPayload
      updateDog(id: ID!, name: String, owner: ID): Dog
      deleteDog(dogId: ID!): DeletedDog
      catUpdate(input: CatInput!): CatPayload
      catDelete(input: CatInput!): CatPayload
      walkDogs(count: Int): Int
    }
    input DogInput { name: String, id: ID, tags: [String], kennel: String }
    input CatInput { id: ID!, name: String }
    type DogPayload { dog: Dog }
    type DeletedDog { deletedId: ID, dog: Dog }
    type CatPayload { cat: Cat, deletedCatId: ID, userErrors: [Wrong] }
    type Wrong { field: [String], message: String }
    type Dog { id: ID!, name: String!, tags: [String!], owner: Owner }
    type Cat { id: ID!, name: String }
    type Owner { name: String }
""")
DOG: Any = SCHEMA.type_map["Dog"]
CAT: Any = SCHEMA.type_map["Cat"]


class House:
    """A graph, and what it was asked so far."""

    def __init__(self) -> None:
        self.street = Street()
        service = self.street.service
        self.graph = GraphQLObjects(SCHEMA, self._draw, service.store, service.event_log)
        self.request = OperationRequest("n1", 0)

    @staticmethod
    def _draw(kind: Any, name: str) -> Any:
        return {"id": f"gid/{name}"} if kind in (DOG, CAT) else f"drawn {name}"

    def change(self, name: str, /, **arguments: Any) -> Any:
        assert SCHEMA.mutation_type is not None
        return self.graph.change(name, SCHEMA.mutation_type.fields[name].type, arguments, self.request)

    def ids(self, **arguments: Any) -> list[str]:
        return [thing["id"] for _, thing in self.graph.page(DOG, arguments)[0]]


def test_what_is_made_has_what_was_given_and_fits_and_a_value_in_every_other_field() -> None:
    house = House()
    made = house.change("createDog", input={"name": "Rex", "id": "mine", "tags": ["good"], "kennel": "x"})["dog"]
    assert (made["name"], made["tags"], "kennel" in made, made["id"] == "mine") == ("Rex", ["good"], False, False)
    assert house.graph.lookup(DOG, made["id"]) == made
    assert house.change("createDog", input={})["dog"]["name"].startswith("drawn Dog")


def test_the_payload_may_be_the_object_itself() -> None:
    house = House()
    first = house.ids()[0]
    assert house.change("updateDog", id=first, name="Rex", owner="o1")["name"] == "Rex"
    assert "owner" not in (house.graph.lookup(DOG, first) or {})


def test_what_is_deleted_is_gone_and_the_payload_says_which() -> None:
    house = House()
    first = house.ids()[0]
    assert house.change("deleteDog", dogId=first)["deletedId"] == first
    assert house.graph.lookup(DOG, first) is None
    assert first not in house.ids(first=100)


def test_what_is_not_there_is_told_in_the_payload_or_as_an_error() -> None:
    house = House()
    with pytest.raises(GraphQLError, match="Dog none does not exist"):
        house.change("updateDog", id="none", name="Rex")
    assert house.change("catDelete", input={"id": "1"})["deletedCatId"] == "1"
    assert house.change("catUpdate", input={"id": "1"}) == {
        "cat": None, "userErrors": [{"field": ["id"], "message": "Cat 1 does not exist"}]
    }  # fmt: skip


def test_of_a_type_that_nothing_makes_every_id_names_an_object() -> None:
    house = House()
    assert house.change("catUpdate", input={"id": "7", "name": "Tom"})["cat"]["name"] == "Tom"
    assert house.graph.lookup(CAT, "7") == {"id": "7", "name": "Tom"}
    assert (house.graph.lookup(CAT, "8") or {})["id"] == "8"
    assert (house.graph.holds(CAT), house.graph.lists(CAT), house.graph.lists(DOG)) == (True, False, True)


def test_a_mutation_of_another_name_is_not_known() -> None:
    assert House().change("walkDogs", count=2) is None


def test_pages_follow_each_other_both_ways() -> None:
    house = House()
    everything = house.ids(first=100)
    assert len(everything) == THERE
    seen: list[str] = []
    more, after = True, None
    while more:
        things, more, before = house.graph.page(DOG, {"first": 10, "after": after})
        assert before is (after is not None)
        seen += [thing["id"] for _, thing in things]
        after = things[-1][0]
    assert seen == everything
    things, after_it, before_it = house.graph.page(DOG, {"last": 10})
    assert ([thing["id"] for _, thing in things], after_it, before_it) == (everything[-10:], False, True)
    assert house.ids(last=10, before=things[0][0]) == everything[-20:-10]
    with pytest.raises(GraphQLError, match="is not a cursor"):
        house.graph.page(DOG, {"after": "none"})


@pytest.mark.parametrize("name", ["first", "last"])
def test_no_objects_may_be_asked_for_and_not_less(name: str) -> None:
    assert House().graph.page(DOG, {name: 0}) == ([], name == "first", name == "last")
    with pytest.raises(GraphQLError, match=f"{name} is -5; it must not be negative"):
        House().graph.page(DOG, {name: -5})


def test_a_reset_puts_the_first_objects_there_again() -> None:
    house = House()
    before = house.ids(first=100)
    house.change("deleteDog", dogId=before[0])
    house.change("createDog", input={})
    house.street.service.reset()
    assert house.ids(first=100) == before
