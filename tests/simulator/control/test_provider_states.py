"""Provider states make what a contract needs, and an unknown sentence is refused."""

import pytest

from tests.simulator.conftest import Played
from tidegate.simulator.control.provider_states import set_up, tear_down


async def test_an_object_of_any_kind_can_be_there(vendor: Played) -> None:
    assert set_up(vendor.simulator, "a customer exists", {"id": "cus_1", "email": "a@x.example"}) == {"id": "cus_1"}
    status, customer = await vendor.ask("GET", "/v1/customers/cus_1")
    assert (status, customer["email"], customer["object"]) == (200, "a@x.example", "customer")
    made = set_up(vendor.simulator, "a payment intent exists", {"status": "succeeded", "amount": 5, "currency": "eur"})
    assert (await vendor.ask("GET", f"/v1/payment_intents/{made['id']}"))[1]["status"] == "succeeded"
    assert set_up(vendor.simulator, "an event exists", {"id": "evt_1"}) == {"id": "evt_1"}


async def test_two_objects_made_alike_are_two(vendor: Played) -> None:
    ids = [set_up(vendor.simulator, "a customer exists", {})["id"] for _ in range(2)]
    assert ids[0] != ids[1]


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("the rate limit is used up", 429),
        ("the vendor is down", 503),
        ("the vendor fails", 500),
        ("the vendor is up", 200),
    ],
)
async def test_the_vendor_can_be_in_a_bad_way(vendor: Played, state: str, status: int) -> None:
    set_up(vendor.simulator, state, {})
    assert (await vendor.ask("GET", "/v1/customers"))[0] == status


async def test_a_bad_way_can_be_narrowed_down(vendor: Played) -> None:
    set_up(vendor.simulator, "the rate limit is used up", {"operations": ["PostRefunds"]})
    assert (await vendor.ask("GET", "/v1/customers"))[0] == 200
    assert (await vendor.ask("POST", "/v1/refunds", "charge=ch_1"))[0] == 429


async def test_nothing_exists_empties_the_vendor_and_teardown_everything(vendor: Played) -> None:
    await vendor.pay()
    set_up(vendor.simulator, "nothing exists", {})
    assert (await vendor.ask("GET", "/v1/payment_intents"))[1]["data"] == []
    set_up(vendor.simulator, "the vendor fails", {})
    tear_down(vendor.simulator)
    assert (await vendor.ask("GET", "/v1/customers"))[0] == 200
    assert vendor.simulator.journal.last == 1


@pytest.mark.parametrize("state", ["a dragon exists", "a customer exist", "the vendor sleeps"])
async def test_an_unknown_state_is_refused_with_what_is_known(vendor: Played, state: str) -> None:
    with pytest.raises(ValueError, match="the vendor is down"):
        set_up(vendor.simulator, state, {})


async def test_parameters_that_do_not_fit_a_state_are_refused(vendor: Played) -> None:
    with pytest.raises(ValueError, match="frob"):
        set_up(vendor.simulator, "the vendor fails", {"frob": 1})
