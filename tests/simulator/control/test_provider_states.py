"""Provider states make what a contract needs, and an unknown sentence is refused."""

import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.conftest import Played
from tidegate.simulator import Simulator
from tidegate.simulator.control.provider_states import set_up, tear_down


async def test_an_object_of_any_kind_can_be_there(vendor: Played) -> None:
    assert set_up(vendor.simulator, "a customer exists", {"id": "cus_1", "email": "a@x.example"}) == {"id": "cus_1"}
    status, customer = await vendor.ask("GET", "/v1/customers/cus_1")
    assert (status, customer["email"], customer["object"]) == (200, "a@x.example", "customer")
    made = set_up(vendor.simulator, "a payment intent exists", {"status": "succeeded", "amount": 5, "currency": "eur"})
    assert (await vendor.ask("GET", f"/v1/payment_intents/{made['id']}"))[1]["status"] == "succeeded"
    assert set_up(vendor.simulator, "an event exists", {"id": "evt_1"}) == {"id": "evt_1"}


def test_an_object_is_put_inside_those_that_its_path_goes_through() -> None:
    account = f"AC{'a' * 32}"
    with Simulator("twilio") as twilio:
        message = twilio.given("a message exists", AccountSid=account)["id"]
        url = f"{twilio.url}/2010-04-01/Accounts/{account}/Messages/{message}.json"
        request = urllib.request.Request(url, headers={"Authorization": "Basic YTpi"})
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer)["sid"] == message


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


SCHEMA = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "text": {"type": "string"}}}


def _collection(path: str) -> dict[str, Any]:
    """Two paths of a document: what makes an object and what reads it."""
    content = {"content": {"application/json": {"schema": SCHEMA}}}
    names = [*re.findall(r"{(\w+)}", path), "id"]
    params = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    responses = {"200": {"description": "", **content}}
    return {
        path: {"parameters": params[:-1], "post": {"requestBody": content, "responses": responses}},
        f"{path}/{{id}}": {"parameters": params, "get": {"responses": responses}},
    }


def test_a_kind_is_known_in_the_singular_and_one_below_another_by_its_last_word(tmp_path: Path) -> None:
    paths = _collection("/users") | _collection("/things/{thing_id}/comments") | _collection("/paymentLinks")
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths}))
    with Simulator(spec=file) as simulator:
        for state, path in (
            ("a user exists", "/users/u1"),
            ("a users exists", "/users/u1"),
            ("Users exist", "/users/u1"),
            ("Some users exist.", "/users/u1"),
            ("The user exists", "/users/u1"),
            ("a payment link exists", "/paymentLinks/u1"),
            ("a comment exists", "/things/t1/comments/u1"),
        ):
            assert simulator.given(state, id="u1", thing_id="t1", text=state) == {"id": "u1"}
            with urllib.request.urlopen(simulator.url + path) as answer:
                assert json.load(answer)["text"] == state
        with pytest.raises(ValueError, match=r"did you mean users.*one of comments, paymentLinks, users"):
            simulator.given("a uzers exists")
        with pytest.raises(ValueError, match="users has no field 'txet'; did you mean text"):
            simulator.given("a user exists", txet="x")
        assert simulator.given("a user exists", ID="u9", Text="x") == {"id": "u9"}
        with pytest.raises(ValueError, match="must have thing_id"):
            simulator.given("a comment exists", id="u2")


@pytest.mark.parametrize("state", ["a dragon exists", "a customer exist", "the vendor sleeps"])
async def test_an_unknown_state_is_refused_with_what_is_known(vendor: Played, state: str) -> None:
    with pytest.raises(ValueError, match="the vendor is down"):
        set_up(vendor.simulator, state, {})


async def test_parameters_that_do_not_fit_a_state_are_refused(vendor: Played) -> None:
    with pytest.raises(ValueError, match="frob"):
        set_up(vendor.simulator, "the vendor fails", {"frob": 1})


def test_an_object_that_tells_whose_it_is_within_itself_has_that_there() -> None:
    with Simulator("github") as github:
        assert github.given("a repository exists", owner="acme", name="shop") == {"id": "shop"}
        (repository,) = github.objects("repository")
        assert (repository["name"], repository["owner"]["login"]) == ("shop", "acme")
