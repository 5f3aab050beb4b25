"""The keys of a write."""

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tests.proxy.examples import call, plan
from tidegate.proxy.policies.resilience.idempotency_keys import given_key, own_key, quoted, vendor_key_of
from tidegate.proxy.policies.resilience.idempotency_record import parse_key


def test_an_apps_key_is_scoped_by_the_app_and_our_own_is_not() -> None:
    ours = call(own_key=own_key("c1"))
    assert vendor_key_of(ours, own_key("c1")) == "tidegate-c1"
    assert vendor_key_of(ours, "k") == "shop:k"
    assert vendor_key_of(call(), own_key("c1")) == "shop:tidegate-c1"


@pytest.mark.parametrize("key", ["k" * 40, "k" * 64, "k" * 255])
def test_a_key_is_no_longer_than_the_vendor_takes_it(key: str) -> None:
    short = call(plan=plan(key_characters_max=45), own_key=own_key("c" * 40))
    sent = {vendor_key_of(short, key), vendor_key_of(short, key + "2"), vendor_key_of(short, short.own_key)}
    assert len(sent) == 3
    assert max(map(len, sent)) <= 45
    assert vendor_key_of(short, key) == vendor_key_of(short, key)


@pytest.mark.parametrize("key", ["k", '"k"', "a\\b", 'a"b', "\\", '"'])
def test_a_quoted_key_is_read_back_as_it_was(key: str) -> None:
    assert parse_key(quoted(key)) == key


@pytest.mark.parametrize(
    ("sent", "key"),
    [([], None), (["k"], "k"), (["k", "k"], "k"), (["k", "l"], ""), (["", "k"], "")],
)
def test_of_two_keys_that_differ_none_is_meant(sent: list[str], key: str | None) -> None:
    headers = CIMultiDict([("idempotency-key", one) for one in sent])
    given = given_key(call(headers=CIMultiDictProxy(headers)))
    assert given == key
    assert given != "" or parse_key(given) is None, "it is refused as one that cannot be used"
