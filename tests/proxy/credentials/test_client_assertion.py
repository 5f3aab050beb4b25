"""A client's assertion proves who it is to code that knows the standard and not ours, once and for a minute."""

import random

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from tests.proxy.credentials.signing.test_message_signature import pem
from tidegate.problems import UsageError
from tidegate.proxy.credentials.client_assertion import ClientAssertion
from tidegate.redaction.secret import Secret
from tidegate.simulator.door.client_assertion_check import ClientAssertionCheck
from tidegate.vendor.token_facts import TokenRequest

WALL = 1_800_000_000.0
AUDIENCE = "https://login.example/token"
RSA = pem(rsa.generate_private_key(65537, 2048))
KEYS = {
    "RS256": RSA,
    "PS256": RSA,
    "ES256": pem(ec.generate_private_key(ec.SECP256R1())),
    "ES384": pem(ec.generate_private_key(ec.SECP384R1())),
    "Ed25519": pem(ed25519.Ed25519PrivateKey.generate()),
}


def request(algorithm: str, **more: str) -> TokenRequest:
    facts = {"grant": "client_credentials", "client_id": "shop", "client_auth": "private_key_jwt", **more}
    return TokenRequest.model_validate({**facts, "algorithm": algorithm})


@pytest.mark.parametrize("algorithm", KEYS)
def test_the_vendor_takes_it_once_and_for_a_while(algorithm: str) -> None:
    key = KEYS[algorithm]
    made = ClientAssertion(request(algorithm, key_id="k1"), Secret(key), AUDIENCE, random.Random(1))
    check = ClientAssertionCheck(key, algorithm, AUDIENCE)
    first, second = made.made(WALL), made.made(WALL)
    assert first != second
    assert check.flaw(first, "shop", WALL + 30) == ""
    assert check.flaw(first, "shop", WALL + 30) == "the assertion was used before"
    assert check.flaw(second, "shop", WALL + 300) == "the assertion has expired, or is good for too long"
    assert check.flaw(second, "other", WALL) == "the assertion is of another client"
    assert "another server" in ClientAssertionCheck(key, algorithm, "https://evil.example").flaw(second, "shop", WALL)
    assert "not signed" in check.flaw(second[:-8] + "AAAAAAAA", "shop", WALL)
    assert check.flaw("nothing", "shop", WALL) == "the assertion is no JWT"


def test_the_audience_can_be_the_issuer() -> None:
    made = ClientAssertion(
        request("ES256", assertion_audience="https://issuer.example"), Secret(KEYS["ES256"]), AUDIENCE, random.Random(1)
    )
    check = ClientAssertionCheck(KEYS["ES256"], "ES256", "https://issuer.example")
    assert check.flaw(made.made(WALL), "shop", WALL) == ""


@pytest.mark.parametrize("key", ["no key", KEYS["RS256"], ""])
def test_a_key_that_cannot_sign_is_told_when_it_is_read_and_not_repeated(key: str) -> None:
    with pytest.raises(UsageError, match="not a private key that ES256 signs with") as told:
        ClientAssertion(request("ES256"), Secret(key), AUDIENCE, random.Random(1))
    assert not key or key not in str(told.value)
