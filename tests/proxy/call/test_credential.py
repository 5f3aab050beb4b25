"""Tests of tidegate.proxy.call.credential."""

import base64

import pytest
from multidict import CIMultiDict

from tidegate.proxy.call.credential import APP_CREDENTIALS, Credential
from tidegate.redaction.secret import Secret
from tidegate.vendor.vendor import Auth

KEY = "sk_test_4eC39HqLyjWD"


def credential(scheme: str = "bearer", header: str = "Authorization", secret: str = KEY) -> Credential:
    auth = Auth.model_validate({"scheme": scheme, "header": header, "secret": "env:VENDOR_KEY"})
    return Credential(auth, Secret(secret))


@pytest.mark.parametrize(
    ("scheme", "header", "secret", "value"),
    [
        ("bearer", "Authorization", KEY, f"Bearer {KEY}"),
        ("basic", "Authorization", KEY, "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()),
        ("basic", "Authorization", "AC1:tok", "Basic " + base64.b64encode(b"AC1:tok").decode()),
        ("header", "X-Shop-Token", KEY, KEY),
    ],
)
def test_a_secret_is_sent_as_the_vendor_wants_it(scheme: str, header: str, secret: str, value: str) -> None:
    headers = CIMultiDict({"Accept": "*/*"})
    found = credential(scheme, header, secret)
    found.apply(headers)
    assert headers == CIMultiDict({"Accept": "*/*", header: value})
    assert found.line == f"{header}: {value}\r\n".encode()


def test_every_credential_of_the_app_is_taken_out() -> None:
    sent = [(name, f"app's {number}") for name in (*APP_CREDENTIALS, "x-shop-token") for number in range(2)]
    headers = CIMultiDict([*sent, ("Idempotency-Key", "k")])
    found = credential("header", "X-Shop-Token")
    found.apply(headers)
    assert headers == CIMultiDict([("Idempotency-Key", "k"), ("X-Shop-Token", KEY)])
    assert found.strip == {name.lower().encode() for name, _ in sent}


def test_no_repr_shows_the_secret() -> None:
    found = credential()
    assert KEY not in repr(found) + repr(found.secret) + repr(found.header_value) + f"{found}"
