"""The credential is as the document's security requirements have it, and what is not verified is told."""

from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.vendor.auth_facts import Auth
from tidegate.vendor.presumed.presumed_auth import presumed_auth

KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}


def presumed(schemes: dict[str, Any], paths: dict[str, Any] | None = None, **root: Any) -> tuple[Auth, str]:
    listed: dict[str, Any] = {"security": [{name: []} for name in schemes]} if paths is None else {}
    served = {"/a": {"get": {}}} if paths is None else paths
    document = Document({"openapi": "3.1.0", "paths": served, "components": {"securitySchemes": schemes}}
                        | listed | root)  # fmt: skip
    facts, note = presumed_auth(document, "env:UNUSED")
    return Auth.model_validate(facts), note


@pytest.mark.parametrize(
    ("node", "kind", "where"),
    [
        ({"type": "http", "scheme": "Bearer"}, "bearer", "Authorization"),
        ({"type": "http", "scheme": "basic"}, "basic", "Authorization"),
        ({"type": "oauth2", "flows": {}}, "bearer", "Authorization"),
        (KEY, "header", "X-Key"),
        ({**KEY, "name": "Authorization"}, "bearer", "Authorization"),
    ],
)
def test_the_credential_is_where_the_security_scheme_has_it(node: dict[str, Any], kind: str, where: str) -> None:
    auth, _ = presumed({"it": node})
    assert (auth.scheme, auth.header, auth.optional, auth.requirements) == (kind, where, False, "document")


def test_of_equal_schemes_the_first_outside_the_address_is_taken() -> None:
    query = {"type": "apiKey", "in": "query", "name": "key"}
    basic = {"type": "http", "scheme": "basic"}
    assert presumed({"in_query": query, "basic": basic, "in_header": KEY})[0].scheme == "basic"
    assert presumed({"in_header": KEY, "basic": basic, "in_query": query})[0].scheme == "header"


def test_a_key_in_the_query_is_named() -> None:
    auth, note = presumed({"it": {"type": "apiKey", "in": "query", "name": "api_key"}})
    assert (auth.scheme, auth.parameter) == ("query", "api_key")
    assert note == "credential: query, in api_key (it)"


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ({"type": "http", "scheme": "digest"}, "Digest, in Authorization (it): any is let in, it is not verified"),
        ({"type": "mutualTLS"}, "a client certificate (it): not asked for, the simulator speaks no TLS"),
        ({"type": "apiKey", "in": "cookie", "name": "sid"}, "cookie, in sid (it)"),
        ({"type": "apiKey", "in": "header"}, "it: not described, so not asked for"),
    ],
)
def test_what_is_not_verified_is_told(node: dict[str, Any], words: str) -> None:
    auth, note = presumed({"it": node})
    assert (auth.optional, note) == (True, f"credential: {words}")


def test_a_scheme_that_no_operation_asks_for_is_not_needed() -> None:
    auth, note = presumed({"it": KEY}, {"/a": {"get": {}}})
    assert auth.optional
    assert note == "credential: it: described, and no operation asks for it, so none is needed"


def test_every_scheme_is_told_the_most_used_one_first() -> None:
    paths: dict[str, Any] = {f"/{n}": {"get": {"security": [{"key": []}]}} for n in range(3)}
    paths |= {"/x": {"get": {"security": [{"token": []}]}}, "/open": {"get": {}}}
    auth, note = presumed({"token": {"type": "http", "scheme": "bearer"}, "key": KEY}, paths)
    assert auth.header == "X-Key"
    assert note == "credential: header, in X-Key (key); bearer, in Authorization (token); 1 operations need none"


@pytest.mark.parametrize(
    ("flow", "grants"),
    [
        ("clientCredentials", ("client_credentials", "refresh_token")),
        ("password", ("password", "refresh_token")),
        ("authorizationCode", ("authorization_code", "refresh_token")),
    ],
)
def test_the_token_endpoint_is_played_at_its_path(flow: str, grants: tuple[str, ...]) -> None:
    addresses = {"tokenUrl": "https://login.shop.example/oauth/token", "authorizationUrl": "/oauth/authorize"}
    auth, note = presumed({"it": {"type": "oauth2", "flows": {flow: addresses}}})
    assert auth.oauth is not None
    assert (auth.oauth.token, auth.oauth.authorize, auth.oauth.grants) == ("/oauth/token", "/oauth/authorize", grants)
    assert "tokens from POST /oauth/token" in note


def test_a_token_endpoint_that_the_document_describes_is_an_operation_like_any() -> None:
    flows = {"password": {"tokenUrl": "token"}}
    paths: dict[str, Any] = {"/token": {"post": {}}, "/me": {"get": {"security": [{"it": []}]}}}
    scheme = {"it": {"type": "oauth2", "flows": flows}}
    told = {"200": {"content": {"application/json": {"schema": {"type": "object"}}}}}
    assert presumed(scheme, {**paths, "/token": {"post": {"responses": told}}})[0].oauth is None
    untold: dict[str, Any] = {
        "responses": {"200": {"content": {"application/json": {"schema": {}}}}}
    }  # as FastAPI has it
    for nothing in (dict[str, Any](), untold):
        auth = presumed(scheme, {**paths, "/token": {"post": nothing}})[0]
        assert auth.oauth is not None
        assert auth.oauth.token == "/token"


def test_each_flow_has_its_own_token_endpoint() -> None:
    flows = {"authorizationCode": {"tokenUrl": "/code/token", "refreshUrl": "/refresh", "authorizationUrl": "/auth"},
             "clientCredentials": {"tokenUrl": "/app/token"}}  # fmt: skip
    auth, note = presumed({"it": {"type": "oauth2", "flows": flows}})
    assert auth.oauth is not None
    assert (auth.oauth.token, auth.oauth.aliases) == ("/code/token", ("/refresh", "/app/token"))
    assert auth.oauth.grants == ("authorization_code", "client_credentials", "refresh_token")
    assert "POST /code/token and /refresh and /app/token" in note
