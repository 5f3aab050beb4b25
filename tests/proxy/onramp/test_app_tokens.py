"""Tests of tidegate.proxy.onramp.app_tokens."""

import base64

import pytest

from tidegate.proxy.onramp import app_tokens
from tidegate.proxy.onramp.app_tokens import AppTokens, candidates

SHOP = "tg_shop_5f2a"


def basic(user: str, password: str = "") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (f"Bearer {SHOP}", "shop"),
        (f"bearer   {SHOP} ", "shop"),
        (basic(SHOP), "shop"),
        (basic("AC123", SHOP), "shop"),
        (SHOP, "shop"),
        ("Bearer tg_back_1", "back"),
        ("Bearer tg_shop_5f2", None),
        ("Bearer ", None),
        ("Bearer", None),
        ("", None),
        ("Basic !!!", None),
        ("Basic /w==", None),
        (basic(""), None),
        ("Digest username=x", None),
    ],
)
def test_the_sdks_key_slot_tells_the_app(value: str, found: str | None) -> None:
    known = AppTokens([("shop", SHOP), ("back", "tg_back_1")])
    assert known.identify({"Authorization": value}) == found
    assert known.identify({"Authorization": value}) == found, "the answer from memory is the same"


def test_the_slot_is_the_vendors_own_key_header() -> None:
    known = AppTokens([("shop", SHOP)])
    assert known.identify({"X-Api-Key": SHOP}, "X-Api-Key") == "shop"
    assert known.identify({"X-Api-Key": SHOP}) is None


def test_an_app_may_have_two_tokens() -> None:
    known = AppTokens([("shop", "old"), ("shop", "new")])
    assert {known.identify({"Authorization": f"Bearer {token}"}) for token in ("old", "new")} == {"shop"}


def test_without_tokens_any_key_is_the_app_local_but_a_key_there_must_be() -> None:
    anyone = AppTokens([])
    assert anyone.identify({"Authorization": "Bearer whatever"}) == "local"
    assert anyone.identify({}) is None
    assert anyone.identify({"Authorization": ""}) is None


def test_only_good_values_are_remembered_and_not_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_tokens, "KNOWN_MAX", 3)
    known = AppTokens([("shop", SHOP)])
    for number in range(10):
        assert known.identify({"Authorization": f"Bearer wrong{number}"}) is None
    assert known._known == {}
    for number in range(10):
        assert known.identify({"Authorization": basic(SHOP, str(number))}) == "shop"
    assert 1 <= len(known._known) <= 3


def test_every_known_token_is_compared_whether_or_not_one_matched(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(other)
        return one == other

    monkeypatch.setattr("tidegate.proxy.onramp.app_tokens.hmac.compare_digest", compare)
    AppTokens([("a", "1"), ("b", "2"), ("c", "3")]).identify({"Authorization": "Bearer 1"})
    assert len(compared) == 3


def test_no_token_is_kept_in_clear_before_it_is_used() -> None:
    assert SHOP not in repr(vars(AppTokens([("shop", SHOP)])))


def test_what_is_not_a_key_is_no_candidate() -> None:
    assert candidates("Bearer a b") == ["a b"]
    assert candidates(basic("u", "p:q")) == ["u", "p:q"]
    assert candidates("Custom abc") == ["Custom abc"]
