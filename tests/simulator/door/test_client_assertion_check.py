"""The simulator's verification of assertions, on what is hostile. What is good is tested beside the proxy's."""

import base64
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tidegate.simulator.door.client_assertion_check import ClientAssertionCheck

KEY = ed25519.Ed25519PrivateKey.generate()
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
WALL = 1_700_000_000.0
CLAIMS = {"iss": "shop", "sub": "shop", "aud": "/token", "exp": 1_700_000_060, "jti": "1"}


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def assertion(header: Any = None, **changes: Any) -> str:
    parts = (header or {"alg": "Ed25519"}, {**CLAIMS, **changes})
    text = ".".join(encoded(orjson.dumps(part)) for part in parts)
    return f"{text}.{encoded(KEY.sign(text.encode()))}"


def flaw(written: str) -> str:
    return ClientAssertionCheck(PEM, "Ed25519", "/token").flaw(written, "shop", WALL)


def test_one_that_is_right_has_no_flaw() -> None:
    assert flaw(assertion()) == ""
    assert flaw(assertion(aud=["https://other.example/", "https://here.example/token"])) == ""


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "no JWT"),
        ("a.b.c", "no JWT"),
        ("..", "no JWT"),
        ("W10.W10.AA", "no JWT"),
        (assertion({"alg": "none"}), "not signed"),
        (assertion({"alg": "HS256"}), "not signed"),
        (assertion()[:-4] + "AAAA", "not signed"),
        (assertion(iss="other"), "another client"),
        (assertion(aud="/other"), "another server"),
        (assertion(exp=1_600_000_000), "expired"),
        (assertion(exp=1_800_000_000), "expired, or is good for too long"),
        (assertion(exp="soon"), "expired"),
        (assertion(jti=None), "used before"),
    ],
)
def test_what_is_wrong_is_said(written: str, why: str) -> None:
    assert why in flaw(written)
