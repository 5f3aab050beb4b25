"""Tokens are given to clients that prove themselves, end when they end, and never outlive their family."""

from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson
import pytest

from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.door.oauth import AuthorizationServer
from tidegate.vendor.auth_facts import OAuth

HOUR = 3600.0
BACK = "https://app.example/back"


def server(**changes: Any) -> AuthorizationServer:
    grants = ("client_credentials", "refresh_token", "authorization_code")
    facts = {"token": "/token", "authorize": "/authorize", "grants": grants, "expires_in": "1h", **changes}
    return AuthorizationServer(OAuth.model_validate(facts), "s3cret", lambda name, _: name.replace(" ", "-"))


def token_answer(authority: AuthorizationServer, now: float = 0.0, headers: Any = None, **form: Any) -> Any:
    status, body, _ = answered(authority, now, headers, **form)
    return {"status": status, **body}


def answered(
    authority: AuthorizationServer, now: float = 0.0, headers: Any = None, **form: Any
) -> tuple[int, Any, Answer]:
    sent = headers or {"Authorization": "Basic " + b64encode(b"shop:s3cret").decode()}
    answer = authority.answer("oauth.token", sent, "", urlencode(form).encode(), now)
    return answer.status, orjson.loads(answer.body), answer


def consent(authority: AuthorizationServer, now: float = 0.0, **changes: str) -> dict[str, str]:
    query = {"response_type": "code", "client_id": "shop", "redirect_uri": BACK, "state": "x y", **changes}
    answer = authority.answer("oauth.authorize", {}, urlencode(query), b"", now)
    assert answer.status == 302
    location = urlsplit(answer.headers["Location"])
    assert answer.headers["Location"].startswith(BACK)
    return {name: values[0] for name, values in parse_qs(location.query).items()}


def test_it_owns_its_two_addresses_and_no_other() -> None:
    authority = server()
    assert authority.owns("POST", "/token") == "oauth.token"
    assert authority.owns("GET", "/authorize") == "oauth.authorize"
    assert authority.owns("GET", "/token") == authority.owns("POST", "/v1/token") == ""


def test_a_client_gets_a_token_that_expires() -> None:
    authority = server(token_prefix="A21.")
    issued = token_answer(authority, grant_type="client_credentials", scope="read write")
    assert (issued["status"], issued["token_type"], issued["expires_in"], issued["scope"]) == (
        200,
        "Bearer",
        3600,
        "read write",
    )
    assert issued["access_token"].startswith("A21.")
    assert "refresh_token" not in issued, "RFC 6749 §4.4.3"
    assert authority.requester(issued["access_token"], HOUR - 1).scopes == frozenset({"read", "write"})
    with pytest.raises(VendorError) as refused:
        authority.requester(issued["access_token"], HOUR)
    assert refused.value.reason == "expired-token"
    with pytest.raises(KeyError):
        authority.requester("never given", 0.0)


