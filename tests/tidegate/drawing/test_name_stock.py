"""What a load needs is made before it begins, in order; what removes a thing takes its name out of the stock."""

import random
from collections import Counter
from collections.abc import Callable

from tests.tidegate.drawing.ferries import ferries
from tidegate.drawing.name_stock import STOCK_OF_EACH, TRIES_MAX, NameStock, StockOrder
from tidegate.drawing.request_drawer import RequestDrawer
from tidegate.drawing.supplies import Supplies
from tidegate.scenario.load import GivenRequest


def stock(*calls: str) -> NameStock:
    document = ferries()
    return NameStock(Supplies(document, RequestDrawer(document), {}), calls, random.Random(1), "run")


def filled(names: NameStock, status: Callable[[StockOrder], int] = lambda _: 201) -> list[StockOrder]:
    orders: list[StockOrder] = []
    while order := names.due():
        orders.append(order)
        names.put(order, status(order), {"id": f"{order.source}-{len(orders)}"})
        assert len(orders) < 100
    return orders


def test_what_a_call_needs_is_made_after_what_that_needs_itself() -> None:
    names = stock("showNote", "listHarbours")
    orders = filled(names)
    assert [order.source for order in orders] == [
        source for source in ("openHarbour", "book", "addNote") for _ in range(STOCK_OF_EACH)
    ]
    assert all(order.names["booking"].startswith("book-") for order in orders if order.source == "addNote")
    taken = names.names_for("showNote")
    made = {order.tag: order for order in orders}
    assert len(made) == len(orders)
    note = orders[int(taken["note"].rpartition("-")[2]) - 1]
    assert note.names["booking"] == taken["booking"]  # the note is shown where it was made
    assert names.names_for("listHarbours") == {}
    assert names.flaws == []


def test_each_call_that_removes_a_thing_has_a_thing_of_its_own_that_no_other_call_names() -> None:
    names = stock(*["cancelBooking"] * 8, "showBooking")
    orders = filled(names)
    assert Counter((order.source, order.spare) for order in orders) == {
        ("openHarbour", False): STOCK_OF_EACH, ("book", False): STOCK_OF_EACH, ("book", True): 8,
    }  # fmt: skip
    taken = {names.names_for("cancelBooking")["booking"] for _ in range(8)}
    shown = {names.names_for("showBooking")["booking"] for _ in range(50)}
    assert (len(taken), len(shown), taken & shown) == (8, STOCK_OF_EACH, set())
    assert names.names_for("cancelBooking") == {}


def test_a_thing_to_remove_can_be_made_when_it_is_needed() -> None:
    names = stock("cancelBooking")
    filled(names)
    names.names_for("cancelBooking")
    order = names.replenish("cancelBooking")
    assert order is not None
    assert (order.source, order.spare) == ("book", True)
    names.put(order, 201, {"id": "b99"})
    assert names.names_for("cancelBooking") == {**order.names, "booking": "b99"}
    assert names.replenish("showBooking") is None


def test_a_request_that_supplies_nothing_is_tried_a_few_times_and_the_reason_is_given() -> None:
    names = stock("showHarbour")
    orders = filled(names, lambda _: 422)
    assert len(orders) == TRIES_MAX
    (flaw,) = names.flaws
    assert flaw.startswith("openHarbour supplied no name for the calls that need one: status 422: ")
    assert names.names_for("showHarbour") == {}


def test_names_that_lie_in_each_other_belong_together_whatever_they_are_called() -> None:
    document = ferries()
    given = {
        "booking": GivenRequest(operation="book", body={}, takes={"z_booking": "/id"}),
        "note": GivenRequest(operation="addNote", path={"booking": "{z_booking}"}, body={}, takes={"a_note": "/id"}),
        "look": GivenRequest(operation="showNote", path={"booking": "{z_booking}", "note": "{a_note}"}),
    }
    names = NameStock(Supplies(document, RequestDrawer(document), given), ["look"], random.Random(1), "run")
    made = {f"{order.source}-{n}": order for n, order in enumerate(filled(names), 1)}
    for _ in range(20):
        taken = names.names_for("look")
        assert made[taken["a_note"]].names["z_booking"] == taken["z_booking"]
