"""Requests as the vendors' SDKs send them are read by the vendors' own documents."""

from pathlib import Path
from typing import Any

from tidegate.openapi.document import Document
from tidegate.simulator.request.request_content import RequestContent
from tidegate.simulator.request.request_reader import CheckedRequest, RequestReaders

FORM = "application/x-www-form-urlencoded"
ACCOUNT = {"AccountSid": "AC" + "0" * 32}
AS_FORM = {"Content-Type": FORM}


def read(specs: Path, name: str, operation: str, **given: Any) -> CheckedRequest:
    document = Document.load(specs / name)
    sent = {"path": {}, "query": "", "headers": {}, "body": b"", **given}
    return RequestReaders(document).read(document.operations[operation], RequestContent(**sent))


def test_twilio_s_repeated_keys(specs: Path) -> None:
    body = b"To=%2B491&From=%2B492&Url=http%3A%2F%2Fa&StatusCallbackEvent=initiated&StatusCallbackEvent=answered"
    checked = read(specs, "twilio/twilio_api_v2010.json", "CreateCall", body=body, headers=AS_FORM, path=ACCOUNT)
    assert checked.values["StatusCallbackEvent"] == ["initiated", "answered"]
    body = b"To=%2B491&From=%2B492&StatusCallbackEvent=initiated"
    checked = read(specs, "twilio/twilio_api_v2010.json", "CreateCall", body=body, headers=AS_FORM, path=ACCOUNT)
    assert checked.values["StatusCallbackEvent"] == ["initiated"]


def test_slack_s_json_where_its_document_has_a_form(specs: Path) -> None:
    checked = read(specs, "slack/slack_web_openapi_v2.json", "chat_postMessage",
                      body=b'{"channel": "C1", "blocks": [{"type": "divider"}], "mrkdwn": true}',
                      headers={"Content-Type": "application/json;charset=utf-8"})  # fmt: skip
    assert checked.values == {"channel": "C1", "blocks": '[{"type":"divider"}]', "mrkdwn": True}


def test_openai_s_upload(specs: Path) -> None:
    body = (b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nassistants\r\n'
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n'
            b"Content-Type: application/jsonl\r\n\r\n{}\r\n\r\n\r\n--b--\r\n")  # fmt: skip
    checked = read(specs, "openai/openapi.json", "createFile", body=body,
                      headers={"Content-Type": "multipart/form-data; boundary=b"})  # fmt: skip
    assert checked.values == {"purpose": "assistants", "file": "a.jsonl"}
    assert checked.uploads["file"].content == b"{}\r\n\r\n"


def test_github_s_release_asset_of_whatever_type(specs: Path) -> None:
    checked = read(specs, "github/api.github.com.json", "repos/upload-release-asset", body=b"PK\x03\x04",
                      query="name=a.zip", headers={"Content-Type": "application/zip"},
                      path={"owner": "o", "repo": "r", "release_id": "1"})  # fmt: skip
    assert checked.values == {"name": "a.zip"}
    assert checked.uploads[""].content == b"PK\x03\x04"
    assert checked.uploads[""].media == "application/zip"


def test_stripe_s_brackets(specs: Path) -> None:
    checked = read(specs, "stripe/spec3.json", "PostPaymentIntents", headers={"Content-Type": FORM},
                      body=b"amount=1099&currency=eur&payment_method_types[]=card&metadata[order_id]=1"
                           b"&shipping[name]=A&shipping[address][line1]=B&off_session=true")  # fmt: skip
    assert checked.values == {
        "amount": 1099,
        "currency": "eur",
        "payment_method_types": ["card"],
        "metadata": {"order_id": "1"},
        "shipping": {"name": "A", "address": {"line1": "B"}},
        "off_session": True,
    }
