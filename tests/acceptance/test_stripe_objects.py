"""The official `stripe` SDK's objects and pages, with our document and with the vendor's own."""

import pytest
import stripe

from tests.acceptance.asking import client
from tests.acceptance.documents import Shared, vendor_and_proxy

pytestmark = pytest.mark.slow

shared = vendor_and_proxy("stripe", "stripe/spec3.json")


def test_a_customer_is_made_read_changed_and_deleted(shared: Shared) -> None:
    sdk = client(shared[1])
    made = sdk.v1.customers.create({"email": "a@x.example", "metadata": {"plan": "basic"}})
    assert sdk.v1.customers.retrieve(made.id).email == "a@x.example"
    changed = sdk.v1.customers.update(made.id, {"name": "Ada", "metadata": {"tier": "1"}})
    assert changed.metadata is not None
    assert (changed.name, changed.metadata["plan"], changed.metadata["tier"]) == ("Ada", "basic", "1")
    assert sdk.v1.customers.delete(made.id).deleted is True
    assert sdk.v1.customers.retrieve(made.id).deleted is True, "it can still be seen that it was there"
    with pytest.raises(stripe.InvalidRequestError) as error:
        sdk.v1.customers.update(made.id, {"name": "Bea"})
    assert (error.value.code, error.value.http_status) == ("resource_missing", 404)


def test_pages_are_followed_to_their_end(shared: Shared) -> None:
    sdk = client(shared[1])
    before = {one.id for one in sdk.v1.customers.list({"limit": 100}).auto_paging_iter()}
    made = [sdk.v1.customers.create({"email": f"{number}@x.example"}).id for number in range(7)]
    found = [one.id for one in sdk.v1.customers.list({"limit": 3}).auto_paging_iter()]
    assert [one for one in found if one not in before] == made[::-1]


def test_a_key_is_answered_again_and_done_once(shared: Shared) -> None:
    house, proxy = shared
    sdk = client(proxy)
    first, second = (sdk.v1.customers.create({"email": "b@x.example"}, {"idempotency_key": "make-b"}) for _ in range(2))
    assert first.id == second.id
    assert house.vendor.effects("customer.created").count(first.id) == 1


def test_an_unknown_parameter_and_a_missing_one_are_the_sdks_errors(shared: Shared) -> None:
    sdk = client(shared[1])
    with pytest.raises(stripe.InvalidRequestError) as error:
        sdk.raw_request("post", "/v1/customers", frob="1")
    assert (error.value.code, error.value.param) == ("parameter_unknown", "frob")
    with pytest.raises(stripe.InvalidRequestError) as error:
        sdk.raw_request("post", "/v1/payment_intents", currency="eur")
    assert (error.value.code, error.value.param) == ("parameter_missing", "amount")
