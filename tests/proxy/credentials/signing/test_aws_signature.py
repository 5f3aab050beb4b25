"""AWS Signature Version 4: the same as botocore signs, and good for code that was written from the documentation."""

import datetime as dt
from typing import Any

import pytest
from botocore import auth as botocore_auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.proxy.credentials.signing.requests import JSON, WALL, received, written
from tidegate.problems import UsageError
from tidegate.proxy.credentials.signing.aws_signature import AwsSignature, canonical_request
from tidegate.proxy.credentials.signing.signed_request import SignedRequest
from tidegate.redaction.secret import Secret
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.door.aws_signature_check import AwsSignatureCheck
from tidegate.vendor.signing_facts import AwsSigning

ACCESS, KEY, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "session/token=="
PLAIN = ("/", "/foo?param=Value&Pet=dog", "/a%20b/c", "/?b=2&a=1&a=0&c")
TARGETS = (*PLAIN, "/a//b/../c/", "/x?q=%2Fy%20z&e=", "/%E1%88%B4")


def signer_of(service: str = "execute-api", token: str = "", **more: Any) -> tuple[AwsSignature, AwsSignatureCheck]:
    facts = AwsSigning(service=service, region="us-east-1", **more)
    secret = f"{ACCESS}:{KEY}" + (f":{token}" if token else "")
    return AwsSignature(facts, Secret(secret), lambda: WALL), AwsSignatureCheck(facts, secret)


def by_botocore(request: SignedRequest, service: str, token: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What botocore writes into `Authorization` for the same request at the same moment."""
    moment = dt.datetime.fromtimestamp(WALL, dt.UTC)
    monkeypatch.setattr(botocore_auth, "get_current_datetime", lambda remove_tzinfo=True: moment)
    headers = {name: value for name, value in request.lines if name.lower() != "content-length"}
    theirs = AWSRequest(request.method, f"http://example.com{request.target}", headers, request.body)
    credentials = Credentials(ACCESS, KEY, token or None)
    kind = botocore_auth.S3SigV4Auth if service == "s3" else botocore_auth.SigV4Auth
    kind(credentials, service, "us-east-1").add_auth(theirs)
    return str(theirs.headers["Authorization"])


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("service", "token"), [("execute-api", ""), ("execute-api", TOKEN), ("s3", TOKEN)])
def test_it_is_what_botocore_signs(target: str, service: str, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    request = written("POST", target, *JSON)
    ours = SignedRequest.of(signer_of(service, token)[0].signed(request))
    assert ours.header("Authorization") == by_botocore(SignedRequest.of(request), service, token, monkeypatch)


@pytest.mark.parametrize("target", PLAIN)
@pytest.mark.parametrize("service", ["execute-api", "s3"])
def test_the_vendor_takes_it_and_no_request_that_was_changed(target: str, service: str) -> None:
    signer, check = signer_of(service, TOKEN)
    signed = signer.signed(written("POST", target, *JSON))
    assert check.signer(received(signed)) == ACCESS
    for changed in (
        signed.replace(b"world", b"mars!"),
        signed.replace(b"POST", b"GETX"),
        signed.replace(b"json", b"xml"),
    ):
        with pytest.raises(VendorError, match="not of this request"):
            check.signer(received(changed))
    with pytest.raises(VendorError, match="too far off"):
        check.signer(received(signed, wall=WALL + 3600))


@pytest.mark.parametrize(
    "target", ["/?q=a:b&x=%2f%3a", "/?b&a=%e2%82%ac", "/a%2Fb/c%2fd", "/a:b/plus+plus", "/?z=/&a=*"]
)
@pytest.mark.parametrize("service", ["execute-api", "s3"])
def test_what_an_app_has_encoded_otherwise_is_signed_as_aws_will_encode_it(target: str, service: str) -> None:
    signer, check = signer_of(service)
    assert check.signer(received(signer.signed(written("GET", target, body=b"")))) == ACCESS


def test_a_slash_that_is_encoded_stays_no_slash() -> None:
    request = SignedRequest.of(written("GET", "/bucket/test%2Ftxt?p=%2f:", body=b""))
    canonical = canonical_request(request, ["host"], "x", twice=False).split("\n")
    assert canonical[1:3] == ["/bucket/test%2Ftxt", "p=%2F%3A"]


def test_a_body_can_be_left_out_so_that_a_stream_can_be_signed() -> None:
    signer, check = signer_of("s3", unsigned_payload=True)
    assert not signer.needs_body
    head = signer.signed(written("PUT", "/big", body=b""))
    assert b"X-Amz-Content-SHA256: UNSIGNED-PAYLOAD" in head
    assert check.signer(received(head)) == ACCESS


def test_a_secret_that_is_no_pair_is_told_and_not_repeated() -> None:
    for wrong in ("AKID", "AKID:", ":key"):
        with pytest.raises(UsageError, match="access key, colon, secret key") as told:
            AwsSignature(AwsSigning(service="s3", region="x"), Secret(wrong), lambda: WALL)
        assert "AKID" not in str(told.value)
