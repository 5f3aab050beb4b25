"""SIGTERM: calls under way finish, new ones get 503, and the exit code is 0."""

import signal

import pytest
import stripe

from tests.acceptance.asking import Meanwhile, client, sent
from tests.acceptance.programs import House, eventually

pytestmark = pytest.mark.slow


def test_a_call_under_way_finishes_and_new_ones_are_turned_away(house: House) -> None:
    proxy = house.serve()
    house.vendor.fails(kind="latency", delay="1m")
    under_way = Meanwhile(client(proxy), "o-1", "key-1")
    eventually(house.vendor.journal, "the payment at the vendor")
    proxy.process.send_signal(signal.SIGTERM)
    proxy.says(r"stopping; calls under way: 1")
    turned_away = sent(
        proxy.port, b"GET /stripe/v1/customers HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer x\r\n\r\n"
    )
    assert turned_away.startswith(b"HTTP/1.1 503 "), turned_away
    house.vendor.passes("1m")
    payment = under_way.result()
    assert not isinstance(payment, stripe.StripeError), payment
    assert payment.status == "succeeded"
    assert proxy.exit_code() == 0
    assert [call["status"] for call in proxy.calls() if call["method"] == "POST"] == [200]


def test_what_does_not_end_in_time_is_given_up_with_a_word_and_exit_1(house: House) -> None:
    proxy = house.serve(drain="200ms")
    house.vendor.fails(kind="hang")
    under_way = Meanwhile(client(proxy), "o-1", "key-1")
    eventually(house.vendor.journal, "the payment at the vendor")
    assert proxy.end() == 1
    assert isinstance(under_way.result(), stripe.StripeError)
    assert not [line for line in proxy.lines if "Traceback" in line]
    assert any("had not ended after 0.2 s" in line for line in proxy.lines)


def test_an_idle_proxy_ends_at_once(house: House) -> None:
    proxy = house.serve()
    assert proxy.end(signal.SIGINT) == 0
