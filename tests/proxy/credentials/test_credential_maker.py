"""A secret becomes what its scheme asks for: a header line, or a signer."""

from typing import Any

import pytest

from tests.proxy.credentials.signing.test_message_signature import KEYS
from tidegate.problems import UsageError
from tidegate.proxy.call.credential import Credential
from tidegate.proxy.credentials.credential_maker import CredentialMaker
from tidegate.redaction.secret import Secret
from tidegate.vendor.vendor import Auth
from tidegate.world.world import RealWorld

SIGNING: dict[str, dict[str, Any]] = {
    "query": {},
    "body": {},
    "hmac": {"hmac": {"text": "{body}"}},
    "message-signature": {"message_signature": {"algorithm": "hmac-sha256", "key_id": "k"}},
    "aws-sigv4": {"aws": {"service": "s3", "region": "eu"}},
}


def made(scheme: str, secret: str = "QUtJ:c2VjcmV0", **auth: Any) -> Credential:
    facts = Auth.model_validate({"scheme": scheme, "secret": "env:X", **auth})
    return CredentialMaker(RealWorld(1), "things", facts, "http://things.example").made(Secret(secret), version=3)


@pytest.mark.parametrize("scheme", ["bearer", "basic", "header"])
def test_a_header_scheme_has_a_line_and_no_signer(scheme: str) -> None:
    credential = made(scheme)
    assert credential.line
    assert credential.signer is None
    assert credential.version == 3


@pytest.mark.parametrize("scheme", SIGNING)
def test_the_others_have_a_signer_and_no_line(scheme: str) -> None:
    credential = made(scheme, "AKIA:c2VjcmV0" if scheme != "message-signature" else "c2VjcmV0", **SIGNING[scheme])
    assert credential.line == b""
    assert credential.signer is not None
    signed = credential.signer.signed(b"POST /a HTTP/1.1\r\nHost: things.example\r\nContent-Length: 2\r\n\r\n{}")
    assert signed != b"POST /a HTTP/1.1\r\nHost: things.example\r\nContent-Length: 2\r\n\r\n{}"
    assert {name.encode() for name in credential.signer.headers} <= credential.strip


def test_each_line_of_a_private_key_is_hidden() -> None:
    facts = {"message_signature": {"algorithm": "ed25519", "key_id": "k"}}
    assert KEYS["ed25519"].splitlines()[1] in made("message-signature", KEYS["ed25519"], **facts).secrets


def test_a_secret_that_does_not_fit_its_scheme_is_told() -> None:
    with pytest.raises(UsageError, match="access key, colon, secret key"):
        made("aws-sigv4", "none", **SIGNING["aws-sigv4"])
