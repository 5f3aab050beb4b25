"""Two proxies on one PostgreSQL: the same key sent to both is one payment, and a database that dies loses none."""

from collections import Counter
from collections.abc import Iterator

import pytest
import stripe

from tests.acceptance.asking import Meanwhile, ask, client, pay
from tests.acceptance.programs import House, eventually
from tests.postgres_server import PostgresServer, running, shared_server

pytestmark = pytest.mark.slow


@pytest.fixture
def mortal() -> Iterator[PostgresServer]:
    with running() as server:
        yield server


def test_the_same_key_sent_to_two_proxies_at_once_is_one_payment(house: House) -> None:
    store = shared_server().fresh_url()
    proxies = [house.serve(store=store), house.serve(store=store)]
    sdks = [client(proxy) for proxy in proxies]
    told = Counter[str]()
    for number in range(10):
        under_way = [Meanwhile(sdk, f"o-{number}", f"key-{number}") for sdk in sdks for _ in range(2)]
        paid = set()
        for answer in (each.result() for each in under_way):
            if isinstance(answer, stripe.StripeError):
                assert answer.http_status == 409, answer
            else:
                paid.add(answer.id)
            told[type(answer).__name__] += 1
        assert len(paid) == 1
        assert {pay(sdk, f"o-{number}", key=f"key-{number}").id for sdk in sdks} == paid, (
            "either gives the answer again"
        )
    assert len(house.vendor.effects("payment_intent.succeeded")) == 10
    assert len(house.vendor.journal()) == 10
    assert told["PaymentIntent"] >= 10


def test_an_answer_of_one_proxy_is_given_again_by_the_other_when_the_first_has_gone(house: House) -> None:
    store = shared_server().fresh_url()
    first, second = house.serve(store=store), house.serve(store=store)
    house.vendor.fails(kind="hang", effect="done", first_n=1)
    under_way = Meanwhile(client(first), "o-1", "key-1")
    eventually(house.vendor.journal, "the payment at the vendor")
    with pytest.raises(stripe.StripeError) as why:
        pay(client(second), "o-1", key="key-1")
    assert why.value.http_status == 409, "the first proxy runs it"
    house.vendor.passes("1m")
    assert not isinstance(under_way.result(), stripe.StripeError)
    first.end()
    assert pay(client(second), "o-1", key="key-1").id == under_way.result().id
    assert len(house.vendor.effects("payment_intent.succeeded")) == 1


def test_a_database_that_is_killed_refuses_keyed_writes_and_loses_nothing(house: House, mortal: PostgresServer) -> None:
    proxy = house.serve(store=mortal.url())
    first = pay(client(proxy), "o-1", key="key-1")
    mortal.kill()

    def refused() -> bool:
        try:
            pay(client(proxy), "o-2", key="key-2")
        except stripe.StripeError as error:
            return error.http_status == 503
        return False

    eventually(refused, "503 while the database is away")
    assert ask(proxy, "GET", "/stripe/v1/customers", Authorization="Bearer app")[0] == 200, "reads go on"
    mortal.start()

    def paid() -> str:
        try:
            return str(pay(client(proxy), "o-2", key="key-2").id)
        except stripe.StripeError:  # 503 until it is back, 409 until it is known what became of the refused ones
            return ""

    second = eventually(paid, "a payment when the database is back")
    assert pay(client(proxy), "o-1", key="key-1").id == first.id
    assert house.vendor.effects("payment_intent.succeeded") == [first.id, second]
    for line in ("the store takes no records; keyed writes are refused", "the store takes records again"):
        proxy.says(line)
