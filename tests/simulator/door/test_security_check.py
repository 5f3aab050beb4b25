"""A request is let in by one of the document's security requirements, and told which ways there are where by none."""

from base64 import b64encode
from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.openapi.operations.security import DocumentSecurity
from tidegate.simulator.answer import errors
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.door.credentials import Credentials, Requester
from tidegate.simulator.door.security_check import SecurityCheck
from tidegate.vendor.auth_facts import Auth

SCHEMES: dict[str, Any] = {
    "basic": {"type": "http", "scheme": "basic"},
    "token": {"type": "http", "scheme": "bearer"},
    "digest": {"type": "http", "scheme": "digest"},
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "id": {"type": "apiKey", "in": "header", "name": "X-Client"},
    "raw": {"type": "apiKey", "in": "header", "name": "Authorization"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "tls": {"type": "mutualTLS"},
}
PAIR = "Basic " + b64encode(b"ada:pw").decode()


class Issued:
    """Tokens of a server that is not there."""

    def requester(self, token: str, now: float) -> Requester:
        if token == "old":
            raise errors.expired_token()
        return Requester("ada", {"reads": frozenset({"read"})}[token])


def identify(security: Any, query: str = "", secret: str | None = None, **headers: str) -> Requester:
    root = {"openapi": "3.1.0", "security": security, "components": {"securitySchemes": SCHEMES}}
    document = Document({**root, "paths": {"/a": {"get": {}}}})
    auth = Auth.model_validate({"scheme": "bearer", "secret": "env:UNUSED"})
    checks = Credentials(auth, (secret,) if secret else (), Issued())
    operation = document.operations["GET /a"]
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return SecurityCheck(DocumentSecurity(document), checks.admitted).identify(operation, sent, query, 0.0)


def refused(security: Any, query: str = "", secret: str | None = None, **headers: str) -> VendorError:
    with pytest.raises(VendorError) as error:
        identify(security, query, secret, **headers)
    return error.value


ANY: Any = [{"basic": []}, {"token": []}, {"query": []}, {"cookie": []}]


@pytest.mark.parametrize(
    ("headers", "query", "name"),
    [
        ({"Authorization": PAIR}, "", "ada"),
        ({"Authorization": "Bearer t"}, "", "t"),
        ({}, "key=k%201", "k 1"),
        ({"Cookie": "a=b; sid=s1"}, "", "s1"),
    ],
)
def test_one_of_the_list_is_enough(headers: dict[str, str], query: str, name: str) -> None:
    assert identify(ANY, query, **headers).name == name


def test_all_of_one_requirement_are_needed() -> None:
    both: Any = [{"id": [], "header": []}]
    assert identify(both, X_Client="c", X_Key="k").name == "c"
    for lacking in ({"X_Client": "c"}, {"X_Key": "k"}, {}):
        assert "the header X-Client and the header X-Key" in refused(both, **lacking).message


def test_where_the_secret_is_known_one_of_the_schemes_carries_it() -> None:
    both: Any = [{"id": [], "header": []}]
    assert identify(both, secret="k", X_Client="c", X_Key="k").name == "k"
    assert refused(both, secret="k", X_Client="c", X_Key="other").reason == "wrong-key"
    assert identify([{"basic": []}], secret="ada:pw", Authorization=PAIR).name == "ada"
    assert refused([{"basic": []}], secret="ada:other", Authorization=PAIR).reason == "wrong-key"


def test_an_empty_requirement_lets_anybody_in_but_not_with_a_wrong_key() -> None:
    assert identify([{}, {"token": []}]).name == ""
    assert identify([], Authorization="Bearer t").name == "t"
    assert refused([{"token": []}, {}], secret="k", Authorization="Bearer other").reason == "wrong-key"


def test_a_key_in_authorization_is_taken_with_and_without_a_word_before_it() -> None:
    for written in ("k1", "Bearer k1", "Token k1"):
        assert identify([{"raw": []}], secret="k1", Authorization=written).name == "k1"


def test_what_nobody_can_verify_is_let_in_and_must_be_there() -> None:
    assert identify([{"digest": []}], secret="k", Authorization='Digest username="ada"').name == 'username="ada"'
    assert refused([{"digest": []}], Authorization="Bearer t").reason == "no-key"
    assert identify([{"tls": []}], secret="k").name == ""
    assert refused([{"tls": [], "token": []}]).reason == "no-key"


def test_cookies_that_would_take_long_to_read_are_none() -> None:
    assert refused([{"cookie": []}], Cookie="sid=" + "x" * 20_000).reason == "no-key"


@pytest.mark.parametrize(
    ("scheme", "challenge"),
    [
        ("token", 'Bearer realm="api"'),
        ("basic", 'Basic realm="api"'),
        ("digest", 'Digest realm="api", qop="auth", algorithm=SHA-256, nonce="simulated"'),
        ("header", 'ApiKey realm="api", in="header", name="X-Key"'),
        ("cookie", 'ApiKey realm="api", in="cookie", name="sid"'),
    ],
)
def test_the_challenge_is_that_of_the_scheme(scheme: str, challenge: str) -> None:
    assert refused([{scheme: []}]).headers["WWW-Authenticate"] == challenge


def test_each_way_in_has_its_challenge_once() -> None:
    challenge = refused([{"basic": []}, {"basic": [], "token": []}]).headers["WWW-Authenticate"]
    assert challenge == 'Basic realm="api", Bearer realm="api"'


def test_a_token_of_too_few_scopes_or_too_old_is_refused_in_rfc_6750_s_words() -> None:
    assert identify([{"token": ["read"]}], Authorization="Bearer reads").name == "ada"
    lacking = refused([{"token": ["read", "write"]}], Authorization="Bearer reads")
    assert 'error="insufficient_scope", scope="read write"' in lacking.headers["WWW-Authenticate"]
    old = refused([{"token": []}], Authorization="Bearer old")
    assert (old.reason, 'error="invalid_token"' in old.headers["WWW-Authenticate"]) == ("expired-token", True)
