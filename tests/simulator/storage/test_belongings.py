"""What belongs to an object around it is known by its path, and can be saved and put back."""

from tests.simulator.small_vendor import TEXT, SmallVendor, fields, listed, operation
from tidegate.simulator.storage.belongings import Belongings

CARD = fields("id", id=TEXT)
PATHS = {
    "/boards/{boardId}/cards": {"get": operation(listed(CARD)), "post": operation(CARD, fields(), status=201)},
    "/cards/{id}": {"get": operation(CARD)},
}


def test_belongings_are_found_dropped_and_restored() -> None:
    listing = SmallVendor(PATHS).operation("GET", "/boards/1/cards")
    belongings = Belongings()
    for board, card in (("1", "a"), ("1", "b"), ("2", "c")):
        belongings.add(listing, {"boardId": board}, card)
    belongings.drop("cards", "b")
    saved = belongings.described()
    assert belongings.is_elsewhere(listing, {"boardId": "1"}, "c")
    assert not belongings.is_elsewhere(listing, {"boardId": "1"}, "a")
    belongings.replace([])
    assert belongings.keys(listing, {"boardId": "1"}) is None
    assert not belongings.is_elsewhere(listing, {"boardId": "1"}, "c")
    belongings.replace(saved)
    assert belongings.keys(listing, {"boardId": "1"}) == frozenset({"a"})
    assert belongings.keys(SmallVendor(PATHS).operation("GET", "/cards/a"), {}) is None
