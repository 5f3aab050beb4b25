"""Message signatures: the vectors of RFC 9421 B.2, and every algorithm against the simulator's own verification."""

import base64
import json
import random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.proxy.credentials.signing.requests import JSON, WALL, received, written
from tidegate.problems import UsageError
from tidegate.proxy.credentials.signing.message_signature import MessageSignature
from tidegate.proxy.credentials.signing.signed_request import SignedRequest
from tidegate.redaction.secret import Secret
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.door.message_signature_check import MessageSignatureCheck
from tidegate.vendor.signing_facts import MessageSigning

SHARED = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
"""RFC 9421 B.1.5."""
DATED = (("Date", "Tue, 20 Apr 2021 02:07:55 GMT"), *JSON)


def pem(key: Any) -> str:
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


KEYS = {
    "hmac-sha256": SHARED,
    "rsa-pss-sha512": pem(rsa.generate_private_key(65537, 2048)),
    "rsa-v1_5-sha256": pem(rsa.generate_private_key(65537, 2048)),
    "ecdsa-p256-sha256": pem(ec.generate_private_key(ec.SECP256R1())),
    "ecdsa-p384-sha384": pem(ec.generate_private_key(ec.SECP384R1())),
    "ed25519": pem(ed25519.Ed25519PrivateKey.generate()),
}
ED25519_SEED = base64.b64decode("n4Ni+HpISpVObnQMW0wOhCKROaIKqKtW/2ZYb2p9KcU=")
"""RFC 9421 B.1.4, the private key alone."""


def signer_of(algorithm: str, key: str | None = None, **more: Any) -> tuple[MessageSignature, MessageSignatureCheck]:
    facts = MessageSigning.model_validate_json(json.dumps({"algorithm": algorithm, "key_id": "k1", **more}))
    known = key or KEYS[algorithm]
    signer = MessageSignature(facts, Secret(known), "http", lambda: WALL, random.Random(1))
    return signer, MessageSignatureCheck(facts, known)


@pytest.mark.parametrize(
    ("algorithm", "key", "key_id", "label", "components", "signature"),
    [
        (
            "hmac-sha256",
            SHARED,
            "test-shared-secret",
            "sig-b25",
            ["date", "@authority", "content-type"],
            "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=",
        ),
        (
            "ed25519",
            pem(ed25519.Ed25519PrivateKey.from_private_bytes(ED25519_SEED)),
            "test-key-ed25519",
            "sig-b26",
            ["date", "@method", "@path", "@authority", "content-type", "content-length"],
            "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
        ),
    ],
)
def test_the_vectors_of_the_rfc(
    algorithm: str, key: str, key_id: str, label: str, components: list[str], signature: str
) -> None:
    """B.2.5 and B.2.6, the two whose signatures are the same each time."""
    plain = {"include_alg": False, "nonce": False, "expires_s": 0, "label": label, "components": components}
    signer, check = signer_of(algorithm, key, key_id=key_id, **plain)
    signed = signer.signed(written("POST", "/foo?param=Value&Pet=dog", *DATED))
    request = SignedRequest.of(signed)
    covered = " ".join(f'"{name}"' for name in components)
    assert request.header("Signature-Input") == f'{label}=({covered});created=1618884473;keyid="{key_id}"'
    assert request.header("Signature") == f"{label}=:{signature}:"
    assert check.signer(received(signed)) == key_id


@pytest.mark.parametrize("algorithm", KEYS)
def test_the_vendor_takes_every_algorithm_and_no_request_that_was_changed(algorithm: str) -> None:
    signer, check = signer_of(
        algorithm, tag="app", components=["@method", "@target-uri", "content-digest", "content-type"]
    )
    signed = signer.signed(written("POST", "/foo?a=1", *JSON))
    assert check.signer(received(signed)) == "k1"
    for changed, why in (
        (signed.replace(b"world", b"mars!"), "Content-Digest"),
        (signed.replace(b"/foo", b"/bar"), "not of this request"),
        (signed.replace(b"POST", b"PUT"), "not of this request"),
        (signed.replace(b"application/json", b"text/plain"), "not of this request"),
        (signed.replace(b'tag="app"', b'tag="other"'), "another application"),
    ):
        with pytest.raises(VendorError, match=why):
            check.signer(received(changed))


def test_a_nonce_is_taken_once_and_a_signature_has_an_end() -> None:
    signer, check = signer_of("ed25519")
    first, second = signer.signed(written()), signer.signed(written())
    assert first != second
    for request in (first, second):
        check.signer(received(request))
    with pytest.raises(VendorError, match="used before"):
        check.signer(received(first))
    with pytest.raises(VendorError, match="expired"):
        check.signer(received(second, wall=WALL + 400))
    with pytest.raises(VendorError, match="future"):
        check.signer(received(second, wall=WALL - 400))


def test_a_request_without_a_body_has_no_digest() -> None:
    signer, check = signer_of("ed25519")
    signed = signer.signed(written("GET", "/a", body=b""))
    assert b"Content-Digest" not in signed
    assert check.signer(received(signed)) == "k1"


def test_a_signature_that_covers_too_little_is_refused() -> None:
    signer, _ = signer_of("hmac-sha256", components=["@method"])
    _, check = signer_of("hmac-sha256")
    with pytest.raises(VendorError, match="does not cover @target-uri, content-digest"):
        check.signer(received(signer.signed(written())))
    with pytest.raises(VendorError) as refused:
        check.signer(received(written()))
    assert refused.value.reason == "no-key"


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_key_of_another_kind_is_told_when_it_is_read_and_not_repeated(algorithm: str) -> None:
    for wrong in ("no key at all!", KEYS["ed25519"] if algorithm != "ed25519" else KEYS["ecdsa-p256-sha256"]):
        with pytest.raises(UsageError, match=f"not a key that {algorithm} signs with") as told:
            signer_of(algorithm, wrong)
        assert wrong not in str(told.value)
