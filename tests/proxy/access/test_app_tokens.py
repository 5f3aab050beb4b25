"""Tests of tidegate.proxy.access.app_tokens."""

import base64
from collections.abc import Mapping

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.proxy.access import app_tokens
from tidegate.proxy.access.app_tokens import LOCAL, VALUE_CHARS_MAX, AppTokens, candidates, carries_token
from tidegate.proxy.identity.token_hash import RANDOM_BYTES, KnownToken, new_token

SHOP = "tg_shop_5f2a"


def known_of(*tokens: tuple[str, str]) -> AppTokens:
    return AppTokens([KnownToken(name, token) for name, token in tokens])


def sent(headers: Mapping[str, str]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict(headers))


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
        (f"token {SHOP}", "shop"),
        (f"Bot  {SHOP}", "shop"),
        (f"Token token={SHOP}", "shop"),
        (f'Token token="{SHOP}"', "shop"),
        (f"GoogleLogin auth={SHOP}", None),
        (f"Bearer token={SHOP}", None),
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
    known = known_of(("shop", SHOP), ("back", "tg_back_1"))
    assert known.identify(sent({"Authorization": value})) == found
    assert known.identify(sent({"Authorization": value})) == found, "the answer from memory is the same"


def test_the_slot_is_the_vendors_own_key_header() -> None:
    known = known_of(("shop", SHOP))
    assert known.identify(sent({"X-Api-Key": SHOP}), "X-Api-Key") == "shop"
    assert known.identify(sent({"X-Api-Key": SHOP})) is None


def test_an_app_may_have_two_tokens() -> None:
    known = known_of(("shop", "old"), ("shop", "new"))
    assert {known.identify(sent({"Authorization": f"Bearer {token}"})) for token in ("old", "new")} == {"shop"}


def test_without_tokens_any_key_is_the_app_local_but_a_key_there_must_be() -> None:
    anyone = AppTokens([], anonymous=True)
    assert anyone.identify(sent({"Authorization": "Bearer whatever"})) == "local"
    assert anyone.identify(sent({})) is None
    assert anyone.identify(sent({"Authorization": ""})) is None


def test_only_good_values_are_remembered_and_not_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_tokens, "KNOWN_MAX", 3)
    known = known_of(("shop", SHOP))
    for number in range(10):
        assert known.identify(sent({"Authorization": f"Bearer wrong{number}"})) is None
    assert known._known == {}
    for number in range(10):
        assert known.identify(sent({"Authorization": basic(SHOP, str(number))})) == "shop"
    assert 1 <= len(known._known) <= 3


def test_every_known_token_is_compared_whether_or_not_one_matched(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(other)
        return one == other

    monkeypatch.setattr("tidegate.proxy.access.app_tokens.hmac.compare_digest", compare)
    known_of(("a", "1"), ("b", "2"), ("c", "3")).identify(sent({"Authorization": "Bearer 1"}))
    assert len(compared) == 3


def test_no_token_is_kept_in_clear_before_it_is_used() -> None:
    assert SHOP not in repr(vars(known_of(("shop", SHOP))))


def test_what_is_not_a_key_is_no_candidate() -> None:
    assert candidates("Bearer a b") == ["a b"]
    assert candidates(basic("u", "p:q")) == ["u", "p:q"]
    assert candidates("Custom abc") == ["Custom abc", "abc"]
    assert candidates('Custom key="a,b"') == ['Custom key="a,b"', 'key="a,b"']


def test_a_token_is_known_by_its_hash_until_it_expires() -> None:
    now = [100.0]
    old, old_hash = new_token(bytes(RANDOM_BYTES))
    new, new_hash = new_token(bytes(range(RANDOM_BYTES)))
    tokens = (KnownToken("shop", "", old_hash, 200.0), KnownToken("shop", "", new_hash))
    known = AppTokens(tokens, lambda: now[0])
    for moment, good in ((100.0, {old, new}), (199.9, {old, new}), (200.0, {new}), (500.0, {new})):
        now[0] = moment
        for _ in range(2):
            found = {token for token in (old, new) if known.identify(sent({"Authorization": f"Bearer {token}"}))}
            assert found == good, moment
    assert old not in repr(known._known)
    assert known.identify(sent({"Authorization": f"Bearer {new[:-1]}_"})) is None


def test_a_reference_that_expires_is_refused_from_then_on() -> None:
    now = [100.0]
    known = AppTokens([KnownToken("shop", SHOP, None, 200.0)], lambda: now[0])
    assert known.identify(sent({"Authorization": SHOP})) == "shop"
    now[0] = 200.0
    assert known.identify(sent({"Authorization": SHOP})) is None


def test_two_lines_name_nobody_even_where_both_are_good() -> None:
    known = known_of(("shop", SHOP), ("back", "tg_back_1"))
    lines = CIMultiDictProxy(CIMultiDict([("Authorization", SHOP), ("authorization", SHOP)]))
    assert known.identify(lines) is None
    other = CIMultiDictProxy(CIMultiDict([("Authorization", SHOP), ("Authorization", "tg_back_1")]))
    assert known.identify(other) is None


def test_a_very_long_value_is_not_even_hashed() -> None:
    assert known_of(("shop", SHOP)).identify(sent({"Authorization": SHOP + " " * VALUE_CHARS_MAX})) is None
    assert AppTokens([], anonymous=True).identify(sent({"Authorization": "x" * (VALUE_CHARS_MAX + 1)})) is None


def test_a_token_of_our_own_making_is_known_for_one_by_its_looks() -> None:
    token, _ = new_token(bytes(RANDOM_BYTES))
    assert carries_token(f"Bearer {token}")
    assert carries_token(basic("user", token))
    assert not carries_token("Bearer sk_live_x")
    assert not carries_token("")


def test_an_aws_sdk_carries_the_token_as_its_access_key() -> None:
    assert candidates("AWS4-HMAC-SHA256 Credential=tg_shop/20260101/eu/s3/aws4_request, Signature=x") == ["tg_shop"]
    assert candidates("AWS4-HMAC-SHA256 nothing") == []


def test_a_value_that_is_signed_anew_each_time_is_not_remembered() -> None:
    tokens = AppTokens((), anonymous=True)
    for number in range(3):
        assert tokens.app_of(f"AWS4-HMAC-SHA256 Credential=tg_shop/20260101, Signature={number}") == LOCAL
    assert not tokens._known
