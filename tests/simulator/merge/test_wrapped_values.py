"""A request may wrap the object as the answer does."""

from tests.simulator.houses import Street


def test_an_object_is_read_out_of_the_wrapper_that_the_answer_has_too() -> None:
    street = Street()
    house = street.ask("POST /houses").body["id"]
    made = street.ask("POST /houses/{house}/rooms", {"room": {"colour": "blue"}}, house=house)
    assert made.body["room"]["colour"] == "blue"


def test_an_object_that_is_not_wrapped_is_read_as_it_is() -> None:
    street = Street()
    house = street.ask("POST /houses").body["id"]
    made = street.ask("POST /houses/{house}/rooms", {"colour": "blue", "room": "none"}, house=house)
    assert made.body["room"]["colour"] == "blue"
