"""The simulator's verification of AWS signatures: what a client in the field signs is good, what was changed is not."""

from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from multidict import CIMultiDict

from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.door.aws_signature_check import AwsSignatureCheck
from tidegate.simulator.door.request_signature import ReceivedForm
from tidegate.vendor.signing_facts import AwsSigning
from tidegate.world.world import RealWorld

SECRET = "AKID:wJalr/secret"
FACTS = AwsSigning(service="execute-api", region="eu-west-1")


def signed(**changes: Any) -> ReceivedForm:
    request = AWSRequest("PUT", "http://things.example/a%20b?z=1&a=2", {"Content-Type": "application/json"}, b"{}")
    SigV4Auth(Credentials("AKID", "wJalr/secret"), "execute-api", "eu-west-1").add_auth(request)
    headers = CIMultiDict({"Host": "things.example", **{name: str(value) for name, value in request.headers.items()}})
    fields = {"method": "PUT", "target": "/a%20b?z=1&a=2", "body": b"{}", "headers": headers, **changes}
    return ReceivedForm(scheme="http", wall=RealWorld().wall(), **fields)


def test_what_botocore_signs_is_good() -> None:
    assert AwsSignatureCheck(FACTS, SECRET).signer(signed()) == "AKID"


@pytest.mark.parametrize("changes", [{"method": "POST"}, {"target": "/a%20b?z=1"}, {"body": b"[]"}])
def test_what_was_changed_is_not(changes: dict[str, Any]) -> None:
    with pytest.raises(VendorError, match="not of this request"):
        AwsSignatureCheck(FACTS, SECRET).signer(signed(**changes))


def test_another_key_region_or_form_is_refused_and_none_is_no_key() -> None:
    with pytest.raises(VendorError, match="another key"):
        AwsSignatureCheck(FACTS, "OTHER:x").signer(signed())
    with pytest.raises(VendorError, match="another key, region"):
        AwsSignatureCheck(AwsSigning(service="s3", region="eu-west-1"), SECRET).signer(signed())
    with pytest.raises(VendorError, match="not written as"):
        AwsSignatureCheck(FACTS, SECRET).signer(signed(headers=CIMultiDict({"Authorization": "Bearer x"})))
    with pytest.raises(VendorError) as refused:
        AwsSignatureCheck(FACTS, None).signer(signed(headers=CIMultiDict()))
    assert refused.value.reason == "no-key"