def test_answers_are_never_cached() -> None:
    assert answered(server(), grant_type="client_credentials")[2].headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("headers", "form"),
    [
        ({"Authorization": "Basic " + b64encode(b"shop:wrong").decode()}, {}),
        ({"X": ""}, {"client_id": "shop", "client_secret": "wrong"}),
        ({"X": ""}, {"client_id": "shop"}),
        ({"X": ""}, {}),
    ],
)
def test_a_client_that_does_not_prove_itself_gets_401_with_a_challenge(
    headers: dict[str, str], form: dict[str, Any]
) -> None:
    status, body, answer = answered(server(), 0.0, headers, grant_type="client_credentials", **form)
    assert (status, body["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_client_may_prove_itself_in_the_form_or_in_json() -> None:
    form: dict[str, Any] = {"grant_type": "client_credentials", "client_id": "shop", "client_secret": "s3cret"}
    assert token_answer(server(), 0.0, {"X": ""}, **form)["status"] == 200
    answer = server().answer("oauth.token", {"Content-Type": "application/json"}, "", orjson.dumps(form), 0.0)
    assert answer.status == 200


def test_unknown_and_missing_grants_are_refused_by_name() -> None:
    assert token_answer(server(), scope="x")["error"] == "invalid_request"
    assert token_answer(server(), grant_type="password")["error"] == "unsupported_grant_type"
    for body in (b"[", b'{"grant_type": ' + b"[" * 900 + b"]" * 900 + b"}"):
        answer = server().answer("oauth.token", {"Content-Type": "application/json"}, "", body, 0.0)
        assert orjson.loads(answer.body)["error"] == "invalid_request"


def test_a_person_agrees_and_the_code_is_exchanged_once() -> None:
    authority = server()
    back = consent(authority, scope="read")
    assert back["state"] == "x y"
    form: dict[str, Any] = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": BACK}
    issued = token_answer(authority, **form)
    assert (issued["status"], issued["scope"]) == (200, "read")
    assert token_answer(authority, **form)["error"] == "invalid_grant"
    with pytest.raises(VendorError):  # RFC 6749 §4.1.2: a code used twice ends what came of it
        authority.requester(issued["access_token"], 1.0)


def test_a_code_is_bound_to_its_address_and_its_time() -> None:
    authority = server()
    code = consent(authority)["code"]
    form: dict[str, Any] = {"grant_type": "authorization_code", "code": code}
    assert token_answer(authority, **form, redirect_uri="https://other.example/")["error"] == "invalid_grant"
    assert token_answer(authority, 600.0, **form, redirect_uri=BACK)["error"] == "invalid_grant"


def test_a_public_client_proves_itself_by_its_key() -> None:
    authority = server(pkce="required")
    assert consent(authority)["error"] == "invalid_request"
    verifier = "v" * 43
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    code = consent(authority, code_challenge=challenge, code_challenge_method="S256")["code"]
    form: dict[str, Any] = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "client_id": "shop"}
    assert token_answer(authority, 0.0, {"X": ""}, **form, code_verifier="w" * 43)["error"] == "invalid_grant"
    assert token_answer(authority, 0.0, {"X": ""}, **form, code_verifier=verifier)["status"] == 200


@pytest.mark.parametrize("redirect", ["http://[", "//[::1/a", "https://app.example/\r\nX: y", "/back", ""])
def test_nobody_is_sent_to_what_is_no_address(redirect: str) -> None:
    query = urlencode({"response_type": "code", "client_id": "shop", "redirect_uri": redirect})
    assert server().answer("oauth.authorize", {}, query, b"", 0.0).status == 400


def test_nobody_is_sent_to_an_address_that_is_not_registered() -> None:
    authority = server(redirects=(BACK,))
    query = urlencode({"response_type": "code", "client_id": "shop", "redirect_uri": "https://evil.example"})
    assert authority.answer("oauth.authorize", {}, query, b"", 0.0).status == 400
    assert consent(authority, response_type="token")["error"] == "unsupported_response_type"


def granted(authority: AuthorizationServer) -> Any:
    code = consent(authority, scope="read write")["code"]
    return token_answer(authority, grant_type="authorization_code", code=code, redirect_uri=BACK)


def test_a_token_is_refreshed_with_no_more_than_it_had() -> None:
    authority = server()
    first = granted(authority)
    form: dict[str, Any] = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    again = token_answer(authority, 2 * HOUR, **form, scope="read")
    assert (again["scope"], again["refresh_token"]) == ("read", first["refresh_token"])
    assert token_answer(authority, **form, scope="read admin")["error"] == "invalid_scope"
    assert authority.requester(again["access_token"], 2.5 * HOUR).scopes == frozenset({"read"})


def test_a_rotating_refresh_token_works_once_and_its_theft_ends_the_family() -> None:
    authority = server(rotates=True)
    first = granted(authority)
    second = token_answer(authority, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert (
        token_answer(authority, grant_type="refresh_token", refresh_token=first["refresh_token"])["error"]
        == "invalid_grant"
    )
    assert token_answer(authority, grant_type="refresh_token", refresh_token=second["refresh_token"])["status"] == 400
    with pytest.raises(VendorError):
        authority.requester(second["access_token"], 1.0)


def test_a_refresh_token_can_expire() -> None:
    authority = server(refresh_expires_in="1d")
    form: dict[str, Any] = {"grant_type": "refresh_token", "refresh_token": granted(authority)["refresh_token"]}
    assert token_answer(authority, 86_399.0, **form)["status"] == 200
    assert token_answer(authority, 86_400.0, **form)["error"] == "invalid_grant"


def test_an_account_that_is_connected_has_a_first_refresh_token_and_revoked_tokens_leave_it_good() -> None:
    authority = server(rotates=True)
    first = authority.consent("shop", 0.0)
    given = token_answer(authority, grant_type="refresh_token", refresh_token=first)
    authority.revoke()
    with pytest.raises(KeyError):
        authority.requester(given["access_token"], 1.0)
    again = token_answer(authority, grant_type="refresh_token", refresh_token=given["refresh_token"])
    assert authority.requester(again["access_token"], 1.0).scopes is None


def test_a_refreshed_token_is_of_the_same_account_and_another_consent_is_another_one() -> None:
    authority = server(grants=("client_credentials", "refresh_token", "authorization_code"))
    first = granted(authority)
    again = token_answer(authority, grant_type="refresh_token", refresh_token=first["refresh_token"])
    account = authority.requester(first["access_token"], 1.0).name
    assert again["access_token"] != first["access_token"]
    assert authority.requester(again["access_token"], 1.0).name == account
    assert authority.requester(granted(authority)["access_token"], 1.0).name != account
    own = [token_answer(authority, grant_type="client_credentials")["access_token"] for _ in range(2)]
    assert [authority.requester(token, 1.0).name for token in own] == ["shop", "shop"]


def test_the_token_endpoint_may_have_several_paths() -> None:
    authority = server(aliases=("/other/token",))
    assert [authority.owns("POST", path) for path in ("/token", "/other/token", "/none")] == ["oauth.token"] * 2 + [""]


def test_a_public_client_need_not_say_its_name_beside_a_password() -> None:
    authority = AuthorizationServer(OAuth(token="/token", grants=("password",)), None, lambda name, _: name)
    told = token_answer(authority, headers={"User-Agent": "x"}, grant_type="password", username="ada", password="x")
    assert told["status"] == 200
    assert token_answer(authority, headers={"User-Agent": "x"}, grant_type="password")["error"] == "invalid_client"
