"""The key is read from the place that the vendor file names, and only the right one passes."""

from base64 import b64encode
from typing import Any

import pytest

from tidegate.simulator.answer import errors
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.door.credentials import Credentials, Requester, app_of, basic_pair, check_scopes, sent_fields
from tidegate.vendor.auth_facts import Auth


def basic(user: str, password: str = "") -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def identified(sent: str, secret: str | None, query: str = "", scheme: str = "bearer", **auth: Any) -> str:
    facts = Auth.model_validate({"scheme": scheme, "secret": "env:UNUSED", **auth})
    return Credentials(facts, (secret,) if secret is not None else ()).identify({facts.header: sent}, query, 0.0).name


@pytest.mark.parametrize("header", ["Bearer sk_1", "bearer sk_1", "token sk_1", basic("sk_1"), basic("sk_1", "x")])
def test_the_right_key_passes_however_it_is_sent(header: str) -> None:
    assert identified(header, "sk_1") == "sk_1"


def test_without_a_known_secret_any_key_passes() -> None:
    assert identified("Bearer anything", None) == "anything"


@pytest.mark.parametrize("header", ["", "Bearer ", "Basic ", "Basic !!!", "Basic /w==", "Digest x", basic("")])
def test_no_key_is_refused_with_a_challenge(header: str) -> None:
    with pytest.raises(VendorError, match="did not provide") as refused:
        identified(header, None)
    assert refused.value.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("key", ["sk_2", "sk_1 ", "sk_11", "schlüssel"])
def test_a_wrong_key_is_refused(key: str) -> None:
    with pytest.raises(VendorError, match="Invalid API Key") as refused:
        identified(basic(key), "sk_1")
    assert 'error="invalid_token"' in refused.value.headers["WWW-Authenticate"]


def test_of_user_and_password_both_must_be_right() -> None:
    pair = "AC1:token"
    assert identified(basic("AC1", "token"), pair, scheme="basic") == "AC1"
    for wrong in (basic("AC1", "other"), basic("AC2", "token"), basic("AC1")):
        with pytest.raises(VendorError) as refused:
            identified(wrong, pair, scheme="basic")
        assert refused.value.headers["WWW-Authenticate"] == 'Basic realm="api"'
    with pytest.raises(VendorError, match="did not provide"):
        identified("Bearer token", pair, scheme="basic")


def test_a_header_of_its_own_and_the_query_carry_the_key_as_it_is() -> None:
    assert identified("k1", "k1", scheme="header", header="X-Api-Key") == "k1"
    assert identified("", "k 1", "a=b&appid=k%201", scheme="query", parameter="appid") == "k 1"
    with pytest.raises(VendorError, match="did not provide"):
        identified("", "k1", "key=k1", scheme="query", parameter="appid")


class Given:
    """Tokens of a server that is not there."""

    def requester(self, token: str, now: float) -> Requester:
        if token == "old":
            raise errors.expired_token()
        return Requester("shop", {"t": frozenset({"read"})}[token])


def test_tokens_pass_until_they_are_over_and_never_beyond_their_scopes() -> None:
    auth = Auth.model_validate({"scheme": "bearer", "secret": "env:UNUSED"})
    checks = Credentials(auth, ("sk_1",), Given())
    asking = checks.identify({"Authorization": "Bearer t"}, "", 0.0)
    check_scopes(asking, frozenset({"read"}))
    with pytest.raises(VendorError) as lacking:
        check_scopes(asking, frozenset({"read", "write"}))
    assert (lacking.value.reason, lacking.value.details) == ("forbidden", {"scope": "write"})
    assert 'error="insufficient_scope", scope="read write"' in lacking.value.headers["WWW-Authenticate"]
    check_scopes(checks.identify({"Authorization": "Bearer sk_1"}, "", 0.0), frozenset({"write"}))
    with pytest.raises(VendorError) as over:
        checks.identify({"Authorization": "Bearer old"}, "", 0.0)
    assert over.value.reason == "expired-token"
    with pytest.raises(VendorError) as wrong:
        checks.identify({"Authorization": "Bearer nobody's"}, "", 0.0)
    assert wrong.value.reason == "wrong-key"


def test_the_journal_names_an_app_by_a_few_last_characters() -> None:
    assert app_of("sk_test_1234567") == "***4567"
    assert app_of("abc") == "***c"


def test_basic_auth_is_read_with_and_without_a_password() -> None:
    assert basic_pair(b64encode(b"a:b:c").decode()) == ("a", "a:b:c")
    assert basic_pair("!") == ("", "")


def test_where_a_credential_is_optional_none_is_fine_and_a_wrong_one_is_not() -> None:
    assert identified("", "sk_1", optional=True) == ""
    assert identified("Bearer sk_1", "sk_1", optional=True) == "sk_1"
    with pytest.raises(VendorError, match="Invalid API Key"):
        identified("Bearer sk_2", "sk_1", optional=True)


@pytest.mark.parametrize(
    ("media", "body", "fields"),
    [
        ("application/x-www-form-urlencoded", b"a=1&b=&a=2", {"a": "1", "b": ""}),
        ("", b"a=1", {"a": "1"}),
        ("application/json; charset=utf-8", b'{"a": 1, "b": null}', {"a": "1"}),
        ("application/vnd.x+json", b"[1]", None),
        ("application/json", b"a=1", None),
        ("text/plain", b"\xff", None),
    ],
)
def test_fields_stand_in_a_form_or_in_json(media: str, body: bytes, fields: dict[str, str] | None) -> None:
    assert sent_fields(media, body) == fields
