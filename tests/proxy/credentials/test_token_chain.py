"""A chain is told from others, and comes back from the store as it went there."""

from hypothesis import given
from hypothesis import strategies as st

from tests.proxy.store.places import at
from tidegate.proxy.credentials.token_chain import ChainToken, chain_name, next_token, read, written
from tidegate.proxy.policies.credentials.token_answer import TokenGrant
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.tokens import TokenRow
from tidegate.redaction.secret import Secret
from tidegate.vendor.auth_facts import OAuth
from tidegate.vendor.token_facts import TokenRequest

TEXTS = st.text(max_size=20)


@given(TEXTS, TEXTS, TEXTS, st.floats(0, 1e9), st.floats(0, 1e7), st.none() | st.frozensets(TEXTS, max_size=4))
def test_what_is_stored_comes_back(
    access: str, refresh: str, previous: str, began: float, life_s: float, scopes: frozenset[str] | None
) -> None:
    token = ChainToken(7, access, refresh, previous, began, life_s, scopes)
    assert read(TokenRow(7, written(token))) == token


@given(st.binary(max_size=60))
def test_a_row_that_cannot_be_read_is_none(payload: bytes) -> None:
    assert read(TokenRow(1, payload)) is None


def test_a_new_refresh_token_pushes_the_one_that_was_used_into_the_place_before() -> None:
    first = next_token(None, TokenGrant("a1", 60.0, "r1"), "r0", 1, 0.0)
    assert (first.refresh, first.previous) == ("r1", "r0")
    second = next_token(first, TokenGrant("a2", 60.0, "r2"), "r1", 2, 0.0)
    assert (second.refresh, second.previous) == ("r2", "r1")
    same = next_token(second, TokenGrant("a3", 60.0), "r2", 3, 0.0)
    assert (same.refresh, same.previous) == ("r2", "r1"), "the vendor does not rotate: the one that was used stays"


def test_the_end_of_a_refresh_token_is_its_own_and_stays_where_nothing_new_is_said() -> None:
    first = next_token(None, TokenGrant("a1", 60.0, "r1", refresh_life_s=100.0), "r0", 1, 5.0)
    assert first.refresh_until == 105.0
    assert read(TokenRow(1, written(first))) == first
    same = next_token(first, TokenGrant("a2", 60.0), "r1", 2, 50.0, 1000.0)
    assert same.refresh_until == 105.0
    new = next_token(same, TokenGrant("a3", 60.0, "r2"), "r1", 3, 60.0, 1000.0)
    assert new.refresh_until == 1060.0
    assert next_token(new, TokenGrant("a4", 60.0, "r3"), "r2", 4, 70.0).refresh_until is None


def test_a_token_does_not_show_itself() -> None:
    token = ChainToken(1, "a-secret", "r-secret", "p-secret", 0.0, 60.0, None)
    assert "secret" not in repr(token)
    assert set(token.secrets) == {"a-secret", "r-secret", "p-secret"}


def test_its_age_is_the_most_that_may_have_passed() -> None:
    token = ChainToken(1, "a", "", "", 10.0, 60.0, None)
    assert token.age_s(StoreTime(11.0, 20.0, 0.0)) == 10.0
    assert token.age_s(at(10.0)) == 0.0


def test_another_client_server_or_first_token_is_another_chain_and_the_name_tells_no_token() -> None:
    def name(vendor: str = "things", token: str = "/token", first: str = "r0", **more: str) -> str:
        request = {"grant": "refresh_token", "client_id": "shop", "refresh_token": "env:R", **more}
        return chain_name(vendor, OAuth(token=token), TokenRequest.model_validate(request), Secret(first))

    names = {name(), name("other"), name(token="/t2"), name(first="r9"), name(client_id="x"), name(scope="read")}
    assert len(names) == 6
    assert name() == name()
    assert "r0" not in name().partition(" ")[2]
