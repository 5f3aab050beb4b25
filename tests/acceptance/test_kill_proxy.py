"""kill -9 in the middle of a payment, and a restart: one payment, and the app gets its answer."""

import signal
from typing import Any

import pytest
import stripe

from tests.acceptance.asking import Meanwhile, client, pay
from tests.acceptance.programs import House, eventually
from tidegate.loadtests.programs import free_port

pytestmark = pytest.mark.slow


def until_answered(sdk: stripe.StripeClient, order: str, key: str) -> Any:
    """What an app does that was told 409, or nothing: the same request under the same key, until it is answered."""

    def answered() -> Any:
        try:
            return pay(sdk, order, key=key)
        except stripe.StripeError as error:
            if error.http_status not in {409, 503}:
                raise
            return None

    return eventually(answered, "the answer to the payment")


@pytest.mark.parametrize("effect", ["done", "none"])
def test_a_payment_in_the_middle_of_which_the_proxy_dies_is_made_once(house: House, effect: str) -> None:
    proxy = house.serve(port=free_port())
    house.vendor.fails(kind="hang", effect=effect)
    under_way = Meanwhile(client(proxy), "o-1", "key-1")
    eventually(house.vendor.journal, "the payment at the vendor")
    assert proxy.end(signal.SIGKILL) == -signal.SIGKILL
    assert isinstance(under_way.result(), stripe.APIConnectionError)
    made_before = house.vendor.effects("payment_intent.succeeded")
    assert len(made_before) == (1 if effect == "done" else 0)

    house.vendor.works()
    again = until_answered(client(house.serve(port=proxy.port)), "o-1", "key-1")

    assert again.status == "succeeded"
    assert house.vendor.effects("payment_intent.succeeded") == [again.id]
    assert {entry["key"] for entry in house.vendor.journal()} == {"key-1"}, "the vendor saw one key only"


def test_the_answer_is_kept_over_a_kill_and_given_again_without_asking_the_vendor(house: House) -> None:
    proxy = house.serve()
    first = pay(client(proxy), "o-1", key="key-1")
    proxy.end(signal.SIGKILL)
    again = pay(client(house.serve()), "o-1", key="key-1")
    assert again.id == first.id
    assert len(house.vendor.journal()) == 1


def test_a_restart_alone_sends_nothing_again(house: House) -> None:
    proxy = house.serve()
    house.vendor.fails(kind="hang", effect="done")
    under_way = Meanwhile(client(proxy), "o-1", "key-1")
    eventually(house.vendor.journal, "the payment at the vendor")
    proxy.end(signal.SIGKILL)
    assert isinstance(under_way.result(), stripe.APIConnectionError)
    assert house.vendor.effects("payment_intent.succeeded"), "this is why nothing may resend it blindly"
    house.serve()
    assert len(house.vendor.journal()) == 1, "a restart alone sends nothing"
